"""Where is my new hire? One question, one sentence, one next step, and what happened so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from schedulepop.directory import access
from schedulepop.directory.models import Location
from schedulepop.sync.integrations import availability
from schedulepop.sync.models import Run
from schedulepop.sync.whereis import whereis as answers
from schedulepop.sync.whereis.outcomes import Leads
from schedulepop.sync.whereis.whereis import Answer, Reply
from schedulepop.web.shell import people
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.navigation import address
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment

QUESTIONS = "questions"  # the page where "same person or not" is answered
WORDS: dict[Leads, str] = {
    "profile": "Open the profile",
    "issue": "Look at the issue",
    "question": "Answer it",
    "run": "Look at the run",
    "integration": "Look at the integration",
    "add_user": "Add somebody who is not in payroll",
}

LACKS = {"no_email": "email", "no_location": "location", "no_name": "last_name"}
"""Answers that are about an empty field."""


@dataclass(frozen=True, slots=True)
class Step:
    """The button of an answer: a link, or the form that adds the person here."""

    label: str
    url: str
    post: bool = False
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """An answer as the page draws it."""

    answer: Answer
    step: Step | None
    message: str  # to copy for payroll, where it is fixed there by somebody else
    lack: str = ""  # why payroll does not say what the person is without
    sync_url: str = ""  # *Sync this person*, where payroll's word can be asked for


@role_required(MANAGERS)
@require_safe
@vary_on_headers("HX-Request")
def whereis(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page; as a fragment only the answer."""
    typed = request.GET.get("q", "").replace("\x00", " ").strip()[:120]
    context = {"q": typed, **(reply_context(visit, typed) if typed else {})}
    if is_fragment(request):
        return render(request, "web/whereis/_answer.html", context)
    return render(request, "web/whereis/search.html", context)


def reply_context(visit: Visit, typed: str) -> dict[str, object]:
    """What the template needs of the reply."""
    reply = answers.ask(visit.organization, typed, actor=visit.actor, here=visit.location)
    return {
        "reply": reply,
        "card": answer_card(visit, reply.answer, reply),
        "others": [answer_card(visit, one, reply) for one in reply.others],
    }


def answer_card(visit: Visit, answer: Answer, reply: Reply | None = None) -> AnswerCard:
    """With the button this reader may press, and the message to payroll."""
    message = ""
    if answer.found.outcome.whose == "payroll" and not answer.yours and answer.found.record is not None:
        message = f"{answer.found.sentence} {answer.found.step}"
    field = LACKS.get(answer.code, "")
    lack = availability.reason_in(visit.organization, field) if field else ""
    return AnswerCard(answer, _step(visit, answer, reply), message, lack, _sync_url(answer))


def _sync_url(answer: Answer) -> str:
    """Where payroll can be asked about this person now; nothing for whoever may not know who it is."""
    record = answer.found.record
    if answer.found.hidden:
        return ""
    if record is not None and record.source_id:
        owner = Run.objects.filter(pk=record.run_id).values_list("integration_id", flat=True).first()
        return reverse("sync-person", args=[owner, record.source_id]) if owner else ""
    return people.sync_url(answer.user_id) if answer.user_id is not None and answer.found.place else ""


def _step(visit: Visit, answer: Answer, reply: Reply | None) -> Step | None:
    leads, found = answer.found.outcome.leads, answer.found
    if not leads or found.hidden:
        return None
    if leads == "profile" and answer.user_id is not None and found.place is not None:
        return Step(WORDS[leads], reverse("profile", args=[answer.user_id, found.place.location_id]))
    if leads == "add_here" and visit.location is not None and answer.user_id is not None:
        return add_here_step(visit.location, answer.user_id)
    if leads in ("issue", "question") and found.record is not None:
        questions = address(QUESTIONS) if leads == "question" else ""
        label = WORDS[leads] if answer.yours or leads == "issue" else "Look at the question"
        return Step(label, questions or f"{reverse('issues')}?code={_issue_of(answer)}")
    if leads == "run":
        fresh = reply.freshness if reply else None
        run = found.record.run_id if found.record else fresh and (fresh.newer_run_id or fresh.run_id)
        return Step(WORDS[leads], reverse("run", args=[run])) if run else None
    if leads == "integration" and visit.runs_syncs:
        return Step(WORDS[leads], reverse("integrations"))
    if leads == "add_user" and visit.runs_syncs:
        return Step(WORDS[leads], reverse("user-add"))
    return None


def add_here_step(place: Location, user_id: int) -> Step:
    """One sign-in, one more list."""
    return Step(f"Add to {place.name}", reverse("person-add-here", args=[user_id]), True, place.pk)


def _issue_of(answer: Answer) -> str:
    """The code of the issue that stands behind a record."""
    record = answer.found.record
    if record is None:
        return ""
    doubt = record.doubt("unmapped_duty", "unmapped_zone") if answer.code == "waits_for_mapping" else None
    if doubt is None and record.bucket == "rejected" and record.doubts:
        doubt = record.doubts[0]
    return doubt.code if doubt else record.reason


def places_to_add(visit: Visit, user_id: int) -> list[Location]:
    """Locations of the reader's where this person is not on the list yet."""
    managed = access.managed_locations(visit.actor, visit.organization).filter(closed_at=None)
    return list(managed.exclude(memberships__user=user_id).order_by("name"))
