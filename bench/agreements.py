"""How well the reader reads: CUAD contracts (with --shared DIR) and our own labelled press texts.

How F1 is counted. Micro-averaged over documents: a predicted value is right when it equals a labelled value of the same
document, each label is used once. Parties: the full name, compared without case, punctuation and spaces; a name also counts when
at least 85% of its characters agree in order (labels have typing errors) or when one is the beginning of the other.
Date: year, month and day; what a label leaves blank must be absent. Law: the jurisdiction's name.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not bench/, whose file names would hide standard modules
from bench.labelled_texts import PARTS, confidences, score  # noqa: E402  the path is set just above

from qiupu.agreements import read  # noqa: E402  as above

TEN_PAGES = 30_000


class Tally:
    """Right, wrong and missed values."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0

    def add(self, right: int, predicted: int, labelled: int) -> None:
        self.right += right
        self.wrong += predicted - right
        self.missed += labelled - right

    def line(self, name: str) -> str:
        p = self.right / max(1, self.right + self.wrong)
        r = self.right / max(1, self.right + self.missed)
        return f"{name:30s} P {p:.3f}  R {r:.3f}  F1 {self.f1:.3f}  (n {self.right + self.missed})"

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def sureness(judged: list[tuple[float, bool]]) -> str:
    """Say how often values of each confidence are right, and how many of the surest 80% are wrong (target: at most 2%)."""
    ranked = sorted(judged, key=lambda pair: -pair[0])
    top = ranked[: int(0.8 * len(ranked))]
    bins = []
    for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.96), (0.96, 1.01)):
        inside = [right for confidence, right in ranked if low <= confidence < high]
        if inside:
            bins.append(f"{low:.2f}+ {sum(inside) / len(inside):.2f} (n {len(inside)})")
    wrong = sum(not right for _, right in top) / max(1, len(top))
    return f"wrong in the surest 80% {wrong:.3f}; right by confidence: {', '.join(bins)}"


def bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def same_name(a: str, b: str) -> bool:
    a, b = bare(a), bare(b)
    if not a or not b:
        return False
    if a == b or (min(len(a), len(b)) >= 5 and (a.startswith(b) or b.startswith(a))):
        return True
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.85


def cuad_parties(answer: str) -> list[str]:
    """Return the parties' full names out of CUAD's normalised answer, without aliases and collective terms."""
    answer = answer.strip()
    if re.fullmatch(r"\((?:[^()]|\([^()]*\))*\)", answer):  # the whole list stands in brackets
        answer = answer[1:-1]
    depth, item, items = 0, "", []
    balanced = answer.count("(") == answer.count(")")
    for char in answer:
        depth = max(0, depth + (char == "(") - (char == ")")) if balanced else 0
        if char == ";" and depth == 0:
            items.append(item)
            item = ""
        else:
            item += char
    aliases = {bare(alias) for alias in re.findall(r"[\"“]([^\"“”]+)[\"”]", answer)}
    names: list[str] = []
    for name in (name for one in [*items, item] for name in cuad_names(one)):
        together = [bare(part) for part in re.split(r",| and ", name) if bare(part)]
        collective = len(together) > 1 and all(part in aliases or any(bare(n).startswith(part) for n in names) for part in together)
        nobody = re.search(r"(?i)collectively|individually|\bpart(?:y|ies)\b|referred", name) or re.match(
            r"(?:each|together|an?\b|the\b|f/s/o)", name
        )
        if bare(name) and not nobody and not collective and bare(name) not in map(bare, names):
            names.append(name)
    return names


LEGAL_FORM = r"(?:Inc|LLC|L\.P|LP|Ltd|Limited|Corp|Company|America)"


def cuad_names(item: str) -> list[str]:
    """Return the names of one item; joint ones ("A, LLC, B, L.P. and C, Inc.") are as many, where each has a legal form."""
    name = re.sub(r"\([^()]*\)?", " ", item.strip().removeprefix("("))
    name = re.split(r"[\"“]", name)[0].strip(" ,.)(")
    parts = [
        part.strip(" ,.")
        for part in re.split(rf"(?<=\w)(?<!\band)(?:\.?\s*,\s+(?!{LEGAL_FORM}\b)(?=[A-Z])|\.?\s+and\s+(?=[A-Z]))", name)
    ]
    whole = len(parts) > 1 and all(re.search(rf"\b{LEGAL_FORM}$", part) for part in parts)
    return parts if whole else [name]


def cuad_date(answer: str) -> str | None:
    match = re.fullmatch(r"\s*(\[\]|\d+)/(\[\]|\d+)/(\[\]|\d+)\s*", answer)
    if not match:
        return None
    month, day, year = match.groups()
    if year == "[]":
        return f"--{int(month):02d}-{int(day):02d}" if "[]" not in (month, day) else None
    number = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)
    if month == "[]":
        return f"{number}"
    return f"{number}-{int(month):02d}" + ("" if day == "[]" else f"-{int(day):02d}")


PLACE_KIND = r"(?i)^\s*(?:the )?(?:state|commonwealth|province|republic|people's republic) of (?:the )?|\s+of america$"


