"""Forgot the password: the same answer in the same time, whoever asks for whomever; a link to an address we know only.

Who it is, if anybody, the worker finds out afterwards.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import throttle
from schedulepop.messages import addresses, stops


@require_http_methods(["GET", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """The form, then a page that says where to look."""
    name = request.POST.get("name", "").strip()[:254]
    wait = bool(name) and not throttle.begin(f"forgotten {name}", throttle.source_of(request), now())
    if name and not wait:
        addresses.ask_for_link(name)
    context = {
        "sent": bool(name) and not wait,
        "wait": wait,
        "name": name,
        "days": settings.INVITATION_DAYS,
        "stopped": stops.everywhere() is not None,  # of one customer's email strangers are told nothing
    }
    return render(request, "web/account/forgot_password.html", context, status=429 if wait else 200)
