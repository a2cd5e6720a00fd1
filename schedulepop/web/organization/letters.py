"""Every letter as its reader would see it: HTML by day and by night, and the text; for somebody invented."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.messages import previews
from schedulepop.messages.letters import KINDS
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.frames import in_a_frame
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import mail as wording

VIEWS = {"light": "Light", "dark": "Dark", "text": "Plain text"}
FIRST = "welcome"


@role_required(ADMINS)
@require_safe
def letters(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The list of letters and the chosen one: `?letter=alarm&as=dark`."""
    kind, view = request.GET.get("letter", FIRST), request.GET.get("as", "light")
    if view not in VIEWS:
        raise Http404
    letter = _preview(visit, kind)
    context: dict[str, Any] = {
        "kinds": [(name, wording.title(name)) for name in KINDS],
        "kind": kind,
        "title": wording.title(kind),
        "letter": letter,
        "views": VIEWS.items(),
        "view": view,
    }
    return render(request, "web/organization/letters.html", context)


@role_required(ADMINS)
@require_safe
def letter_html(request: HttpRequest, visit: Visit, letter: str, theme: str) -> HttpResponse:
    """The HTML of one letter, for the frame."""
    if theme not in ("light", "dark"):
        raise Http404
    return in_a_frame(previews.html_of(_preview(visit, letter), "dark" if theme == "dark" else "light"))


def _preview(visit: Visit, kind: str) -> EmailMultiAlternatives:
    if kind not in KINDS:
        raise Http404
    place = visit.locations[0].name if visit.locations else visit.organization.name
    return previews.preview(kind, visit.organization, now(), place=place)
