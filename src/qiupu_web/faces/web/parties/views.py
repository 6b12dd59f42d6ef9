"""Organisations: the list, one page each, and who acts for them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.faces.web.parties import contexts
from qiupu_web.faces.web.parties.contexts_shown import shown_by
from qiupu_web.faces.web.parties.forms import MemberForm, OrganisationForm
from qiupu_web.faces.web.parties.returning import return_of
from qiupu_web.parties import queries, usecases
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation, User
from qiupu_web.parties.permissions import may, require


def _row(request: HttpRequest, code: str) -> Organisation:
    row = queries.visible_to(actor_of(request)).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def organisation_list(request: HttpRequest) -> HttpResponse:
    """Who takes part."""
    actor = actor_of(request)
    rows = queries.for_lists(queries.visible_to(actor)).order_by("code")
    kinds = [(kind.value, str(kind.label)) for kind in OrganisationKind]
    listing = build_listing(
        request,
        rows,
        search=queries.named,
        filters={"kind": (_("Kind"), kinds, lambda found, value: found.filter(kind=value))},
        all_label=_("all"),
    )
    may_merge = may(actor, "parties.merge_organisations")
    context = contexts.OrganisationList(listing, may(actor, "parties.create_organisation"), may_merge)
    return render(request, "parties/list.html", {"list": context, "listing": listing})


def organisation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation: what it does, and what the records say of it."""
    actor, row = actor_of(request), queries.visible_to(actor_of(request)).filter(code=code).first()
    if row is None:
        kept = queries.stands_for(code)
        if kept is None:
            raise Http404
        return HttpResponseRedirect(reverse("parties:detail", args=[kept.code]))
    context = contexts.Profile(
        row=row,
        facts=contexts.facts_of(row),
        capabilities=contexts.capabilities_of(row),
        scenarios=contexts.scenarios_of(row),
        verdicts=contexts.verdicts_of(row),
        projects=contexts.projects_of(row),
        shown=shown_by(row),
        commitments=list(contexts.public_commitments(row).order_by("due_on", "code")[: contexts.SHOWN]),
        units=list(row.children.filter(is_active=True)),
        members=list(queries.members_of(row)) if queries.sees_members(actor, row) else None,
        may_edit=may(actor, "parties.edit_organisation", row.pk),
        may_manage=may(actor, "parties.add_member", row.pk),
    )
    return render(request, "parties/detail.html", {"profile": context})


def new_organisation(request: HttpRequest) -> HttpResponse:
    """Register an organisation; one that is a party of an agreement is linked with it, and the reader goes back there."""
    actor, back = actor_of(request), return_of(request)
    require(actor, "parties.create_organisation")
    form = OrganisationForm(request.POST or None, actor=actor, initial=back.initial)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            row = usecases.create_organisation(actor=actor, now=timezone.now(), **form.told())
            back.link(actor=actor, now=timezone.now(), organisation=row)
            linked = _("%(name)s is registered, and is the party “%(party)s” of the agreement.")
            said = linked % {"name": row, "party": back.party} if back.party else _("%(name)s is registered.") % {"name": row}
            messages.success(request, said)
            twins = [str(one) for one in queries.twins_of(row)]
            if twins:
                said = _("It may be registered already: %(others)s. Compare them under “Duplicates”.")
                messages.warning(request, said % {"others": "; ".join(twins)})
            return back.address or reverse("parties:detail", args=[row.code])

        answer = form.send(act)
        if answer is not None:
            return answer
    return _form(request, contexts.Edit(None, form, back))


def edit_organisation(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is told about an organisation."""
    actor, row = actor_of(request), _row(request, code)
    require(actor, "parties.edit_organisation", row.pk)
    form = OrganisationForm(request.POST or None, actor=actor, row=row)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            usecases.edit_organisation(actor=actor, now=timezone.now(), organisation=row, **form.told())
            messages.success(request, _("The page is changed."))
            return reverse("parties:detail", args=[row.code])

        answer = form.send(act)
        if answer is not None:
            return answer
        row.refresh_from_db()
    return _form(request, contexts.Edit(row, form))


def _form(request: HttpRequest, edit: contexts.Edit) -> HttpResponse:
    return render(request, "parties/form.html", {"edit": edit}, status=400 if edit.form.is_bound else 200)


def organisation_members(request: HttpRequest, code: str) -> HttpResponse:
    """Who acts for an organisation; POST lets one more."""
    actor, row = actor_of(request), _row(request, code)
    require(actor, "parties.add_member", row.pk)
    form = MemberForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        user = User.objects.filter(email__iexact=words["email"], is_active=True).first()
        if user is None:
            form.add_error("email", _("No open account has this address. Ask the person to ask for an account first."))
        else:

            def act() -> str:
                usecases.add_member(actor=actor, now=timezone.now(), organisation=row, user=user, role=words["role"])
                messages.success(request, _("%(name)s may act now.") % {"name": user})
                return reverse("parties:members", args=[row.code])

            answer = form.send(act)
            if answer is not None:
                return answer
    context = contexts.Members(row, list(queries.members_of(row)), form)
    return render(request, "parties/members.html", {"page": context}, status=400 if form.is_bound else 200)


@require_POST
def remove_member(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """End a membership."""
    actor, row = actor_of(request), _row(request, code)
    require(actor, "parties.remove_member", row.pk)
    membership = get_object_or_404(queries.members_of(row), pk=pk)
    usecases.remove_member(actor=actor, now=timezone.now(), membership=membership)
    messages.success(
        request, _("%(name)s no longer acts in this role. What was done stays in the records.") % {"name": membership.user}
    )
    return HttpResponseRedirect(reverse("parties:members", args=[row.code]))
