"""The set-up and reset link: opening it consumes nothing, choosing a password does and signs in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import invitations, passwords
from schedulepop.accounts.models import Invitation, User
from schedulepop.web.account.sign_in import BACKEND


def reasons_against(password: str, again: str, user: User) -> list[str]:
    """Why this pair of passwords will not do, in sentences; empty when it will."""
    reasons = passwords.reasons_against(password, user)
    return reasons or ([] if password == again else ["The two passwords are not the same."])


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """A form for a new password, as long as the link works; the token stays out of the Referer header."""
    state, invitation = invitations.look(token, now())
    if invitation is None or state is not invitations.LinkState.OPEN:
        return dead_link(request, state)
    first = invitation.purpose == Invitation.SET_UP
    reasons: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        reasons = reasons_against(password, request.POST.get("again", ""), invitation.user)
        if not reasons:
            try:
                user = invitations.use(token, password, now())
            except invitations.DeadLinkError as dead:
                return dead_link(request, dead.state)
            except ValidationError as error:
                reasons = [str(reason) for reason in error.messages]
            else:
                auth.logout(request)
                auth.login(request, user, backend=BACKEND)
                messages.success(request, "Your account is set up." if first else "Your new password works.")
                return HttpResponseRedirect("/")
    context = {
        "person": invitation.user,
        "first": first,
        "until": invitation.expires_at,
        "zone": ZoneInfo(invitation.user.organization.timezone),
        "reasons": reasons,
    }
    return private(render(request, "web/account/set_up.html", context, status=422 if reasons else 200))


def dead_link(request: HttpRequest, state: invitations.LinkState, *, confirms: bool = False) -> HttpResponse:
    """The page of a link that does not work (any more), and what to do. `confirms`: it was to confirm an address."""
    context = {"state": state, "confirms": confirms, "used": state is invitations.LinkState.USED}
    return private(render(request, "web/account/dead_link.html", context, status=410))


def private(response: HttpResponse) -> HttpResponse:
    """The token never leaves in a Referer header. Not `no-referrer`: with it browsers post `Origin: null`, and
    the form would be refused as forged.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response
