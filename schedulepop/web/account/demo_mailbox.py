"""The demo's mailbox: every email with its working links. Where mail is really sent it does not exist."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schedulepop.messages import mailbox

SHOWN = 100
FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""An email brings inline styles, so it gets a frame of its own in which nothing runs and nothing is pressed."""


def _demo_only() -> None:
    """404 elsewhere: whoever reads these letters can use their links."""
    if not (settings.DEMO and settings.EMAIL_BACKEND.endswith("MailboxBackend")):
        raise Http404


@require_safe
def mailbox_page(request: HttpRequest) -> HttpResponse:
    """All letters, newest first, with the text and the links of the chosen one."""
    _demo_only()
    letters = mailbox.letters(SHOWN)
    chosen = request.GET.get("letter", "")
    letter = mailbox.letter(chosen) if chosen else next(iter(letters), None)
    if chosen and letter is None:
        raise Http404
    return render(
        request,
        "web/account/demo_mailbox.html",
        {"letters": letters, "letter": letter, "many": len(letters) == SHOWN},
    )


@require_safe
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """One letter as its reader sees it, for the frame."""
    _demo_only()
    letter = mailbox.letter(name)
    if letter is None or not letter.html:
        raise Http404
    response = HttpResponse(letter.html)
    response["Content-Security-Policy"] = FRAME_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
