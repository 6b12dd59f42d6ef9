"""Personal information in tables and texts: found by form and checksum, reported by place, never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from qiupu.errors import N_

PersonalKind = Literal["resident-id", "bank-card", "mobile", "landline", "plate", "email", "name"]

RESIDENT_ID = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z.])")
LANDLINE = re.compile(r"(?<![0-9A-Za-z.])(?:\(0\d{2,3}\)|0\d{2,3}-)[2-8]\d{6,7}(?![0-9A-Za-z.-])")
BANK_CARD = re.compile(r"(?<![0-9A-Za-z.])[3-6]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?(?![0-9A-Za-z.])")
EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?![\w-])")
PLATE = re.compile(
    r"(?<![A-Za-z0-9])[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云渝藏陕甘青宁新][A-HJ-NP-Z][·•\- ]?"
    r"(?:[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹"
    "孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
NAME_HEADERS = re.compile(
    r"(姓名|名字|联系人|负责人|法人|经办人|身份|^(full[ _-]?)?name$|person|contact|patient|customer[ _-]?name)", re.IGNORECASE
)
HAN_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}$")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

TITLES: dict[PersonalKind, str] = {
    "resident-id": N_("resident identity numbers"),
    "bank-card": N_("bank card numbers"),
    "mobile": N_("mobile phone numbers"),
    "landline": N_("telephone numbers"),
    "plate": N_("number plates"),
    "email": N_("e-mail addresses"),
    "name": N_("names of persons"),
}


@dataclass(frozen=True)
class PersonalFinding:
    """Where a kind of personal information stands: a column, how many cells, the first rows (header = 1)."""

    kind: PersonalKind
    column: str
    count: int
    rows: tuple[int, ...]


def is_resident_id(text: str) -> bool:
    """Say whether 18 characters are a Chinese resident identity number with a right check digit.

    Source: GB 11643-1999 (ISO 7064, MOD 11-2).
    """
    if not RESIDENT_ID.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11] == text[17].upper()


def passes_luhn(digits: str) -> bool:
    """Say whether a number passes the check of bank cards.

    Source: ISO/IEC 7812-1, annex B.
    """
    total = 0
    for place, char in enumerate(reversed(digits)):
        number = int(char) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 15 <= len(digits) <= 19 and len(set(digits)) > 1 and passes_luhn(digits)


def find_personal(text: str) -> Iterator[tuple[PersonalKind, int, int]]:
    """Yield kind, start and end of each piece of personal information in a text (names apart).

    An identity number is not reported again as a card, nor a card as a phone.
    """
    taken: list[tuple[int, int]] = []
    for kind, pattern in (
        ("resident-id", RESIDENT_ID),
        ("bank-card", BANK_CARD),
        ("email", EMAIL),
        ("mobile", MOBILE),
        ("landline", LANDLINE),
        ("plate", PLATE),
    ):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            if (kind == "resident-id" and not is_resident_id(match.group())) or (
                kind == "bank-card" and not _is_card(match.group())
            ):
                continue
            taken.append((start, end))
            yield kind, start, end  # type: ignore[misc]  # the tuple above holds only kinds


def personal_columns(frame: pl.DataFrame, *, sample: int = 20_000) -> list[PersonalFinding]:
    """Look through the text and whole-number columns of a table, the first ``sample`` rows of each.

    A kind is reported for a column when one cell holds it; names when the header or most cells say so.
    """
    found: list[PersonalFinding] = []
    for name in frame.columns:
        column = frame[name].head(sample)
        if not (column.dtype == pl.String or column.dtype.is_integer()):
            continue
        rows: dict[PersonalKind, list[int]] = {}
        cells = [None if cell is None else str(cell) for cell in column.to_list()]
        is_number = column.dtype != pl.String
        for row, cell in enumerate(cells):
            if cell is None or len(cell) < 6:
                continue
            for kind, _start, _end in find_personal(cell):
                rows.setdefault(kind, []).append(row + 2)
        for kind, places in rows.items():
            if is_number and len(places) * 2 < len(cells) - cells.count(None):
                continue  # a few whole numbers look like phones by chance; a column of them is one
            found.append(PersonalFinding(kind, name, len(places), tuple(places[:5])))
        names = _names(name, cells)
        if names:
            found.append(PersonalFinding("name", name, len(names), tuple(names[:5])))
    return found


def _names(header: str, cells: list[str | None]) -> list[int]:
    filled = [(row, cell.strip()) for row, cell in enumerate(cells) if cell and cell.strip()]
    like = [row + 2 for row, cell in filled if HAN_NAME.match(cell) and cell[0] in SURNAMES]
    distinct = len({cell for _, cell in filled})
    if NAME_HEADERS.search(header) and (like or distinct > len(filled) // 2):
        return like or [row + 2 for row, _ in filled]
    if len(filled) >= 10 and len(like) >= 0.9 * len(filled) and distinct > len(filled) // 2:
        return like
    return []
