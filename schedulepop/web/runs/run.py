"""One run: its consequence, why something is on hold, where each record went, and the people it concerns."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from schedulepop.lib.text import fold
from schedulepop.sync.errors import LIST_BUSY, SOURCE_BUSY
from schedulepop.sync.models import IntegrationState, Run, RunState
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.review import ask
from schedulepop.sync.review.no_longer_expected import named_by
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from schedulepop.web.runs import decide, plan_differences, plan_groups, run_file, run_sections, words
from schedulepop.web.runs.hold_figures import message_to_payroll
from schedulepop.web.runs.plan_groups import Group
from schedulepop.web.runs.plan_people import plan_state
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.runs.waiting import Waiting
from schedulepop.web.shell import charts, download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.asking import Asking, of_question
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment, number_in
from schedulepop.wording import headlines
from schedulepop.wording import issues as issue_words

NAMED_TO_PAYROLL = 20  # people named in the message; the others are counted


@role_required(MANAGERS)
@require_safe
def run(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The page; as a fragment the people or rows that come next, or how far a running run is."""
    visible = visible_run(request, visit, pk)
    form = download.wanted(request)
    if form and visible.plan is not None:
        keyed, show, _ = _asked(visible, request)
        if not download.too_many(request, keyed.height):
            return run_file.answer(visible, form, keyed, show)
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
    under_way, first = row.state in runs.UNDER_WAY, not row.integration.first_sync_done
    waits = runs.is_waiting(row) and not under_way
    reasons = run_sections.reasons(visible)
    return {
        "run": row,
        "visible": visible,
        "title": words.title(summary),
        "lead": words.lead(summary),
        "badge": run_sections.badge(row),
        "card": headlines.run_card(visible.headline.code, everywhere=visible.sees_all),
        "under_way": under_way,
        "waits": waits,
        "first": first,
        "waiting": visible.waiting,
        "to_approve": to_approve(visible),
        "reasons": reasons,
        "decided": words.decided(row.state, row.rest, row.decided_by, visible.when(row.decided_at)),
        "ask": _asking(visible),
        "in_parts": waits and not first and visible.may_approve and row.rest == Run.Rest.WAITING,
        "kept_apart": _kept_apart(visible),
        "accepts": waits and accepts(visible),
        "no_longer": named_by(row).count if waits and visible.may_approve and accepts(visible) else 0,
        "dialog": waits and visible.may_approve and not first and not accepts(visible),
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


def _kept_apart(visible: VisibleRun) -> list[decide.Apart]:
    """Of the people this run leaves as they are, those who are kept apart today."""
    if visible.plan is None or visible.plan.deferred.is_empty():
        return []
    theirs = set(visible.plan.deferred["source_id"].to_list())
    found = decide.kept_apart(visible.visit, visible.run.integration.local_date(now()))
    here = visible.run.integration_id
    return [one for one in found if one.deferral.integration_id == here and one.deferral.source_id in theirs]


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


def _asking(visible: VisibleRun) -> Asking | None:
    """For whoever may not decide about what waits."""
    if visible.may_approve or not runs.is_waiting(visible.run):
        return None
    organization, actor = visible.run.organization, visible.visit.actor
    return of_question(ask.about_run(visible.run), ask.sent_today(organization, actor, "run", now()))


def accepts(visible: VisibleRun) -> bool:
    """Whether an approval would accept the file itself, beside or instead of changes."""
    return any(hold["rule"] in DOUBTS_FEED for hold in visible.holds)


def _people(visible: VisibleRun, request: HttpRequest) -> dict[str, Any]:
    """The groups of people for the filter, search and position asked for."""
    keyed, show, search = _asked(visible, request)
    found: list[Group] = []
    if visible.plan is not None:
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
        "download": f"{reverse('run', args=[visible.run.pk])}?{urlencode({'show': show, 'q': search})}&",
    }


def _asked(visible: VisibleRun, request: HttpRequest) -> tuple[pl.DataFrame, str, str]:
    """The changes that the address's search leaves, its filter, and the search."""
    asked, search = request.GET.get("show", ""), request.GET.get("q", "").strip()[:80]
    show = asked if asked in plan_groups.FILTERS else ""
    found = visible.changes
    if visible.plan is not None and fold(search):
        found = plan_groups.named_like(found, search)
    return found, show, search


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
    newest = row.integration.runs.full().order_by("-number").values_list("pk", flat=True).first() == row.pk
    if row.state in (RunState.FAILED, RunState.SKIPPED):
        return "again"
    if row.state == RunState.SUPERSEDED or row.rest == Run.Rest.SUPERSEDED:
        return "newer"
    if newest and row.state == RunState.APPLIED and row.integration.state == IntegrationState.FIRST_APPLIED:
        return "activate"
    return ""
