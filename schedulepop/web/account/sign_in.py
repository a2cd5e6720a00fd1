"""Signing in, in one step or two, and out; in the demo also with one click per role."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.accounts import access, audit, demo, second_factor, tenancy, throttle
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.accounts.sign_in import delayed_until
from schedulepop.web.account.demo_users import demo_users
from schedulepop.web.shell import session_limits
from schedulepop.web.shell.preferences import redirect_back

BACKEND = "schedulepop.accounts.sign_in.SignInBackend"
HALFWAY = "first_step"  # in the session: whose password was right, and when
HALFWAY_SECONDS = 600


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form. A wrong name, a wrong password and an ended account get the same answer: none is given away."""
    if request.user.is_authenticated:
        return redirect_back(request)
    username = request.POST.get("username", "").strip()
    failed, wait = False, None
    if request.method == "POST":
        user = auth.authenticate(request, username=username, password=request.POST.get("password", ""))
        if isinstance(user, User):
            return enter(request, user, how="password")
        failed, wait = True, delayed_until(request, username)
    context = {
        "username": username,
        "failed": failed,
        "wait": wait,
        "over": request.GET.get("over", ""),
        "next": _next(request),
        "demo_users": demo_users() if demo.is_on(request) else (),
    }
    return render(request, "web/account/sign_in.html", context, status=422 if failed else 200)


def enter(request: HttpRequest, user: User, *, how: str) -> HttpResponseRedirect:
    """After the first step, the password or a link: in, or on to the second step, remembering where to go."""
    target = redirect_back(request)
    with tenancy.of_user(user.pk):
        if not second_factor.is_on(user):
            _start(request, user, how)
            return target
    auth.logout(request)
    request.session.cycle_key()
    request.session[HALFWAY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": time.time(),
        "how": how,
        "next": target.url,
    }
    return HttpResponseRedirect(settings.LOGIN_URL + "code/")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code of the authenticator app, or a recovery code; a few tries, wherever they come from."""
    half = request.session.get(HALFWAY) or {}
    if not half:
        return redirect("sign-in")
    with tenancy.of_user(half["user"]):
        return _second_step(request, half)


def _second_step(request: HttpRequest, half: dict[str, Any]) -> HttpResponse:
    user = _halfway(request, half)
    if user is None:
        return redirect("sign-in")
    failed = wait = False
    if request.method == "POST":
        key, source = f"second step {user.pk}", f"account {user.pk}"
        wait = not throttle.begin(key, source, now())
        if not wait and second_factor.check(user, request.POST.get("code", "")):
            throttle.succeeded(key, source)
            _start(request, user, f"{half['how']} and code")
            return HttpResponseRedirect(half["next"])
        if not wait:
            audit.record_failure(user, "code")
        failed = True
    context = {"failed": failed, "wait": wait}
    return render(request, "web/account/second_step.html", context, status=422 if failed else 200)


def _halfway(request: HttpRequest, half: dict[str, Any]) -> User | None:
    """Who has passed the first step a moment ago and may still sign in, with the same password."""
    if request.user.is_authenticated or time.time() - half["at"] > HALFWAY_SECONDS:
        return None
    user = access.live_users(User.objects.filter(pk=half["user"]).select_related("organization")).first()
    same = user is not None and constant_time_compare(half["hash"], user.get_session_auth_hash())
    return user if same else None


def _start(request: HttpRequest, user: User, how: str) -> None:
    auth.logout(request)
    auth.login(request, user, backend=BACKEND)
    session_limits.start(request.session)
    audit.record_visit(Actor.of(user), user.organization, "signed_in", how)


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    auth.logout(request)
    return redirect("sign-in")


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click as one of the people the demo offers. Outside the demo this address does not exist."""
    if not demo.is_on(request):
        raise Http404
    with tenancy.of_demo():
        chosen = next((one for one in demo_users() if str(one.user.pk) == request.POST.get("user")), None)
    if chosen is None:
        raise Http404
    return enter(request, chosen.user, how="demo")
