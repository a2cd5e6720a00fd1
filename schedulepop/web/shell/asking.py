"""What the reader cannot answer: who can, a button that sends them the prepared question, and what was sent today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from schedulepop.sync.review import ask
from schedulepop.web.shell.access import refusal_as_message
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import asking


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as a page shows it to whoever may only send it."""

    who: str
    button: str
    title: str
    text: str
    url: str
    sent: ask.Sent | None
    sent_words: str


def of_question(question: ask.Question, sent: Mapping[int, ask.Sent]) -> Asking:
    """`sent`: of `ask.sent_today`."""
    done = sent.get(question.pk)
    return Asking(
        asking.WHO_ANSWERS[question.fixer],
        asking.SEND_TO[question.fixer],
        question.title,
        question.text,
        reverse(f"{question.kind}-ask", args=[question.pk]),
        done,
        asking.sent(question.fixer, done.count) if done else "",
    )


def send(request: HttpRequest, visit: Visit, question: ask.Question) -> None:
    """Sends it, and says so on the next page."""
    with refusal_as_message(request):
        done = ask.send(question, visit.actor)
        messages.success(request, f"{asking.sent(question.fixer, done.count)}.")
