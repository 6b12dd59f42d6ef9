"""One's own account, asking for one, and deciding about requests."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.accounts import mails
from qiupu_web.faces.web.accounts.contexts import Account, Decision, SignUps
from qiupu_web.faces.web.accounts.forms import AccountForm, DecisionForm, SignUpForm, TokenForm
from qiupu_web.faces.web.actors import SESSION_KEY, actor_for, actor_of
from qiupu_web.parties import queries, usecases
from qiupu_web.parties.enums import SignUpState
from qiupu_web.parties.models import ApiToken, Organisation, SignUp, User
from qiupu_web.parties.permissions import may, require

SHOWN_ONCE = "made_just_now"
DECIDED_SHOWN = 20


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(
    request: HttpRequest, form: AccountForm | None = None, token_form: TokenForm | None = None, status: int = 200
) -> HttpResponse:
    user, actor = _user(request), actor_of(request)
    memberships = list(queries.own_memberships(user))
    chosen = request.session.get(SESSION_KEY)
    acting = next((one.pk for one in memberships if one.pk == chosen), memberships[0].pk if memberships else None)
    fresh = TokenForm(memberships=queries.own_memberships(user)) if may(actor, "parties.issue_token") else None
    given = {"name_zh": user.name_zh, "name_en": user.name_en, "language": user.language}
    context = Account(
        user=user,
        form=form or AccountForm(initial=given),
        memberships=memberships,
        acting_as=acting,
        has_second_step=Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        tokens=list(queries.own_tokens(user, timezone.now())),
        token_form=token_form or fresh,
        secret=request.session.pop(SHOWN_ONCE, ""),
    )
    return render(request, "accounts/account.html", {"account": context}, status=status)


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show one's account; POST changes name and language."""
    if request.method != "POST":
        return _page(request)
    form = AccountForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data

        def act() -> str:
            usecases.edit_account(
                actor=actor_of(request),
                now=timezone.now(),
                user=_user(request),
                name_zh=words["name_zh"],
                name_en=words["name_en"],
                language=words["language"],
            )
            messages.success(request, _("Your account is changed."))
            return reverse("accounts:account")

        answer = form.send(act)
        if answer is not None:
            return answer
        _user(request).refresh_from_db()
    return _page(request, form=form, status=400)


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another of one's roles from now on."""
    given = request.POST.get("membership", "")
    row = get_object_or_404(queries.own_memberships(_user(request)), pk=int(given) if given.isdigit() else 0)
    request.session[SESSION_KEY] = row.pk
    messages.success(
        request,
        _("You act as %(role)s for %(organisation)s.") % {"role": row.get_role_display(), "organisation": row.organisation},
    )
    return HttpResponseRedirect(reverse("pages:my_work"))


@login_required
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token for a program; it is shown once, on the account page."""
    user = _user(request)
    form = TokenForm(request.POST, memberships=queries.own_memberships(user))
    if form.is_valid():
        words = form.cleaned_data

        def act() -> str:
            _row, secret = usecases.issue_token(
                actor=actor_for(words["membership"]),
                now=timezone.now(),
                membership=words["membership"],
                name=words["name"],
                scopes=words["scopes"],
                days=words["days"],
            )
            request.session[SHOWN_ONCE] = secret
            return reverse("accounts:account") + "#programs"

        answer = form.send(act)
        if answer is not None:
            return answer
    return _page(request, token_form=form, status=400)


@login_required
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's tokens."""
    row = get_object_or_404(ApiToken.objects.select_related("membership"), pk=pk, membership__user=_user(request))
    usecases.revoke_token(actor=actor_for(row.membership), now=timezone.now(), token=row)
    messages.success(request, _("The token opens nothing any more."))
    return HttpResponseRedirect(reverse("accounts:account") + "#programs")


def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("accounts:account"))
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {name: value for name, value in form.cleaned_data.items() if name != "form_key"}

        def act() -> str:
            lang = get_language() or ""
            row = usecases.file_sign_up(actor=actor_of(request), now=timezone.now(), language=lang, **words)
            if row is None:
                transaction.on_commit(lambda: mails.tell_known_address(words["email"]))
            return reverse("accounts:sign_up_done")

        answer = form.send(act)
        if answer is not None:
            return answer
    return render(request, "accounts/sign_up.html", {"form": form}, status=400 if form.is_bound else 200)


def sign_up_done(request: HttpRequest) -> HttpResponse:
    """Say that the request lies with the office; the same whether the address was known or not."""
    return render(request, "accounts/sign_up_done.html")


def sign_ups(request: HttpRequest) -> HttpResponse:
    """The requests that wait for a decision, and the latest decided ones."""
    require(actor_of(request), "parties.decide_sign_up")
    context = SignUps(list(queries.waiting_sign_ups()), list(queries.decided_sign_ups()[:DECIDED_SHOWN]))
    return render(request, "accounts/sign_ups.html", {"sign_ups": context})


def sign_up_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request; POST decides it."""
    actor = actor_of(request)
    require(actor, "parties.decide_sign_up")
    row = SignUp.objects.select_related("user", "organisation").filter(pk=pk).first()
    if row is None:
        raise Http404
    form = DecisionForm(request.POST or None, initial={"role": row.role}, actor=actor)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        is_approved = words["decision"] == "approve"

        def act() -> str:
            done = usecases.decide_sign_up(
                actor=actor,
                now=timezone.now(),
                sign_up=row,
                approve=is_approved,
                organisation=words["organisation"],
                role=words["role"],
                reason=words["reason"],
            )
            transaction.on_commit(lambda: _tell(request, done))
            if is_approved and words["organisation"] is None and done.organisation is not None:
                _warn_of_twins(request, done.organisation)
            return reverse("accounts:sign_ups")

        answer = form.send(act)
        if answer is not None:
            return answer
    twins = queries.alike(row.organisation_name) if row.state == SignUpState.FILED else []
    known = {one.pk for one in twins}
    similar = [one for one in queries.named(queries.visible_to(actor), row.organisation_name)[:10] if one.pk not in known][:5]
    context = Decision(row, form, twins, similar)
    return render(request, "accounts/sign_up_detail.html", {"decision": context}, status=400 if form.is_bound else 200)


def _warn_of_twins(request: HttpRequest, organisation: Organisation) -> None:
    """Say that a new organisation may have been registered before; two may well be two, so it is not refused."""
    twins = "; ".join(str(one) for one in queries.twins_of(organisation))
    if twins:
        said = _("It may be registered already: %(others)s. Compare them under “Duplicates”.")
        messages.warning(request, said % {"others": twins})


def _tell(request: HttpRequest, row: SignUp) -> None:
    if mails.tell_decision(row):
        messages.success(request, _("Decided. %(email)s was told by mail.") % {"email": row.user.email})
    else:
        messages.warning(request, _("Decided, but no mail could be sent. Tell %(email)s yourself.") % {"email": row.user.email})
