"""Forgot the password: the same answer whoever asks for whomever, and a link only to an address we know."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop.messages import addresses


@require_http_methods(["GET", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """The form, then a page that says where to look."""
    name = request.POST.get("name", "").strip()[:254]
    if request.method == "POST" and name:
        addresses.forgot(name, now())
    context = {"sent": bool(name), "name": name, "days": settings.INVITATION_DAYS}
    return render(request, "web/account/forgot_password.html", context)
