"""The shape of a text: lines joined to paragraphs, paragraphs cut into sentences, headings and numbered clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.reading import Clause

HAN_NUMBER = "一二三四五六七八九十百"
NUMBERED = re.compile(
    rf"""\s*(?:\#{{1,6}}\s*|\*\*)?(?P<number>
        第\s*[{HAN_NUMBER}\d]+\s*[条章节款] | [{HAN_NUMBER}]{{1,3}}\s*[、.] | \([{HAN_NUMBER}\d]{{1,3}}\) |
        \d{{1,2}}(?:\.\d{{1,2}}){{1,3}}\.? | \d{{1,2}}\s*[.、)](?!\d) |
        (?i:article|section|clause)\s+(?:\d{{1,3}}|[ivxlc]{{1,6}})\b[.:]? |
        [IVXLC]{{1,5}}\.(?=\s)
    )\s*""",
    re.VERBOSE,
)
BULLET = re.compile(r"\s*(?:[-*•●■◆▪]|\([a-z]{1,4}\)|[a-z]\))\s+")
ENDS = "。!?!?;;:"
ABBREVIATIONS = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|No|Mr|Mrs|Ms|Dr|Prof|St|vs|Jr|Sr|L\.?P|L\.L\.C|U\.S|U\.K|P\.R|S\.A|N\.V|B\.V|"
    r"e\.g|i\.e|Sec|Art|approx|Gov|Gen|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Bros|Hon|Pty|Nos|al)|\b[A-Z]|\d)\.$"
)
END_OF_SENTENCE = re.compile(r"[。!?;][\"')\]]{0,2}|[!?;](?=[\s\"'])[\"')]{0,2}|\.[\"')\]]{0,2}(?=\s|$)")


@dataclass(frozen=True)
class Span:
    """A half-open range of offsets."""

    start: int
    end: int


@dataclass(frozen=True)
class Paragraph(Span):
    """Lines that belong together; ``heading`` says that it stands above others; ``number`` as 第三条 or 2.1."""

    heading: bool
    number: str


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of a folded text; lines broken at a page's width are joined."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n\r\f\v]+", text) if m.group().strip()]
    widths = sorted(_width(text[a:b]) for a, b in lines)
    usual = widths[int(len(widths) * 0.9)] if widths else 0
    found: list[Paragraph] = []
    first: int | None = None
    for i, (start, end) in enumerate(lines):
        first = start if first is None else first
        following = lines[i + 1] if i + 1 < len(lines) else None
        if following is None or not _runs_on(text, (start, end), following, usual):
            found.append(_paragraph(text, first, end))
            first = None
    return found


def _width(line: str) -> int:
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line.strip())


def _runs_on(text: str, line: tuple[int, int], following: tuple[int, int], usual: int) -> bool:
    """Whether the next line continues this one: no gap, no new item, and this line nearly as wide as lines get here."""
    gap, this, that = text[line[1] : following[0]], text[line[0] : line[1]].rstrip(), text[following[0] : following[1]]
    if NUMBERED.match(that) or BULLET.match(that) or re.match(r"\s{0,4}[甲乙丙丁]方", that):
        return False
    width = _width(this)
    if gap.count("\n") > 1:
        return bool(re.search(r"[a-z,]$", this) and re.match(r"\s*[a-z]", that) and width > 40)
    if usual < 40 or this[-1:] in "。!?":
        return False
    if _is_chinese(this):
        return width >= usual * 0.85 and usual <= 130
    return (width >= usual * 0.7 and usual <= 160) or bool(re.match(r"\s*[a-z]", that) and width > 25)


def _is_chinese(text: str) -> bool:
    return sum("\u4e00" <= char <= "\u9fff" for char in text) * 3 > len(text)


def _paragraph(text: str, start: int, end: int) -> Paragraph:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    body = text[start:end]
    match = NUMBERED.match(body)
    number = match.group("number").strip() if match else ""
    rest = body[match.end() :] if match else body
    return Paragraph(start, end, _is_heading(body, rest, number), number)


def _is_heading(body: str, rest: str, number: str) -> bool:
    if body.startswith("#") or re.fullmatch(r"\*\*.{1,60}\*\*", body):
        return True
    rest = rest.strip()
    if re.match(r"[甲乙丙丁]方.{0,8}[:]", rest) or re.search(r"[::]\s*\S{3,}", rest):
        return False
    if _is_chinese(rest):
        return len(rest) <= 24 and not re.search(r"[。,;!?]", rest) and (bool(number) or len(rest) <= 16)
    words = rest.rstrip(".:").split()
    if not words or len(words) > 12 or re.search(r"[;!?]|\.\s", rest) or (rest.endswith((".", ",")) and not number):
        return False
    titled = sum(word[:1].isupper() or word.lower() in ("of", "and", "the", "for", "to", "by", "in", "or", "on") for word in words)
    return titled == len(words) and words[0][:1].isupper()


def sentences(text: str, part: Span) -> list[Span]:
    """Cut a paragraph into sentences; a semicolon ends one too, an abbreviation's full stop or a number's does not."""
    found: list[Span] = []
    start = part.start
    for match in END_OF_SENTENCE.finditer(text, part.start, part.end):
        mark = text[match.start()]
        if (
            mark == "."
            and ABBREVIATIONS.search(text, max(start, match.start() - 8), match.start() + 1)
            and (not re.match(r"[\s\"')]+[A-Z\"]", text[match.end() : match.end() + 4]) or _mid_sentence(text, match))
        ):
            continue
        if mark == ";" and match.end() - start < 12:
            continue
        end = match.end()
        if '"' in match.group() and text.count('"', start, match.start()) % 2 == 0:
            end = match.start() + match.group().index('"')  # the mark opens what follows
        found.append(_trim(text, start, end))
        start = end
    if text[start : part.end].strip():
        found.append(_trim(text, start, part.end))
    return [span for span in found if span.end > span.start]


def _mid_sentence(text: str, match: re.Match[str]) -> bool:
    """After Mr., Dr., No. or an initial the sentence goes on, whatever follows."""
    before = text[max(0, match.start() - 6) : match.start()]
    if re.search(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|No|St|Hon|Gov|Sec|Art|Gen|vs|e\.g|i\.e)$", before):
        return True
    return bool(re.search(r"(?:^|[\s.])[A-Z]$", before)) and not re.search(r"\b(?:U\.S|U\.K|L\.P|S\.A|N\.V|B\.V)$", before)


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def clauses(text: str, parts: list[Paragraph]) -> tuple[Clause, ...]:
    """Return numbered or titled passages, each reaching to the next of them."""
    heads = [part for part in parts if (part.number or part.heading) and part.end - part.start < 4000]
    found = []
    for i, head in enumerate(heads):
        stop = heads[i + 1].start if i + 1 < len(heads) else len(text)
        while stop > head.end and text[stop - 1].isspace():
            stop -= 1
        body = text[head.start : head.end]
        match = NUMBERED.match(body)
        begin = head.start + (match.end() if match else 0)
        title = text[begin : head.end] if head.heading else _run_in_title(text[begin : head.end])
        line_end = head.end if head.heading else begin + len(title)
        found.append(
            Clause(
                number=head.number.rstrip(".、 "),
                title=title.strip("#* :."),
                quote=text[head.start : line_end],
                start=head.start,
                end=line_end,
                stop=max(stop, line_end),
            )
        )
    return tuple(found)


def _run_in_title(body: str) -> str:
    """A title that stands before the clause's own text: "Term. This Agreement ..."; empty when there is none."""
    match = re.match(r"(?P<title>[A-Z][\w ,/&'-]{2,60})[.:]\s", body) or re.match(r"(?P<title>[\u4e00-\u9fff]{2,12})[:]", body)
    return match.group("title") if match else ""
