"""Two-step sign-in of one's own: turn it on with an authenticator app, recovery codes, turn it off."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import access, sealing, second_factor, sign_in, throttle
from schedulepop.messages import outbox
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.preferences import redirect_back
from schedulepop.web.shell.qr_codes import qr
from schedulepop.web.shell.roles import SIGNED_IN
from schedulepop.web.shell.visit import Visit

OFFERED = "second_factor_key"  # in the session, sealed: the key shown and not turned on yet
PURPOSE = "offered second factor"


@sensitive_post_parameters("password", "code")
@sensitive_variables("key", "codes")
@role_required(SIGNED_IN, before_second_factor=True)
@require_http_methods(["GET", "POST"])
def two_step(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Off: a key to scan and the form that turns it on. On: new recovery codes, and the form that turns it off.

    Recovery codes are in the answer to the form that makes them, and nowhere else.
    """
    if request.method == "GET":
        return _page(request, visit)
    reason = _password_refused(request, visit)
    if reason:
        return _page(request, visit, reason)
    if not second_factor.is_on(visit.user):
        return _turn_on(request, visit)
    if not _code_fits(request, visit):
        return _page(request, visit, "The code does not fit. Wait for the next one, and type it at once.")
    if request.POST.get("do") == "codes":
        return _codes(request, second_factor.new_codes(visit.user))
    if _required(visit):
        return _page(request, visit, "Two-step sign-in is asked of your role, so it stays on.")
    second_factor.turn_off(visit.user)
    outbox.queue_next(visit.user, "second_factor_off")
    messages.success(request, "Two-step sign-in is off.")
    return redirect("account")


def _turn_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    codes = second_factor.turn_on(visit.user, _offered(request), request.POST.get("code", ""), now())
    if codes is None:
        return _page(request, visit, "The code does not fit. Wait for the next one, and type it at once.")
    del request.session[OFFERED]
    access.end_sessions([visit.user.pk], now())  # those that came in by the password alone
    visit.user.refresh_from_db()
    auth.update_session_auth_hash(request, visit.user)
    return _codes(request, codes)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    back = redirect_back(request, "/account/").url
    return render(request, "web/account/recovery_codes.html", {"codes": "\n".join(codes), "next": back})


def _page(request: HttpRequest, visit: Visit, reason: str = "") -> HttpResponse:
    on = second_factor.is_on(visit.user)
    key = "" if on else _offered(request)
    context = {
        "on": on,
        "reason": reason,
        "required": _required(visit),
        "asked_by": next(
            (one.name for one in visit.organizations if not on and second_factor.is_asked(visit.actor, one)),
            "",
        ),
        "since": visit.user.second_factor.since if on else None,
        "left": len(visit.user.second_factor.recovery_codes) if on else 0,
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "qr": qr(second_factor.address(visit.user, key)) if key else None,
        "next": request.POST.get("next") or request.GET.get("next") or "",
    }
    return render(request, "web/account/two_step.html", context, status=422 if reason else 200)


def _offered(request: HttpRequest) -> str:
    """The key shown to this session: the same until it is turned on, so that a reloaded page fits the app."""
    sealed = request.session.get(OFFERED)
    if sealed:
        try:
            return sealing.unseal(sealed, PURPOSE)
        except sealing.NotReadableError:
            pass
    key = second_factor.new_key()
    request.session[OFFERED] = sealing.seal(key, PURPOSE)
    return key


def _required(visit: Visit) -> bool:
    return any(one.requires_second_factor and visit.actor.runs_syncs(one) for one in visit.organizations)


def _password_refused(request: HttpRequest, visit: Visit) -> str:
    right = sign_in.is_current_password(visit.user, request.POST.get("password", ""), request)
    if right is None:
        return "Too many wrong passwords. Wait about 15 minutes, then try again."
    return "" if right else "The current password is not right."


def _code_fits(request: HttpRequest, visit: Visit) -> bool:
    key, source = f"second step {visit.user.pk}", f"account {visit.user.pk}"
    if not throttle.begin(key, source, now()) or not second_factor.check(
        visit.user, request.POST.get("code", "")
    ):
        return False
    throttle.succeeded(key, source)
    return True