def cuad_law(answer: str) -> set[str]:
    names = re.split(r"[;,]| and ", answer.replace("[]", ""))
    return {bare(re.sub(PLACE_KIND, "", name)) for name in names if bare(name)}


def align(predicted: list[str], labels: list[str]) -> int:
    left, right = list(labels), 0
    for name in predicted:
        hit = next((label for label in left if same_name(name, label)), None)
        if hit is not None:
            left.remove(hit)
            right += 1
    return right


def cuad(folder: Path, show: str = "", every: int = 1) -> dict[str, Tally]:
    tallies = {name: Tally() for name in ("parties", "date", "law")}
    rows = list(csv.DictReader((folder / "cuad_dev_answers.csv").open(encoding="utf-8")))
    seconds = []
    judged: dict[str, list[tuple[float, bool]]] = {name: [] for name in tallies}
    for row in rows[::every]:
        path = folder / "cuad_dev" / (Path(row["Filename"]).stem + ".txt")
        text = path.read_text(encoding="utf-8")
        began = time.process_time()
        reading = read(text)
        if len(text) > TEN_PAGES // 2:
            seconds.append((time.process_time() - began) / len(text) * TEN_PAGES)
        labels = cuad_parties(row["Parties-Answer"])
        names = [party.name for party in reading.parties]
        hits = align(names, labels)
        judged["parties"] += [(one.confidence, any(same_name(one.name, label) for label in labels)) for one in reading.parties]
        tallies["parties"].add(hits, len(names), len(labels))
        if show == "parties" and (hits < len(labels) or hits < len(names)):
            print(path.name[:60], "\n   got", names, "\n   not", labels)
        label, signed = cuad_date(row["Agreement Date-Answer"]), reading.dates.signed
        got = signed.value if signed else None
        tallies["date"].add(int(got is not None and got == label), int(got is not None), int(label is not None))
        judged["date"] += [(signed.confidence, got == label)] if signed else []
        if show == "date" and got != label:
            print(path.name[:60], "got", got, signed and signed.quote, "not", label, row["Agreement Date"][:80])
        law, value = cuad_law(row["Governing Law-Answer"]), reading.governing_law
        right = value is not None and bool(law & {bare(re.sub(PLACE_KIND, "", part)) for part in re.split(r",| and ", value.value)})
        tallies["law"].add(int(right), int(value is not None), int(bool(law)))
        judged["law"] += [(value.confidence, right)] if value else []
        if show == "law" and (bool(law) or value) and not right:
            print(path.name[:60], "got", value and value.value, "not", law, row["Governing Law"][:200])
    for name, pairs in judged.items():
        print(f"CUAD {name}: {sureness(pairs)}")
    if seconds:
        middle, worst = sorted(seconds)[len(seconds) // 2], max(seconds)
        print(f"seconds per ten pages (of a processor; contracts of five pages and more): median {middle:.3f}, worst {worst:.3f}")
    return tallies


PAGES = {
    "zh": (
        "合作协议\n\n甲方:白砚市数据局\n乙方:云栈科技有限公司\n\n双方达成如下协议:\n\n",
        "第{i}条 乙方应在2026年6月30日前完成第{i}项智慧城市任务,并向甲方提交报告;甲方负责开放数据,力争支持{i}万元。\n\n",
    ),
    "en": (
        'COOPERATION AGREEMENT\n\nThis Agreement is made on 15 January 2025 between Port of Halden ("Port") and '
        'Vista AI Ltd. ("Vista").\n\n',
        "{i}. Vista shall complete task {i} of the smart city plan by 30 June 2026 and report to Port; Port will pay "
        "USD {i},000.\n\n",
    ),
}


def ten_pages(language: str) -> str:
    """Return a contract of ten pages in our own words."""
    head, clause = PAGES[language]
    return (head + "".join(clause.format(i=i) for i in range(1, 600)))[:TEN_PAGES]


def speed() -> None:
    """Print how long ten pages take: in a process that has read before, and from the command line."""
    for language in ("zh", "en"):
        text = ten_pages(language)
        read(text)
        began, spent = time.perf_counter(), time.process_time()
        read(text)
        warm, processor = time.perf_counter() - began, time.process_time() - spent
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-m", "qiupu.cli", "read", file.name, "--json"], stdout=subprocess.DEVNULL, check=True)
            cold, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{language} ten pages: warm {warm:.2f} s ({processor:.2f} of processor), command {cold:.2f} s ({used:.2f})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="the folder with benchmark data (contracts/)")
    parser.add_argument("--show", default="", help="print what differs: parties, date, law, or texts (never the held-out ones)")
    parser.add_argument("--every", type=int, default=1, help="read only every n-th contract")
    args = parser.parse_args()
    if args.shared:
        for name, tally in cuad(args.shared / "contracts", args.show, args.every).items():
            print(tally.line(f"CUAD {name}"))
    else:
        print("CUAD is left out: give its folder with --shared DIR", file=sys.stderr)
    speed()
    for language in ("zh", "en"):
        for part in PARTS:
            for kind, counts in score(language, part, show=args.show == "texts" and part == "others").items():
                tally = Tally()
                tally.add(*counts)
                print(tally.line(f"{language} {part} {kind}"))
            if part != "others":
                print(f"{language} {part}: {sureness(confidences(language, part))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
