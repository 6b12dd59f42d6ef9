"""What use cases of trials ask first: is the row as it is now, is the person free of interest, who belongs together."""

from __future__ import annotations

from qiupu.errors import N_, Conflict, NotAllowed
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.trials.models import Entry, Interest, Trial, TrialVersion

CITY_KINDS = (OrganisationKind.OFFICE, OrganisationKind.UNIT)


def lock(trial: Trial) -> Trial:
    """Hold the trial's row until the transaction ends and read it anew."""
    Trial.objects.select_for_update().filter(pk=trial.pk).values("pk").first()
    trial.refresh_from_db()
    return trial


def lock_entry(entry_id: int) -> Entry:
    """Hold an entry's row until the transaction ends."""
    return Entry.objects.select_for_update(of=("self",)).select_related("trial", "organisation").get(pk=entry_id)


def require_state(trial: Trial, *states: str) -> None:
    """Refuse when the trial is in another state."""
    if trial.state not in states:
        raise Conflict(
            N_("The trial is in the state “{state}”; this is possible in: {states}."),
            cure=N_("Reload the page; somebody else may have moved it on."),
            code="wrong-state",
            state=trial.get_state_display(),
            states=", ".join(str(type(trial).state_word(state)) for state in states),
        )


def version_in_force(trial: Trial) -> TrialVersion:
    """Return the version that counts."""
    version = TrialVersion.objects.filter(trial=trial, number=trial.version).select_related("trial").order_by("pk").first()
    if version is None:
        raise Conflict(N_("The trial has no data yet."), cure=N_("Add the data first."), code="no-data")
    return version


def newest_version(trial: Trial) -> TrialVersion:
    """Return the version added last, sealed or not."""
    version = TrialVersion.objects.filter(trial=trial).select_related("trial").order_by("-number").first()
    if version is None:
        raise Conflict(N_("The trial has no data yet."), cure=N_("Add the data first."), code="no-data")
    return version


def require_person(actor: Actor) -> int:
    """Return the person's id; programs and links cannot stand for one of two people."""
    if actor.user_id is None:
        raise NotAllowed(N_("Only a person who has signed in can do this."), code="person")
    return actor.user_id


def require_impartial(actor: Actor, trial: Trial) -> int:
    """Refuse a person who has declared an interest, has not declared, or belongs to an organisation with a stake in the trial."""
    user_id = require_person(actor)
    declared = Interest.objects.filter(trial=trial, user_id=user_id).values_list("has_conflict", flat=True).first()
    if declared is None:
        raise Conflict(
            N_("Say first whether you have an interest in this trial."),
            cure=N_("Declare it on the trial's stewards' page."),
            code="interest-missing",
        )
    if declared or _has_stake(user_id, trial):
        raise NotAllowed(
            N_("You have an interest in this trial, so somebody else has to do this."),
            cure=N_("Ask another steward, the auditor or another unit."),
            code="interest",
        )
    return user_id


def _has_stake(user_id: int, trial: Trial) -> bool:
    mine = Membership.objects.filter(user_id=user_id, is_active=True)
    if mine.filter(organisation__kind=OrganisationKind.PARTNER).exists() or mine.filter(role=Role.SUPPLIER).exists():
        return True
    entrants = Entry.objects.filter(trial=trial, is_baseline=False).values("organisation_id")
    return mine.filter(organisation_id__in=entrants).exists()


def root_of(organisation: Organisation) -> Organisation:
    """Return the head of a group of affiliated organisations; the city's own bodies affiliate nobody."""
    seen = {organisation.pk}
    here = organisation
    while here.parent is not None and here.parent.kind not in CITY_KINDS and here.parent_id not in seen:
        here = here.parent
        seen.add(here.pk)
    return here


def family_of(organisation: Organisation) -> set[int]:
    """Return the ids of all affiliated organisations, itself included."""
    found = {root_of(organisation).pk}
    wave = found
    while wave:
        wave = set(Organisation.objects.filter(parent_id__in=wave).exclude(pk__in=found).values_list("pk", flat=True))
        found |= wave
    return found | {organisation.pk}
