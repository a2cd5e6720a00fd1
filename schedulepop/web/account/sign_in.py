"""Signing in and out; in the demo also with one click per role."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.accounts.sign_in import delayed_until
from schedulepop.web.account.demo_users import demo_users
from schedulepop.web.shell.preferences import redirect_back

BACKEND = "schedulepop.accounts.sign_in.SignInBackend"


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
        if user is not None:
            auth.login(request, user)
            return redirect_back(request)
        failed, wait = True, delayed_until(request, username)
    context = {
        "username": username,
        "failed": failed,
        "wait": wait,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "demo_users": demo_users() if settings.DEMO else (),
    }
    return render(request, "web/account/sign_in.html", context, status=422 if failed else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    auth.logout(request)
    return redirect("sign-in")


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click as one of the people the demo offers. Outside the demo this address does not exist."""
    if not settings.DEMO:
        raise Http404
    chosen = next((one for one in demo_users() if str(one.user.pk) == request.POST.get("user")), None)
    if chosen is None:
        raise Http404
    auth.logout(request)
    auth.login(request, chosen.user, backend=BACKEND)
    return HttpResponseRedirect("/")
