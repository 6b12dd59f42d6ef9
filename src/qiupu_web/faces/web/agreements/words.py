"""Sentences that the pages say about lights, reasons and history."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.agreements.models import Agreement, ApprovalStep
from qiupu_web.agreements.rules import Light


def light_sentence(light: Light) -> str:
    """Say in a sentence why a light shows what it shows."""
    elapsed = round(100 * (light.elapsed or 0))
    reached = round(100 * light.reached)
    sentences = {
        "past-due": _("The due date has passed."),
        "lagging": _("%(elapsed)d%% of the time has run, the evidence shows %(reached)d%% of the way."),
        "last-days": _("Fewer than 15 days are left and no project shows that it will be done."),
        "in-time": _("%(elapsed)d%% of the time has run, the evidence shows %(reached)d%% of the way."),
        "silent": _("Nothing has happened for more than 120 days, and there is no due date."),
        "moving": _("There is no due date; something happened in the last 120 days."),
    }
    return sentences[light.reason] % {"elapsed": elapsed, "reached": reached}


def action_words() -> dict[str, str]:
    """Return what the history calls each action."""
    return {
        "agreements.break_down": _("broken down from the text"),
        "agreements.break_down_together": _("broken down from the text, with others"),
        "agreements.edit_commitment": _("was changed"),
        "agreements.edit_together": _("was changed, with others"),
        "agreements.amend_commitment": _("amended"),
        "agreements.answer_breakdown": _("answered by the lead unit"),
        "agreements.decide_approval": _("approval decided"),
        "agreements.confirm": _("confirmed by a party"),
        "agreements.record_scan": _("stamped form recorded"),
        "agreements.record_evidence": _("evidence recorded"),
        "agreements.add_evidence": _("document added"),
        "agreements.countersign_evidence": _("evidence countersigned"),
        "agreements.record_answer": _("answer of the unit recorded by the office"),
        "agreements.record_money": _("money recorded"),
        "agreements.strike_money": _("entry of money struck out"),
        "agreements.override_light": _("light set by hand"),
        "agreements.end_override": _("light left to the rule again"),
        "exchange.import": _("changed by a table"),
        "agreements.settle_commitment": _("settled"),
        "agreements.refresh_lights": _("lights computed"),
        "projects.create": _("project made"),
        "projects.edit": _("was changed"),
        "projects.move": _("moved on"),
        "projects.add_milestone": _("milestone added"),
        "projects.record_acceptance": _("measured again on fresh data"),
        "projects.waive_acceptance": _("acceptance waived"),
    }


def role_words() -> dict[str, str]:
    """Return who acts, by the role that a state names."""
    return {
        "unit": _("the lead unit"),
        "office": _("the exchange office"),
        "owner": _("the owner"),
        "supplier": _("the supplier"),
        "steward": _("the trial steward"),
        "auditor": _("the auditor"),
    }


def approver_words(step: ApprovalStep) -> str:
    """Return who decides at an approval step: the unit, with the person where one is named."""
    unit = str(step.organisation.name)
    return f"{unit} · {step.member.user}" if step.member else unit


def outcome_words() -> dict[str, str]:
    """Return what the pages call the outcome of a piece of evidence."""
    return {
        "pass": _("passed"),
        "passed": _("passed"),
        "fail": _("not passed"),
        "none-passed": _("nobody passed"),
        "undecided": _("undecided"),
        "void": _("void"),
        "met": _("countersigned"),
        "accepted": _("accepted"),
        "purchased": _("bought"),
        "scaled": _("in wide use"),
    }


def approval_task() -> str:
    """Return what an approver is asked to do."""
    return _("Approve it or return it")


def in_readers_language(agreement: Agreement) -> Agreement:
    """Return the text, or its translation when that is in the reader's language and may be read by the same people."""
    wanted = "zh" if (get_language() or "en").startswith("zh") else "en"
    twin = agreement.twin
    is_better = twin is not None and agreement.language != wanted and twin.language == wanted
    return twin if twin is not None and is_better and (twin.is_public or not agreement.is_public) else agreement


def desk_name() -> str:
    """Return what the page of approvals and stand-ins is called."""
    return _("Approvals and my stand-in")
