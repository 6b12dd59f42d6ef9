"""What pages and the API ask about trials, entries and boards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qiupu_web.base.bilingual import Words, pick
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.trials.enums import EntryState, Split, TrialState, Verdict
from qiupu_web.trials.models import Decision, Entry, Objection, Score, SealApproval, Trial, TrialVersion
from qiupu_web.trials.rules import CONCLUDED, HIDDEN_STATES, WAITING, is_better

INSIDERS = ("office", "steward", "auditor", "administrator", "system")
REVIEWERS = ("steward", "auditor", "system")
ANNOUNCED_STATES = (TrialState.ANNOUNCED, TrialState.OBJECTIONS, *CONCLUDED)
TAKING_ENTRIES = (TrialState.OPEN,)
LIST_COLUMNS = (
    "code",
    "title_zh",
    "title_en",
    "state",
    "metric",
    "direction",
    "bar",
    "opens_at",
    "closes_at",
    "is_demo",
    "scenario__field",
    "scenario__owner__name_zh",
    "scenario__owner__name_en",
)
_ENTRIES = Entry.objects.filter(trial=OuterRef("pk"), is_baseline=False).order_by().values("trial").annotate(n=Count("pk"))
ENTERED = Coalesce(Subquery(_ENTRIES.values("n")), 0)
BOARD_COLUMNS = (
    *("verdict", "value", "low", "high", "n", "n_needed", "survives_holm", "rank_low", "rank_high", "tie_group"),
    *(f"entry__{name}" for name in ("trial_id", "name_zh", "name_en", "kind", "state", "is_baseline", "created_at")),
    *(f"entry__organisation__{name}" for name in ("code", "kind", "name_zh", "name_en", "is_invented")),
)
"""What boards show of a verdict; receipts and logs are large and have pages of their own."""
ON_BOARDS = Decision.objects.select_related("entry__organisation").only(*BOARD_COLUMNS).order_by()
NOT_SCORED = (
    Entry.objects.filter(state__in=(EntryState.INVALID, EntryState.SUPPLIER_ERROR, EntryState.TIMED_OUT))
    .select_related("organisation")
    .only("name_zh", "name_en", "state", "organisation__name_zh", "organisation__name_en")
    .order_by("-created_at", "-pk")
)
PAGE_COLUMNS = (
    *(field.name for field in Trial._meta.concrete_fields),
    *(f"scenario__{name}" for name in ("code", "owner", "field", "title_zh", "title_en", "budget_cny", "decide_by")),
    *(f"scenario__{name}_{lang}" for name in ("budget_route", "decision_maker") for lang in ("zh", "en")),
    *("next_owner__name_zh", "next_owner__name_en"),
)
_OBJECTIONS = Objection.objects.filter(trial=OuterRef("pk")).order_by().values("trial").annotate(n=Count("pk"))
OBJECTED = Coalesce(Subquery(_OBJECTIONS.values("n")), 0)
ON_PAGES = (
    Trial.objects.select_related("scenario", "next_owner")
    .only(*PAGE_COLUMNS)
    .annotate(entry_count=ENTERED, objection_count=OBJECTED)
)
"""What a trial's own page shows of it."""
VERSION_FILES = ("public_truth", "public_inputs", "hidden_inputs", "history", "example_entry")
VERSION_COLUMNS = (
    *("trial_id", "number", "task", "data_card", "manifest", "manifest_sha256", "n_public", "n_feedback", "n_final", "sealed_at"),
    *(f"{name}__size" for name in VERSION_FILES),
)
WITH_FILES = TrialVersion.objects.select_related(*VERSION_FILES).order_by()
VERSION_ON_PAGES = WITH_FILES.only(*VERSION_COLUMNS)


def trials_visible_to(actor: Actor, rows: QuerySet[Trial] | None = None) -> QuerySet[Trial]:
    """Return the trials that this reader may see: all that are sealed, and drafts of her own organisation or to insiders."""
    rows = Trial.objects.select_related("scenario__owner", "next_owner") if rows is None else rows
    if actor.role in INSIDERS:
        return rows
    seen = ~Q(state__in=HIDDEN_STATES) & ~Q(state=TrialState.VOID, version=0)
    if actor.organisation_id is not None and actor.role in ("owner", "unit"):
        seen |= Q(scenario__owner_id=actor.organisation_id) | Q(scenario__owner__parent_id=actor.organisation_id)
    return rows.filter(seen)


def for_lists(rows: QuerySet[Trial]) -> QuerySet[Trial]:
    """Return only the columns that a list shows, with how many entered."""
    return (
        rows.select_related(None)
        .select_related("scenario__owner")
        .only(*LIST_COLUMNS)
        .annotate(entry_count=ENTERED)
        .order_by(F("opens_at").desc(nulls_last=True), "code")
    )


def named(rows: QuerySet[Trial], words: str) -> QuerySet[Trial]:
    """Return the trials whose title, code or owner holds the words."""
    return rows.filter(
        Q(title_zh__icontains=words)
        | Q(title_en__icontains=words)
        | Q(code__icontains=words)
        | Q(scenario__owner__name_zh__icontains=words)
        | Q(scenario__owner__name_en__icontains=words)
    )


def version_shown(trial: Trial, rows: QuerySet[TrialVersion] = WITH_FILES) -> TrialVersion | None:
    """Return the version in force."""
    version = next(iter(rows.filter(trial=trial, number=trial.version)), None)
    if version is not None:
        version.trial = trial
    return version


def is_announced(trial: Trial) -> bool:
    """Return whether verdicts are public."""
    return trial.state in ANNOUNCED_STATES


