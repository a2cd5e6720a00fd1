"""One run: its consequence, why something is on hold, where each record went, and the people it concerns."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from schedulepop.lib.text import fold
from schedulepop.sync.errors import LIST_BUSY, SOURCE_BUSY
from schedulepop.sync.models import IntegrationState, Run, RunState
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from schedulepop.web.runs import page_parts, plan_differences, plan_groups, words
from schedulepop.web.runs.plan_groups import Group
from schedulepop.web.runs.plan_people import standing
from schedulepop.web.runs.plan_words import message_to_payroll
from schedulepop.web.runs.visible import Seen, find
from schedulepop.web.shell import charts
from schedulepop.web.shell.visit import MANAGES, Visit, is_fragment, page
from schedulepop.wording import issues as issue_words

NAMED_TO_PAYROLL = 20  # people named in the message; the others are counted


@page(MANAGES)
def run(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The page; as a fragment the people or rows that come next, or how far a running run is."""
    seen = find(request, visit, pk)
    if is_fragment(request):
        return _fragment(request, seen)
    return render(request, "web/run/page.html", context(seen, request))


def _fragment(request: HttpRequest, seen: Seen) -> HttpResponse:
    if "code" in request.GET:
        found = page_parts.findings(seen, code=request.GET["code"], start=_number(request, "from"))
        return render(
            request, "web/run/_finding_rows.html", {"finding": found[0] if found else None, "run": seen.run}
        )
    if "show" in request.GET:
        return render(
            request,
            "web/run/_groups_of_people.html",
            {"run": seen.run, **_people(seen, request), "releases": _releases(seen)},
        )
    if seen.run.state in runs.UNDER_WAY:
        return render(request, "web/run/_progress.html", context(seen, request))
    return HttpResponseClientRefresh()


def context(seen: Seen, request: HttpRequest) -> dict[str, Any]:
    """Everything the page shows; also what a refused approval shows again."""
    row, facts = seen.run, page_parts.facts(seen)
    under_way = row.state in runs.UNDER_WAY
    reasons = page_parts.reasons(seen)
    return {
        "run": row,
        "seen": seen,
        "title": words.title(facts),
        "lead": words.lead(facts),
        "badge": page_parts.badge(row),
        "under_way": under_way,
        "waits": runs.is_waiting(row) and not under_way,
        "first": not row.integration.first_sync_done,
        "waiting": seen.waiting,
        "to_approve": to_approve(seen),
        "reasons": reasons,
        "reasons_left": len(seen.holds) - len(reasons),
        "flow": charts.flow(row.counts) if seen.whole and row.counts.get("read") else None,
        "steps": page_parts.steps(row, seen.waiting) if seen.whole else [],
        "findings": page_parts.findings(seen, code=request.GET.get("code", "")),
        "only_code": request.GET.get("code", ""),
        "answerless": page_parts.answerless(seen),
        "message": _message(seen, reasons),
        "difference": _difference(seen),
        "releases": _releases(seen),
        "trouble": _trouble(row),
        "undoes": undo.can_undo(row) and seen.whole and seen.discards and bool(words.changes_in(row.counts)),
        "undone_by": row.undone_by.order_by("-pk").defer("plan").first()
        if row.state == RunState.UNDONE
        else None,
        "next": _next(row) if seen.visit.runs_syncs else None,
        **_people(seen, request),
    }


def _releases(seen: Seen) -> bool:
    """Whether the reader may add one new person alone."""
    return seen.whole and seen.decides and seen.run.rest == Run.Rest.WAITING


def _difference(seen: Seen) -> plan_differences.Differences | None:
    """How the plan differs from the one that was refused; managers do not decide, so they are not told."""
    if not seen.whole:
        return None
    kept = seen.run.summary.get("differences")
    return plan_differences.read(kept, sees_pay=seen.visit.actor.is_admin(seen.run.organization))


def to_approve(seen: Seen) -> words.Waiting:
    """What an approval would apply: the held part of an applied run, all of a plan that waits whole."""
    if seen.plan is None or (seen.run.rest == Run.Rest.WAITING and seen.run.state == RunState.APPLIED):
        return seen.waiting
    return plan_groups.everything(seen.changes)


def _people(seen: Seen, request: HttpRequest) -> dict[str, Any]:
    """The groups of people for the filter, search and position asked for."""
    asked, search = request.GET.get("show", ""), request.GET.get("q", "").strip()[:80]
    show = asked if asked in plan_groups.FILTERS else ""
    found: list[Group] = []
    keyed = seen.changes
    if seen.plan is not None:
        keyed = plan_groups.named_like(keyed, search) if fold(search) else keyed
        part = plan_groups.part(keyed, show=show, start=_number(request, "from"))
        names = seen.names(_created(part), part=part)
        stand = standing(seen.run.state, seen.run.rest)
        found = plan_groups.groups(
            seen.plan, keyed, names, show=show, start=_number(request, "from"), standing=stand
        )
    return {
        "groups": found,
        "chips": plan_groups.chips(plan_groups.tally(keyed)) if seen.plan is not None else [],
        "show": show,
        "search": search,
        "changes_total": keyed.height,
    }


def _created(part: Any) -> list[str]:
    return (
        [str(one) for one in part.filter(part["user_id"].is_null())["source_id"].to_list()]
        if part.height
        else []
    )


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isdigit() and len(value) < 9 else 0


def _message(seen: Seen, reasons: list[page_parts.Reason]) -> str:
    """What to send to payroll about a hold; managers do not talk to payroll."""
    if not reasons or not seen.visit.runs_syncs:
        return ""
    held = seen.changes.filter(seen.changes["key"].str.starts_with("held-")) if seen.changes.height else None
    names = (
        []
        if held is None
        else [
            f"{a or ''} {b or ''}".strip()
            for a, b in held.select("first_name", "last_name").head(NAMED_TO_PAYROLL).iter_rows()
        ]
    )
    if held is not None and held.height > NAMED_TO_PAYROLL:
        names.append(f"{held.height - NAMED_TO_PAYROLL:,} more")
    return message_to_payroll(
        seen.run.organization.name, [one.title for one in reasons], names, page_parts.facts(seen).read_at
    )


def _trouble(row: Run) -> dict[str, str]:
    """What kind of failure it was, for the card that stands where the people would."""
    if row.error_code in issue_words.TEXTS:
        return issue_words.text(row.error_code)._asdict()
    titles = {SOURCE_BUSY: "Payroll did not answer", LIST_BUSY: "The User List was busy"}
    return {"title": titles.get(row.error_code, "Why it stopped"), "cause": "", "remedy": ""}


def _next(row: Run) -> str:
    """The one next step when nothing waits: which of the template's sentences."""
    newest = row.integration.runs.order_by("-number").values_list("pk", flat=True).first() == row.pk
    if row.state in (RunState.FAILED, RunState.SKIPPED):
        return "again"
    if row.state == RunState.SUPERSEDED or row.rest == Run.Rest.SUPERSEDED:
        return "newer"
    if newest and row.state == RunState.APPLIED and row.integration.state == IntegrationState.FIRST_APPLIED:
        return "activate"
    return ""
