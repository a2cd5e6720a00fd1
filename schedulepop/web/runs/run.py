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
from schedulepop.web.runs import plan_differences, plan_groups, run_sections, words
from schedulepop.web.runs.hold_figures import message_to_payroll
from schedulepop.web.runs.plan_groups import Group
from schedulepop.web.runs.plan_people import plan_state
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.runs.waiting import Waiting
from schedulepop.web.shell import charts
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment, number_in
from schedulepop.wording import issues as issue_words

NAMED_TO_PAYROLL = 20  # people named in the message; the others are counted


@role_required(MANAGERS)
def run(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The page; as a fragment the people or rows that come next, or how far a running run is."""
    visible = visible_run(request, visit, pk)
    if is_fragment(request):
        return _fragment(request, visible)
    return render(request, "web/runs/run.html", context(visible, request))


def _fragment(request: HttpRequest, visible: VisibleRun) -> HttpResponse:
    if "code" in request.GET:
        found = run_sections.findings(visible, code=request.GET["code"], start=number_in(request, "from"))
        return render(
            request,
            "web/runs/_finding_rows.html",
            {"finding": found[0] if found else None, "run": visible.run},
        )
    if "show" in request.GET:
        return render(
            request,
            "web/runs/_groups_of_people.html",
            {"run": visible.run, **_people(visible, request), "releases": _releases(visible)},
        )
    if visible.run.state in runs.UNDER_WAY:
        return render(request, "web/runs/_progress.html", context(visible, request))
    return HttpResponseClientRefresh()


def context(visible: VisibleRun, request: HttpRequest) -> dict[str, Any]:
    """Everything the page shows; also what a refused approval shows again."""
    row, summary = visible.run, run_sections.summary(visible)
    under_way = row.state in runs.UNDER_WAY
    reasons = run_sections.reasons(visible)
    return {
        "run": row,
        "visible": visible,
        "title": words.title(summary),
        "lead": words.lead(summary),
        "badge": run_sections.badge(row),
        "under_way": under_way,
        "waits": runs.is_waiting(row) and not under_way,
        "first": not row.integration.first_sync_done,
        "waiting": visible.waiting,
        "to_approve": to_approve(visible),
        "reasons": reasons,
        "reasons_left": len(visible.holds) - len(reasons),
        "flow": charts.flow(row.counts) if visible.sees_all and row.counts.get("read") else None,
        "steps": run_sections.steps(row, visible.waiting) if visible.sees_all else [],
        "findings": run_sections.findings(visible, code=request.GET.get("code", "")),
        "only_code": request.GET.get("code", ""),
        "answerless": run_sections.answerless(visible),
        "message": _message(visible, reasons),
        "difference": _difference(visible),
        "releases": _releases(visible),
        "trouble": _trouble(row),
        "undoes": undo.can_undo(row)
        and visible.sees_all
        and visible.may_discard
        and bool(words.changes_in(row.counts)),
        "undone_by": row.undone_by.order_by("-pk").defer("plan").first()
        if row.state == RunState.UNDONE
        else None,
        "next": _next(row) if visible.visit.runs_syncs else None,
        **_people(visible, request),
    }


def _releases(visible: VisibleRun) -> bool:
    """Whether the reader may add one new person alone."""
    return visible.sees_all and visible.may_approve and visible.run.rest == Run.Rest.WAITING


def _difference(visible: VisibleRun) -> plan_differences.Differences | None:
    """How the plan differs from the one that was refused; managers do not decide, so they are not told."""
    if not visible.sees_all:
        return None
    kept = visible.run.summary.get("differences")
    return plan_differences.read(kept, sees_pay=visible.visit.actor.is_admin(visible.run.organization))


def to_approve(visible: VisibleRun) -> Waiting:
    """What an approval would apply: the held part of an applied run, all of a plan that waits whole."""
    if visible.plan is None or (
        visible.run.rest == Run.Rest.WAITING and visible.run.state == RunState.APPLIED
    ):
        return visible.waiting
    return plan_groups.by_consequence(visible.changes)


def _people(visible: VisibleRun, request: HttpRequest) -> dict[str, Any]:
    """The groups of people for the filter, search and position asked for."""
    asked, search = request.GET.get("show", ""), request.GET.get("q", "").strip()[:80]
    show = asked if asked in plan_groups.FILTERS else ""
    found: list[Group] = []
    keyed = visible.changes
    if visible.plan is not None:
        keyed = plan_groups.named_like(keyed, search) if fold(search) else keyed
        part = plan_groups.shown_part(keyed, show=show, start=number_in(request, "from"))
        names = visible.names(_created(part), part=part)
        state = plan_state(visible.run.state, visible.run.rest)
        found = plan_groups.groups(
            visible.plan, keyed, names, show=show, start=number_in(request, "from"), state=state
        )
    return {
        "groups": found,
        "chips": plan_groups.chips(plan_groups.tally(keyed)) if visible.plan is not None else [],
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


def _message(visible: VisibleRun, reasons: list[run_sections.Reason]) -> str:
    """What to send to payroll about a hold; managers do not talk to payroll."""
    if not reasons or not visible.visit.runs_syncs:
        return ""
    held = (
        visible.changes.filter(visible.changes["key"].str.starts_with("held-"))
        if visible.changes.height
        else None
    )
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
        visible.run.organization.name,
        [one.title for one in reasons],
        names,
        run_sections.summary(visible).read_at,
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