def may_see_verdicts(actor: Actor, trial: Trial) -> bool:
    """Return whether this reader sees the verdicts: everybody once they are announced, reviewers before."""
    return is_announced(trial) or actor.role in REVIEWERS


def decisions_of(trial: Trial) -> list[Decision]:
    """Return the verdicts of the version in force, best first."""
    rows = ON_BOARDS.filter(entry__trial=trial, version__number=trial.version)
    sign = -1.0 if trial.direction == "higher" else 1.0
    return sorted(rows, key=lambda one: (one.value is None, sign * (one.value or 0.0), one.entry.created_at, one.pk))


@dataclass(frozen=True)
class FeedbackLine:
    """What the Ladder has told one organisation so far."""

    organisation: Organisation
    entry: Entry
    value: float
    entries: int
    is_baseline: bool


def feedback_of(trial: Trial) -> list[FeedbackLine]:
    """Return each organisation's best feedback in the version in force, best first; hints, not verdicts."""
    scores = (
        Score.objects.filter(
            entry__trial=trial, version__number=trial.version, split=Split.FEEDBACK, metric=trial.metric, value__isnull=False
        )
        .filter(entry__state=EntryState.SCORED)
        .select_related("entry__organisation")
        .order_by("entry__created_at", "entry_id")
    )
    best: dict[tuple[int, int], Score] = {}
    counts: dict[tuple[int, int], int] = {}
    for score in scores:
        key = (score.entry.organisation_id, score.entry_id if score.entry.is_baseline else 0)
        counts[key] = counts.get(key, 0) + 1
        held = best.get(key)
        if held is None or is_better(score.value or 0.0, held.value or 0.0, trial.direction):
            best[key] = score
    sign = -1.0 if trial.direction == "higher" else 1.0
    lines = [
        FeedbackLine(one.entry.organisation, one.entry, one.value or 0.0, counts[key], one.entry.is_baseline)
        for key, one in best.items()
    ]
    return sorted(lines, key=lambda line: (sign * line.value, line.entry.created_at, line.entry.pk))


def entries_of(trial: Trial, organisation_ids: Sequence[int] | set[int]) -> QuerySet[Entry]:
    """Return the entries of some organisations, newest first, with their feedback."""
    feedback = Score.objects.filter(split=Split.FEEDBACK, version__number=trial.version)
    return (
        Entry.objects.filter(trial=trial, organisation_id__in=organisation_ids)
        .select_related("organisation", "artifact")
        .prefetch_related(Prefetch("scores", queryset=feedback, to_attr="feedback"))
        .order_by("-created_at", "-pk")
    )


def all_entries(trial: Trial) -> QuerySet[Entry]:
    """Return all entries of a trial, for stewards."""
    return Entry.objects.filter(trial=trial).select_related("organisation").order_by("-created_at", "-pk")


def unscored_entries(trial: Trial) -> QuerySet[Entry]:
    """Return the entries that got no score by their own fault, newest first, with what a board's line shows of them."""
    return NOT_SCORED.filter(trial=trial)


@dataclass(frozen=True)
class Queue:
    """Where an entry stands: how many are before it, and when its turn is likely over."""

    before: int
    ends_at: datetime | None


def queue_of(entry: Entry, now: datetime) -> Queue | None:
    """Return an entry's place in the queue; None when it waits no more. The end is told by how long the last entries took."""
    if entry.state not in WAITING:
        return None
    before = Entry.objects.filter(state__in=WAITING, queued_at__lt=entry.queued_at or now).exclude(pk=entry.pk).count()
    recent = Entry.objects.filter(kind=entry.kind, state=EntryState.SCORED, finished_at__isnull=False, queued_at__isnull=False)
    latest = recent.order_by("-finished_at").values("pk")[:50]
    took = Entry.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).aggregate(
        t=Avg(F("finished_at") - F("queued_at"))
    )["t"]
    if took is None:
        return Queue(before, None)
    each = min(max(took, timedelta(seconds=1)), timedelta(minutes=10))
    return Queue(before, now + each * (before + 1))


def approvals_of(version: TrialVersion, what: str) -> QuerySet[SealApproval]:
    """Return who has approved."""
    return version.approvals.filter(what=what).select_related("user", "organisation").order_by("at", "pk")


def sealers_of(version: TrialVersion) -> list[Words]:
    """Return the organisations of those who sealed."""
    names = version.approvals.filter(what="seal", organisation__isnull=False).order_by("at", "pk")
    return [pick(zh, en) for zh, en in names.values_list("organisation__name_zh", "organisation__name_en")]


def objections_of(trial: Trial) -> QuerySet[Objection]:
    """Return the objections to a trial, newest first."""
    return trial.objections.select_related("organisation", "entry", "answered_by").order_by("-filed_at", "-pk")


@dataclass(frozen=True)
class PassRate:
    """How many of the entries that counted in announced trials passed: the agreements' partners, and all others."""

    partner_passed: int
    partner_all: int
    others_passed: int
    others_all: int


def pass_rate() -> PassRate:
    """Return the partners' pass rate beside everybody else's: public, so that favour would show."""
    rows = Decision.objects.filter(entry__is_baseline=False, entry__trial__state__in=ANNOUNCED_STATES).exclude(
        entry__trial__state=TrialState.VOID
    )
    found = {"partner_passed": 0, "partner_all": 0, "others_passed": 0, "others_all": 0}
    for kind, verdict, n in rows.order_by().values_list("entry__organisation__kind", "verdict").annotate(Count("pk")):
        who = "partner" if kind == OrganisationKind.PARTNER else "others"
        found[f"{who}_all"] += n
        found[f"{who}_passed"] += n if verdict == Verdict.PASS else 0
    return PassRate(**found)
