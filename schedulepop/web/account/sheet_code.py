"""The code of a sheet: username, code and a password in one form, for who has no link and cannot scan one.

A wrong code, an old one, and a username that is nobody's get the same answer. Five wrong ones end a sheet
(`accounts.sheets`); how fast anybody may guess at many is `throttle`'s.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import sheets, throttle
from schedulepop.web.account.sign_in import enter


@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
def sheet_code(request: HttpRequest) -> HttpResponse:
    """The form; with a code that fits, the password is chosen and its owner is in."""
    typed = {name: request.POST.get(name, "")[:254] for name in ("username", "code")}
    shown = {**typed, "days": settings.INVITATION_DAYS, "tries": sheets.TRIES}
    if request.method == "GET":
        return render(request, "web/account/sheet_code.html", shown)
    key, source = sheets.throttle_key(typed["username"]), throttle.source_of(request)
    if not throttle.begin(key, source, now()):
        return render(request, "web/account/sheet_code.html", {**shown, "wait": True}, status=429)
    tried = sheets.use(typed["username"], typed["code"], request.POST.get("password", ""), source, now())
    if tried.user is None and not tried.reasons:
        return render(request, "web/account/sheet_code.html", {**shown, "wrong": True}, status=422)
    throttle.succeeded(key, source)
    if tried.user is None:
        return render(request, "web/account/sheet_code.html", {**shown, "reasons": tried.reasons}, status=422)
    messages.success(request, "Your account is set up.")
    return enter(request, tried.user, how="code of a sheet")
