"""What the templates of trials are given: everything looked up and computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu.errors import N_
from qiupu_web.base.bilingual import Words, pick
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import Listing
from qiupu_web.faces.web.trials.drawing import Plot, Scale, plot_of, scale_of
from qiupu_web.faces.web.trials.facts import Facts, Passing, facts_of, passing_of
from qiupu_web.faces.web.trials.plain import bar_line, headline, metric_name, needed_text, number, percent, rank_text
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.trials import queries
from qiupu_web.trials.bridge import Figure
from qiupu_web.trials.bridge.facts import group_words
from qiupu_web.trials.enums import TrialState, Verdict
from qiupu_web.trials.models import Decision, Entry, Trial, TrialVersion

STEPS = (
    (TrialState.SEALED, TrialState.DRAFT, TrialState.DATA_CHECK),
    (TrialState.OPEN, TrialState.PRACTICE),
    (TrialState.CLOSED, TrialState.SCORED, TrialState.REVIEW),
    (TrialState.ANNOUNCED, TrialState.OBJECTIONS),
    (TrialState.PASSED, TrialState.NONE_PASSED, TrialState.UNDECIDED, TrialState.VOID),
)


@dataclass(frozen=True)
class TrialLine:
    """One trial of a list."""

    trial: Trial
    bar: str


@dataclass(frozen=True)
class TrialList:
    """The list of trials."""

    listing: Listing[Trial]
    rows: Sequence[TrialLine]
    may_open: bool
    pass_rate: queries.PassRate


@dataclass(frozen=True)
class Line:
    """One row of a board."""

    rank: str
    name: Words
    organisation: Words
    organisation_code: str
    kind: str
    tags: tuple[str, ...]
    plot: Plot | None
    value: str
    low: str
    high: str
    verdict: str
    verdict_label: str
    more: str
    survives: str
    group: str
    receipt: int | None
    n: int | None


@dataclass(frozen=True)
class Unscored:
    """An entry that counts and got no score."""

    name: Words
    organisation: Words
    state: str


@dataclass(frozen=True)
class BoardView:
    """A board: verdicts once they are announced, hints before. All that its table shows, so equal boards look equal."""

    code: str
    lines: tuple[Line, ...]
    unscored: tuple[Unscored, ...]
    is_final: bool
    n: int | None
    metric: str
    axis_low: str
    axis_high: str
    interval: str

    @property
    def has_groups(self) -> bool:
        """Whether any entries cannot be told apart."""
        return any(line.group for line in self.lines)


@dataclass(frozen=True)
class Step:
    """One station of a trial's life."""

    label: str
    is_done: bool
    is_here: bool


@dataclass(frozen=True)
class Download:
    """A file that anybody may have, at its address."""

    label: str
    hint: str
    address: str
    size: str


@dataclass(frozen=True)
class Card:
    """One line of the data card."""

    label: str
    text: str


@dataclass(frozen=True)
class TrialPage:
    """One trial."""

    trial: Trial
    version: TrialVersion | None
    tone: str
    word: str
    sentence: str
    facts: Facts
    passing: Passing
    board: BoardView
    steps: tuple[Step, ...]
    downloads: tuple[Download, ...]
    card: Sequence[Card]
    task: str
    may_enter: bool
    is_inside: bool
    own_entries: Sequence[Entry]
    practice: OnceForm | None
    figures: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    objections: int = 0


def line_of(trial: Trial, one: Decision, scale: Scale, groups: dict[int, int], *, with_receipt: bool) -> Line:
    """Return a row of the final board."""
    entry, label = one.entry, f"{number(one.value)} ({number(one.low)} – {number(one.high)})"
    plot = None
    if one.value is not None:
        plot = plot_of(scale, value=one.value, low=one.low, high=one.high, bar=trial.bar, label=label)
    tied = one.tie_group is not None and groups.get(one.tie_group, 0) > 1
    survives = ""
    if one.verdict == Verdict.PASS and one.survives_holm is not None:
        survives = (
            _("stands beside all other entries too") if one.survives_holm else _("would not stand if all entries are counted")
        )
    return Line(
        rank=rank_text(one),
        name=words_of(entry.name),
        organisation=words_of(entry.organisation.name),
        organisation_code=entry.organisation.code,
        kind=entry.get_kind_display(),
        tags=tags_of(entry),
        plot=plot,
        value=number(one.value),
        low=number(one.low),
        high=number(one.high),
        verdict=one.verdict,
        verdict_label=str(one.get_verdict_display()),
        more=needed_text(one),
        survives=survives,
        group=("group" if one.tie_group == 1 else "g2") if tied else "",
        receipt=one.pk if with_receipt else None,
        n=one.n,
    )


