"""The set-up and reset link: opening it consumes nothing and is noted, choosing a password uses it up and signs in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import invitations, passwords
from schedulepop.accounts.models import Invitation, User
from schedulepop.web.account.sign_in import enter


def reasons_against(password: str, again: str, user: User) -> list[str]:
    """Why this pair of passwords will not do, in sentences; empty when it will."""
    reasons = passwords.reasons_against(password, user)
    return reasons or ([] if password == again else ["The two passwords are not the same."])


def opened_by_link(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a link's page: it sees the rows of the organization of whom the link was made for."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        with invitations.opened_by(token):
            return view(request, token)

    return answer


@sensitive_post_parameters("password", "again")
@opened_by_link
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """A form for a new password, as long as the link works; the token stays out of the Referer header."""
    state, invitation = invitations.look(token, now())
    if invitation is None or state is not invitations.LinkState.OPEN:
        return dead_link(request, state)
    if _is_by_browser(request):
        invitations.note_opened(invitation, now())
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
                messages.success(request, "Your account is set up." if first else "Your new password works.")
                return enter(request, user, how="link")
    context = {
        "person": invitation.user,
        "first": first,
        "until": invitation.expires_at,
        "zone": ZoneInfo(invitation.user.organization.timezone),
        "reasons": reasons,
    }
    return private(render(request, "web/account/set_up.html", context, status=422 if reasons else 200))


def _is_by_browser(request: HttpRequest) -> bool:
    """Whether a browser shows this page to somebody, as far as it says: programs that look into every link of a mailbox
    mostly send no `Sec-Fetch-Mode`. One that drives a browser cannot be told from a person.
    """
    wanted, ahead = request.headers.get("Sec-Fetch-Mode", ""), request.headers.get("Sec-Purpose", "")
    return request.method == "GET" and wanted == "navigate" and "prefetch" not in ahead


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
