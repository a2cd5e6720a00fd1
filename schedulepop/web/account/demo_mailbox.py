"""The demo's mailbox: every email with its working links. Where mail is really sent it does not exist."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schedulepop.accounts import demo
from schedulepop.messages import mailbox
from schedulepop.web.shell.frames import in_a_frame

SHOWN = 100


def _demo_only(request: HttpRequest) -> None:
    """404 elsewhere: whoever reads these letters can use their links."""
    if not demo.is_on(request):
        raise Http404


@require_safe
def mailbox_page(request: HttpRequest) -> HttpResponse:
    """All letters, newest first, with the text and the links of the chosen one."""
    _demo_only(request)
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
    _demo_only(request)
    letter = mailbox.letter(name)
    if letter is None or not letter.html:
        raise Http404
    return in_a_frame(letter.html)