def words_of(value: object) -> Words:
    """Return a bilingual name as words."""
    return value if isinstance(value, Words) else Words(str(value), (get_language() or "en")[:2])


def tags_of(entry: Entry) -> tuple[str, ...]:
    """Say what a reader should know of who entered."""
    tags = []
    if entry.is_baseline:
        tags.append(_("baseline"))
    if entry.organisation.kind == OrganisationKind.PARTNER:
        tags.append(_("agreement’s partner"))
    if entry.organisation.kind == OrganisationKind.STARTUP:
        tags.append(_("start-up"))
    if entry.organisation.is_invented:
        tags.append(_("invented"))
    return tuple(tags)


def board_of(trial: Trial, actor: Actor, decisions: list[Decision] | None = None) -> BoardView:
    """Return the board that this reader may see."""
    metric = bar_line(trial)
    if queries.may_see_verdicts(actor, trial):
        decisions = queries.decisions_of(trial) if decisions is None else decisions
        if decisions:
            scale = scale_of([trial.bar, *(edge for one in decisions for edge in (one.value, one.low, one.high))])
            groups: dict[int, int] = {}
            for one in decisions:
                if one.tie_group is not None:
                    groups[one.tie_group] = groups.get(one.tie_group, 0) + 1
            announced = queries.is_announced(trial)
            lines = tuple(line_of(trial, one, scale, groups, with_receipt=announced) for one in decisions)
            unscored = tuple(
                Unscored(words_of(one.name), words_of(one.organisation.name), one.get_state_display())
                for one in queries.unscored_entries(trial)
            )
            return BoardView(
                trial.code,
                lines,
                unscored,
                True,
                decisions[0].n,
                metric,
                number(scale.low),
                number(scale.high),
                percent(2 * trial.level - 1),
            )
    if trial.state in (TrialState.DRAFT, TrialState.DATA_CHECK, TrialState.SEALED, TrialState.PRACTICE):
        return BoardView(trial.code, (), (), False, None, metric, "", "", "")
    hints = queries.feedback_of(trial)
    scale = scale_of([trial.bar, *(one.value for one in hints)])
    return BoardView(
        trial.code,
        tuple(_hint(trial, one, scale) for one in hints),
        (),
        False,
        None,
        metric,
        number(scale.low),
        number(scale.high),
        "",
    )


def _hint(trial: Trial, one: queries.FeedbackLine, scale: Scale) -> Line:
    return Line(
        rank="",
        name=words_of(one.entry.name),
        organisation=words_of(one.organisation.name),
        organisation_code=one.organisation.code,
        kind=one.entry.get_kind_display(),
        tags=tags_of(one.entry),
        plot=plot_of(scale, value=one.value, low=None, high=None, bar=trial.bar, label=number(one.value)),
        value=number(one.value),
        low="",
        high="",
        verdict="",
        verdict_label="",
        more="",
        survives="",
        group="",
        receipt=None,
        n=None,
    )


def steps_of(trial: Trial) -> list[Step]:
    """Return a trial's life as five stations."""
    labels = (_("sealed"), _("open"), _("closed and scored"), _("announced"), _("concluded"))
    here = next((i for i, states in enumerate(STEPS) if trial.state in states), 0)
    is_sealed = trial.state not in (TrialState.DRAFT, TrialState.DATA_CHECK)
    return [Step(label, i < here or (i == here == 0 and is_sealed), i == here) for i, label in enumerate(labels)]


