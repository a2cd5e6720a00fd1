"""Questions about who somebody is: what payroll says beside who is on the list, and the answers one may give.

A run at once acts on an answer, or the first sync where that is still to come; until then it can be taken back here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop import employee
from schedulepop.accounts.models import User
from schedulepop.lib.text import fold, whole_number
from schedulepop.sync.models import Answer, Integration, Issue
from schedulepop.sync.review import ask
from schedulepop.sync.review.questions import answers
from schedulepop.sync.review.questions.candidates import Suggested
from schedulepop.sync.review.questions.questions import Question
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.web.issues.words import ANSWERED, answered, consequence, denied_means, likelihood
from schedulepop.web.runs.at_once import begun
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.asking import Asking, of_question
from schedulepop.web.shell.form_target import redirect_after
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, number_in
from schedulepop.web.templatetags.words import day, phone
from schedulepop.wording import issues as issue_words

SIZE = 15  # questions on a page
Kind = Answer.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One value, in payroll and on the list."""

    label: str
    payroll: str
    listed: str

    @property
    def agrees(self) -> bool:
        return bool(self.payroll) and fold(self.payroll) == fold(self.listed)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the people the record may be, as this reader may see them."""

    suggested: Suggested
    lines: tuple[Line, ...]
    place: str  # where they work now, and their status if it is not simply active
    consequence: str

    @property
    def likely(self) -> str:
        """The score in a word."""
        return likelihood(self.suggested.score)


@dataclass(frozen=True, slots=True)
class Card:
    """One question."""

    question: Question
    title: str
    cause: str
    candidates: tuple[Candidate, ...]
    denied_means: str  # what "different person" comes to
    answered: str  # the answer given, in words
    ask: Asking | None = None  # for who cannot answer it

    @property
    def key(self) -> str:
        return f"{self.question.integration.pk}-{self.question.source_id}"


@role_required(MANAGERS)
@require_safe
def questions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All of them, `SIZE` at a time; those answered since the last sync stay to be taken back."""
    start = number_in(request, "from")
    at = visit.location.pk if visit.location else None
    found = answers.open_questions(
        visit.organization, visit.actor, answered=True, at=at, start=start, size=SIZE + 1
    )
    sent = ask.sent_today(visit.organization, visit.actor, "issue", now())
    context = {
        "cards": [card(one, sent) for one in found[:SIZE]],
        "open": answers.how_many(visit.organization, visit.actor, at=at),
        "next": start + SIZE if len(found) > SIZE else 0,
        "start": start,
        "several": len({one.integration.pk for one in found}) > 1,
        "place": visit.place_name,
    }
    return render(request, "web/issues/questions.html", context)


@role_required(MANAGERS)
def question(request: HttpRequest, visit: Visit, integration: int, source_id: str) -> HttpResponse:
    """GET shows one question; POST answers it, or takes the answer back."""
    owner = _integration(visit, integration)
    asked = answers.question(owner, source_id, visit.actor)
    if request.method == "POST":
        return _answer(request, visit, owner, source_id)
    sent = ask.sent_today(visit.organization, visit.actor, "issue", now())
    if asked is None:
        return render(request, "web/issues/no_question.html", {"source_id": source_id}, status=404)
    return render(request, "web/issues/question.html", {"card": card(asked, sent)})


def _answer(request: HttpRequest, visit: Visit, owner: Integration, source_id: str) -> HttpResponse:
    kind = request.POST.get("answer", "")
    named = whole_number(request.POST.get("user", ""))
    user = User.objects.filter(organization=owner.organization, pk=named or 0).first()
    reason = request.POST.get("reason", "")
    with refusal_as_message(request):
        if kind == "withdraw":
            answers.withdraw(owner, source_id, actor=visit.actor)
            messages.success(request, "Taken back. The question is open again.")
        else:
            made = answers.answer(owner, source_id, kind=kind, user=user, actor=visit.actor, reason=reason)
            run = requests.request(owner, [source_id], actor=visit.actor)
            said = f"Answered: {made.name} {ANSWERED[Kind(made.kind)]}."
            if run is not None:
                messages.success(request, said)
                return redirect_after(request, begun(run).url)
            messages.success(request, f"{said} The next sync acts on it.")
    return redirect_after(request, reverse("questions"))


def _integration(visit: Visit, pk: int) -> Integration:
    own = Integration.objects.select_related("organization").filter(organization=visit.organization)
    return get_object_or_404(own, pk=pk)


def card(asked: Question, sent: Mapping[int, ask.Sent]) -> Card:
    """A question as its page shows it. `sent`: what the reader has sent today to those who can answer."""
    text = issue_words.text(asked.code)
    changes_id = any(one.ids and Kind.SAME in one.kinds for one in asked.suggested)
    return Card(
        question=asked,
        title=text.title,
        cause=text.cause,
        candidates=tuple(_candidate(asked, one) for one in asked.suggested),
        denied_means=denied_means(changes_id=changes_id),
        answered=answered(asked),
        ask=None if asked.answerable else _asking(asked, sent),
    )


def _asking(asked: Question, sent: Mapping[int, ask.Sent]) -> Asking | None:
    issue = (
        Issue.objects.filter(
            integration=asked.integration, key=asked.source_id, code=asked.code, resolved_at=None
        )
        .select_related("organization")
        .first()
    )
    return of_question(ask.about_issue(issue), sent) if issue else None


def _candidate(asked: Question, one: Suggested) -> Candidate:
    place = ", ".join(
        member.location.name
        + (
            ""
            if member.status == employee.Status.ACTIVE
            else f" ({employee.Status(member.status).label.lower()})"
        )
        for member in one.live or one.memberships
    )
    return Candidate(
        suggested=one,
        lines=_lines(asked, one) if one.visible else (),
        place=place,
        consequence=consequence(asked, one),
    )


def _lines(asked: Question, one: Suggested) -> tuple[Line, ...]:
    shown = one.live or one.memberships
    numbers = {member.employee_number for member in shown if member.employee_number}
    hired = [member.hire_date for member in shown if member.hire_date]
    duties = [member.primary_duty.name for member in shown if member.primary_duty]
    pairs = (
        ("Name", asked.name, one.user.full_name),
        (
            "Location",
            asked.location.name if asked.location else "",
            ", ".join(m.location.name for m in shown),
        ),
        ("Email", asked.email, one.user.email),
        ("Phone", phone(asked.phone) if asked.phone else "", phone(one.user.phone) if one.user.phone else ""),
        ("Hired", day(asked.hire_date) if asked.hire_date else "", ", ".join(day(date) for date in hired)),
        ("Duty", asked.duty, ", ".join(duties)),
        ("Number", asked.employee_number, ", ".join(sorted(numbers))),
        ("Payroll ID", asked.source_id, ", ".join(one.ids)),
    )
    return tuple(Line(*pair) for pair in pairs if pair[1] or pair[2])
