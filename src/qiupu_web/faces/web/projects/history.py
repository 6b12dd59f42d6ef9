"""What happened to a project, in words, from the audit records alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Choices, Q
from django.utils.translation import gettext as _

from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.agreements.contexts import HistoryLine
from qiupu_web.parties.models import Organisation
from qiupu_web.projects.enums import AcceptanceVerdict, MilestoneState, MoveReason, ProjectState, RiskReason, RiskState
from qiupu_web.projects.models import Project

LIMIT = 60
Facts = Mapping[str, Any]
Names = Mapping[str, str]
Say = Callable[[AuditRecord, Names], str]


def history_of_project(row: Project) -> tuple[HistoryLine, ...]:
    """Return the records of a project and its milestones, newest first; people are named by their organisation. Two queries."""
    stones = [str(one.pk) for one in row.milestones.all()]
    mine = Q(target_type="projects.project", target_id=str(row.pk)) | Q(target_type="projects.milestone", target_id__in=stones)
    records = list(AuditRecord.objects.filter(mine).order_by("-number")[:LIMIT])
    codes = {one.organisation_code for one in records} | {_facts(one).get("owner", "") for one in records}
    names = {one.code: str(one) for one in Organisation.objects.filter(code__in=codes)}
    titles = {
        f"{one._meta.label_lower}:{one.pk}": str(one) for rows in (row.milestones, row.risks, row.benefits) for one in rows.all()
    }
    return tuple(
        HistoryLine(
            one.at,
            words_of(one, titles | names),
            names.get(one.organisation_code, one.organisation_code or one.actor_name),
            one.number,
        )
        for one in records
    )


def words_of(record: AuditRecord, names: Names) -> str:
    """Say what a record tells of; ``names`` has the things' names in the reader's language. An unknown action is named as it is."""
    say = SENTENCES.get(record.action)
    return say(record, names) if say is not None else record.action


def _facts(record: AuditRecord) -> Facts:
    """Return the first thing that the use case said, with what it changed."""
    return next((one for one in record.changes if "thing" in one), {})


def _changed(record: AuditRecord, name: str) -> tuple[Any, Any]:
    for one in record.changes:
        pair = one.get("changed", {}).get(name) if "thing" in one else None
        if pair:
            return pair[0], pair[1]
    return None, None


def _label(choices: type[Choices], value: object) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "")


def _with(sentence: str, *more: object) -> str:
    said = [str(one) for one in more if one]
    return f"{sentence} ({'; '.join(said)})" if said else sentence


def _moved(record: AuditRecord, names: Names) -> str:
    before, after = _changed(record, "state")
    words = {"before": _label(ProjectState, before), "after": _label(ProjectState, after)}
    reason = _label(MoveReason, _changed(record, "reason_code")[1])
    return _with(_("From “%(before)s” to “%(after)s”") % words, reason, _changed(record, "reason_note")[1])


FIELDS: Mapping[str, Callable[[], str]] = {
    "title_zh": lambda: _("title in Chinese"),
    "title_en": lambda: _("title in English"),
    "budget_cny": lambda: _("budget"),
    "committed_cny": lambda: _("committed money"),
    "paid_cny": lambda: _("paid money"),
    "payment_cny": lambda: _("payment"),
    "starts_on": lambda: _("start"),
    "ends_on": lambda: _("end"),
    "due_on": lambda: _("due date"),
    "likelihood": lambda: _("likelihood"),
    "impact": lambda: _("impact"),
    "keeper": lambda: _("who watches it"),
    "measures_zh": lambda: _("measures"),
    "measures_en": lambda: _("measures"),
}


def _names(record: AuditRecord) -> str:
    changed: Iterable[str] = (name for one in record.changes if "thing" in one for name in one.get("changed", {}))
    return ", ".join(dict.fromkeys(FIELDS[name]() for name in changed if name in FIELDS))


def _countersigned(record: AuditRecord, names: Names) -> str:
    state = _changed(record, "state")[1]
    note = _changed(record, "reason_note")[1]
    words = {"milestone": names.get(record.thing, record.target_label), "state": _label(MilestoneState, state)}
    return _with(
        _("Milestone %(milestone)s: %(state)s") % words if state else _("Milestone %(milestone)s: looked at") % words, note
    )


def _risk_moved(record: AuditRecord, names: Names) -> str:
    facts = _facts(record)
    words = {"number": facts.get("number"), "state": _label(RiskState, facts.get("to"))}
    return _with(_("Risk %(number)s: %(state)s") % words, _label(RiskReason, facts.get("reason")), facts.get("note"))


def _say(sentence: Callable[[], str], *wanted: str) -> Say:
    """Return a sentence into which facts of the record are put by name; where a fact is a thing, the thing's name."""

    def say(record: AuditRecord, names: Names) -> str:
        facts = _facts(record)
        return sentence() % {name: names.get(str(facts.get(name)), facts.get(name, "–")) for name in wanted}

    return say


SENTENCES: Mapping[str, Say] = {
    "projects.create": lambda record, names: _("Project made"),
    "projects.edit": lambda record, names: _with(_("Plan changed"), _names(record)),
    "projects.move": _moved,
    "projects.add_milestone": _say(lambda: _("Milestone added: %(milestone)s"), "milestone"),
    "projects.edit_milestone": lambda record, names: _with(
        _("Milestone %(number)s changed") % {"number": _facts(record).get("number")}, _names(record)
    ),
    "projects.add_evidence": lambda record, names: (
        _("Evidence for milestone %(milestone)s") % {"milestone": names.get(record.thing, record.target_label)}
    ),
    "projects.countersign": _countersigned,
    "projects.record_acceptance": lambda record, names: (
        _("Measured again on fresh data: %(verdict)s") % {"verdict": _label(AcceptanceVerdict, _facts(record).get("acceptance"))}
    ),
    "projects.waive_acceptance": _say(lambda: _("Acceptance waived: %(reason)s"), "reason"),
    "projects.add_risk": _say(lambda: _("Risk written down: %(risk)s"), "risk"),
    "projects.edit_risk": lambda record, names: _with(
        _("Risk %(number)s changed") % {"number": _facts(record).get("number")}, _names(record)
    ),
    "projects.move_risk": _risk_moved,
    "projects.add_benefit": _say(lambda: _("Benefit expected: %(benefit)s"), "benefit"),
    "projects.measure_benefit": _say(lambda: _("Benefit %(number)s measured: %(value)s"), "number", "value"),
    "projects.review_benefit": _say(lambda: _("Benefit %(number)s reviewed"), "number"),
    "projects.drop_benefit": _say(lambda: _("Benefit %(number)s no longer pursued"), "number"),
    "projects.add_document": _say(lambda: _("Contract document added: %(name)s"), "name"),
    "projects.replicate": _say(lambda: _("Taken over by %(owner)s: %(replication)s"), "owner", "replication"),
}