def downloads_of(trial: Trial, version: TrialVersion | None) -> tuple[Download, ...]:
    """Return the files that anybody may have."""
    if version is None:
        return ()
    plan = (
        (version.public_truth, _("Public sample: answers"), _("id and true answer of the public items"), "public.csv"),
        (version.public_inputs, _("Public sample: inputs"), _("what a solution may look at"), "public-inputs.csv"),
        (version.hidden_inputs, _("Hidden items: inputs"), _("answer each of these rows in your entry"), "inputs.csv"),
        (version.history, _("History"), _("the series before the test"), "history.csv"),
        (version.example_entry, _("Example entry"), _("right in form, worthless in content"), "example-entry.csv"),
    )
    found = [(label, hint, what, size_of(file.size)) for file, label, hint, what in plan if file is not None]
    found.append((_("Task"), _("for qiupu score on your own machine"), "task.toml", ""))
    if version.manifest:
        found.append((_("Seal"), _("hashes of everything that was fixed"), "manifest.json", ""))
    folder = reverse("trials:file", args=[trial.code, "-"]).removesuffix("-")
    return tuple(Download(label, hint, f"{folder}{what}", size) for label, hint, what, size in found)


def size_of(size: int) -> str:
    """Write a file's size."""
    return f"{size / 1024:.0f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


KNOWN_LABELS = {
    "source": N_("Source"), "package": N_("Package"), "version": N_("Version"), "licence": N_("Licence"), "note": N_("Note"),
    "title": N_("Title"), "what": N_("What it is"), "period": N_("Period"), "rows": N_("Rows"), "file": N_("File"),
    "url": N_("Address"), "license": N_("Licence"), "stands_for": N_("Stands for"), "year": N_("Year"),
    "dataset": N_("Data set"), "changes": N_("What was changed"),
}  # fmt: skip
"""Usual lines of a data card; others are shown as they are called."""


def card_of(version: TrialVersion | None) -> list[Card]:
    """Return the data card: what the owner wrote, in the reader's language where there are two."""
    if version is None:
        return []
    data: dict[str, Any] = version.data_card
    found = []
    for key, value in data.items():
        if key == "columns" or key.endswith("_en") or isinstance(value, dict | list):
            continue
        if key.endswith("_zh"):
            key = key.removesuffix("_zh")  # noqa: PLW2901  # the two languages of one line
            value = str(pick(str(value), str(data.get(f"{key}_en", ""))))  # noqa: PLW2901  # as above
        label = _(KNOWN_LABELS[key]) if key in KNOWN_LABELS else key.replace("_", " ")
        found.append(Card(label, str(value)))
    return found


def trial_page(trial: Trial, actor: Actor, **given: Any) -> TrialPage:
    """Gather everything that the page of a trial out of ``queries.ON_PAGES`` shows."""
    counts: Any = trial  # the query adds them to the row
    version = queries.version_shown(trial, queries.VERSION_ON_PAGES)
    decisions = queries.decisions_of(trial) if queries.may_see_verdicts(actor, trial) else []
    tone, word, sentence = headline(trial, decisions)
    sealers = [] if version is None else queries.sealers_of(version)
    return TrialPage(
        trial=trial,
        version=version,
        tone=tone,
        word=word,
        sentence=sentence,
        facts=facts_of(trial, version, sealers, counts.entry_count),
        passing=passing_of(trial, trial.scenario),
        board=board_of(trial, actor, decisions),
        steps=tuple(steps_of(trial)),
        downloads=downloads_of(trial, version),
        card=card_of(version),
        task="" if version is None else group_words(version, "en" if get_language() == "en" else "zh"),
        objections=counts.objection_count,
        **given,
    )


def figures_of(figures: Sequence[Figure]) -> list[tuple[str, str, str]]:
    """Return the scores of a file for the public sample as text: measure, value, interval."""
    return [(metric_name(one.metric), number(one.value), interval_text(one.low, one.high)) for one in figures]


def interval_text(low: float | None, high: float | None) -> str:
    """Write an interval; one dash when there is none."""
    return "–" if low is None or high is None else f"{number(low)} – {number(high)}"


@dataclass(frozen=True)
class EntryPage:
    """One entry, as its own organisation and stewards see it."""

    entry: Entry
    trial: Trial
    feedback: str
    public: Sequence[tuple[str, str, str]]
    queue: queries.Queue | None
    waits: bool
    is_current: bool
    stage: int
    stages: Sequence[Step]
    error: str
    may_name: bool
    may_cancel: bool
    decision: Decision | None
    form_key: OnceForm
    now: datetime
