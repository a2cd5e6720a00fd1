"""Everything that waits for the reader, one after the other: people on hold, files, questions, unmapped codes.

The page decides nothing itself: it shows the forms of the pages that do, and they lead back here (`shell.onward`).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.review import ask
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.sync.review.questions import questions
from schedulepop.sync.run import deferrals
from schedulepop.web.issues.questions import card
from schedulepop.web.runs import decide, run_sections
from schedulepop.web.runs.visible_run import VisibleRun
from schedulepop.web.shell import navigation
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, number_in
from schedulepop.wording import issues as issue_words


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide; what a card shows is read for one alone. `kind`: person, file, question, code."""

    kind: str
    key: str  # names it in the address, so that going on finds the next one whatever was decided meanwhile
    about: VisibleRun | Integration | int  # the run, the integration of a question, or the key of an issue
    source_id: str = ""


@role_required(MANAGERS)
@require_safe
def decisions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One of them, with where it stands: `2 of 7`. Without any: that it is done."""
    items = waiting(visit)
    total = max(number_in(request, "of"), len(items))
    keys = [one.key for one in items]
    asked = request.GET.get("item", "")
    at = keys.index(asked) if asked in keys else number_in(request, "at")
    context: dict[str, object] = {"left": len(items), "total": total, "done": total - len(items)}
    if at >= len(items):
        return render(request, "web/home/decisions_done.html", context)
    item = items[at]
    card_parts = _card_parts(visit, item)
    if card_parts is None:  # it was decided at this very moment
        return redirect("decisions")
    context |= {
        "item": item,
        "position": total - len(items) + at + 1,
        "onward": _address(total, at, item.key),
        "skip": _address(total, at + 1),
        "back": _address(total, at - 1) if at else "",
        **card_parts,
    }
    return render(request, "web/home/decisions.html", context)


def _address(total: int, at: int, key: str = "") -> str:
    return f"{reverse('decisions')}?{urlencode({'of': total, 'at': at} | ({'item': key} if key else {}))}"


def waiting(visit: Visit) -> list[Item]:
    """All of it, in an order that stays: holds as the newest run has them, then questions, then codes."""
    return [*_holds(visit), *_questions(visit), *_codes(visit)]


def _holds(visit: Visit) -> list[Item]:
    if not visit.runs_syncs:
        return []
    found: list[Item] = []
    rows = navigation.waiting_runs(visit).select_related("integration__organization", "organization", "raw")
    for row in rows.defer("plan", "raw__content"):
        visible = VisibleRun(row, visit, None)
        if not visible.may_approve:
            continue
        people = decide.held_people(visible) if row.rest == Run.Rest.WAITING else None
        ids = [] if people is None else people["source_id"].to_list()
        found += [Item("person", f"p{row.pk}-{one}", visible, one) for one in ids]
        if people is None or any(hold["rule"] in DOUBTS_FEED for hold in row.holds):
            found.append(Item("file", f"f{row.pk}", visible))
    return found


def _questions(visit: Visit) -> list[Item]:
    at = visit.location.pk if visit.location else None
    waiting = questions.waiting_for(visit.organization, visit.actor, at=at)
    return [Item("question", f"q{one.pk}-{source_id}", one, source_id) for one, source_id in waiting]


def _codes(visit: Visit) -> list[Item]:
    if not visit.runs_syncs:
        return []
    issues = navigation.open_issues(visit).filter(code__startswith="unmapped_").order_by("pk")
    return [Item("code", f"c{pk}", pk) for pk in unmapped_codes.mappable(issues)]


def _card_parts(visit: Visit, item: Item) -> dict[str, object] | None:
    """What the template of its kind needs; None where it does not wait any more."""
    if isinstance(item.about, VisibleRun):
        return _run_parts(item.about, item.source_id)
    if isinstance(item.about, Integration):
        sent = ask.sent_today(visit.organization, visit.actor, "issue", now())
        asked = questions.open_questions(item.about, visit.actor, source_id=item.source_id)
        return {"card": card(asked[0], sent)} if asked else None
    issues = navigation.open_issues(visit).select_related("integration__organization", "organization")
    issue = issues.filter(pk=item.about).first()
    unmapped = unmapped_codes.unmapped(issue) if issue else None
    return {"unmapped": unmapped, "issue": issue, "text": issue_words.text(issue.code)} if issue else None


def _run_parts(visible: VisibleRun, source_id: str) -> dict[str, object]:
    integration: Integration = visible.run.integration
    reasons = run_sections.reasons(visible)
    parts: dict[str, object] = {"run": visible.run, "integration": integration, "reasons": reasons}
    if source_id:
        held = decide.held_people(visible)
        part = held.filter(held["source_id"] == source_id)
        parts |= {"waits": decide.waiting_people(visible, part)[0], "days": deferrals.DAYS}
    return parts
