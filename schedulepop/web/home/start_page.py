"""The start page: where is somebody, is the list right, who is missing, who starts, what waits for me, what changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop import employee
from schedulepop.accounts.models import User
from schedulepop.directory import account_state
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Change, Integration, IntegrationState, Issue, Run, RunState
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.review import list_status
from schedulepop.sync.run.headline import Code
from schedulepop.web.home import arrivals
from schedulepop.web.issues.issue_list import can_fix
from schedulepop.web.runs import decide, night_line, nights
from schedulepop.web.shell import navigation
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.charts import NightsStrip
from schedulepop.web.shell.people import memberships_here
from schedulepop.web.shell.roles import MANAGERS, SIGNED_IN
from schedulepop.web.shell.visit import Visit
from schedulepop.web.templatetags.words import time_words
from schedulepop.web.users import history
from schedulepop.wording import headlines
from schedulepop.wording.translation import ngettext

SHOWN = 8  # lines of a card
UNREAD = frozenset(
    {Code.PREPARING, Code.PAUSED, Code.SWITCHED_OFF, Code.NOT_SWITCHED_ON, Code.FAILED, Code.SILENT, Code.OLD}
)
"""Headlines that say that payroll's newest word is not here."""


@dataclass(frozen=True)
class Line:
    """One person and what payroll did."""

    user: User
    location_id: int | None
    event: history.Event
    starts_today: bool = False

    @property
    def possessive(self) -> bool:
        """Whether the sentence is about something of theirs: "Luis Quintanar’s phone changed"."""
        return self.event.title.split(" ")[0] not in history.PERSON_VERBS


@role_required(SIGNED_IN)
@require_safe
def start_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Staff go to their own page, a lead to the customers: a start page about others is not theirs."""
    if visit.role == "client_success_lead":
        return redirect("customers")
    if visit.role not in MANAGERS:
        return redirect("account")
    at = now()
    people = memberships_here(visit)
    missing = arrivals.missing(visit)
    waiting = list(navigation.waiting_runs(visit).defer("plan").select_related("integration"))
    lines, more, changed_run = _changes(visit, at)
    places = None if visit.location is None and visit.runs_syncs else [one.pk for one in visit.scope]
    on_hold = sum(list_status.people_on_hold(run, places) for run in waiting)
    context = {
        "headline": _top(visit, at, places, people.exclude(status__in=employee.ENDED).count()),
        "unread": UNREAD,
        "on_hold": on_hold,
        "waiting_run": waiting[0] if waiting else None,
        "waiting_url": navigation.address("run", waiting[0].pk) if waiting else "",
        "run_url": navigation.address("run", changed_run.pk) if changed_run else "",
        "issues_url": navigation.address("issues"),
        "integrations_url": navigation.address("integrations"),
        "today": at.astimezone(visit.zone),
        "greeting": _greeting(at.astimezone(visit.zone)),
        "lines": lines,
        "more_lines": more,
        "changed_run": changed_run,
        "first_sync": changed_run is not None and _is_first_sync(changed_run),
        "last_night": changed_run is not None and _was_last_headline(changed_run, at, visit),
        "starters": arrivals.starters(people, at, visit.zone),
        "missing": missing[:SHOWN],
        "more_missing": len(missing[SHOWN:]),
        "issues": _issues(visit, {one.key for one in missing if one.answerable}),
        "answerable": ANSWERABLE,
        "failed_mail": _failed_mail(visit),
        "late": _late(people, at),
        "trouble": _trouble(visit),
        "several": len(visit.scope) > 1,
        "nights": _nights(visit, at) if visit.runs_syncs else [],
        "kept_apart": decide.kept_apart(visit, at.astimezone(ZoneInfo(visit.organization.timezone)).date()),
    }
    return render(request, "web/home/start_page.html", context)


def _nights(visit: Visit, at: datetime) -> list[tuple[Integration, NightsStrip]]:
    """The last 30 nights of each integration that has had its first sync."""
    found = Integration.objects.filter(organization=visit.organization).exclude(
        state=IntegrationState.RETIRED
    )
    listed = [one for one in found.select_related("organization").order_by("name") if one.first_sync_done]
    strips = nights.strips(listed, at)
    return [(one, strips[one.pk]) for one in listed]


def _greeting(now: datetime) -> str:
    return "Good morning" if now.hour < 12 else "Good afternoon" if now.hour < 18 else "Good evening"


@dataclass(frozen=True)
class Top:
    """The heading of the page, the line below it, and the night line where payroll was read before."""

    code: Code
    heading: str
    detail: str
    line: night_line.Line | None
    quiet: str  # what "nothing changed last night" may be said as


def _top(visit: Visit, at: datetime, places: list[int] | None, count: int) -> Top:
    integrations = list(
        Integration.objects.filter(organization=visit.organization)
        .exclude(state=IntegrationState.RETIRED)
        .select_related("organization")
    )
    found, here = list_status.of_lists(integrations, places, at), at.astimezone(visit.zone)
    code, one = found.headline.code, found.integration
    if one is None or one.last_success_at is None:
        return Top(code, headlines.home(code, 0, None, here), headlines.home_detail(code, ""), None, "")
    read = one.last_success_at.astimezone(visit.zone)
    source = (one.last_source_time or one.last_success_at).astimezone(visit.zone)
    failing = (one.failing_since or one.last_success_at).astimezone(visit.zone)
    written = (schedule.newest_data(one) or source).astimezone(visit.zone)
    since = {Code.OLD: written, Code.FAILED: failing}.get(code, read)
    people = f"{_people_at(count, visit.place_name)}, as payroll had them {time_words(source, here, 'at')}."
    following = schedule.next_due(one, at) if one.state in list_status.RUNNING_STATES else None
    return Top(
        code,
        headlines.home(code, found.headline.count, since, here),
        headlines.home_detail(code, people),
        night_line.night_line(read, here, following.astimezone(visit.zone) if following else None),
        headlines.claim("home_changes", code),
    )


def _people_at(count: int, where: str) -> str:
    """`66 people at Maple Grove`, `240 people in all locations`."""
    amount = ngettext("%s person", "%s people", count) % f"{count:,}"
    return (
        f"{amount} in {where[0].lower()}{where[1:]}" if where == "All locations" else f"{amount} at {where}"
    )


def _trouble(visit: Visit) -> Integration | None:
    """The payroll source that cannot be read, for those who can do something about it."""
    if not visit.runs_syncs:
        return None
    broken = [IntegrationState.QUARANTINED, IntegrationState.DISABLED]
    mine = Integration.objects.filter(organization=visit.organization, state__in=broken)
    return mine.select_related("organization").order_by("failing_since").first()


def _changes(visit: Visit, at: datetime) -> tuple[list[Line], int, Run | None]:
    """The newest run that changed somebody here: its first lines, how many more there are, and the run."""
    of_here = Change.objects.filter(
        organization=visit.organization, location_id__in=[location.pk for location in visit.scope]
    ).exclude(run__in=Run.objects.at_once())
    newest = of_here.order_by("-id").first()
    if newest is None:
        return [], 0, None
    run = Run.objects.defer("plan").select_related("integration").get(pk=newest.run_id)
    of_run = of_here.filter(run=run)
    today = at.astimezone(visit.zone).date()
    found: list[Line] = []
    for change in of_run.select_related("user", "run").defer("run__plan").order_by("id")[:SHOWN]:
        hired = next((f.get("new") for f in change.fields if f["field"] == "hire_date"), None)
        found.append(
            Line(
                change.user, change.location_id, history.from_change(change), str(hired) == today.isoformat()
            )
        )
    return found, of_run.count() - len(found), run


def _is_first_sync(run: Run) -> bool:
    """Whether no run of the integration was applied before this one."""
    applied = Run.objects.full().filter(integration=run.integration_id, number__lt=run.number, undo_of=None)
    return not applied.filter(state__in=[RunState.APPLIED, RunState.UNDONE]).exists()


def _was_last_headline(run: Run, at: datetime, visit: Visit) -> bool:
    """Whether the run finished since yesterday evening."""
    done = (run.finished_at or run.requested_at).astimezone(visit.zone)
    evening = at.astimezone(visit.zone).replace(hour=18, minute=0) - timedelta(days=1)
    return done >= evening and done.hour < 9


def _issues(visit: Visit, said: Collection[tuple[int, str]]) -> list[tuple[Issue, str]]:
    """The open issues this reader can do something about, those that block first; `said`: those of who is missing."""
    codes = [code for code, item in CODES.items() if can_fix(item.fixer, visit.role)]
    found = (
        navigation.open_issues(visit)
        .filter(code__in=codes)
        .select_related("location", "user")
        .order_by("-id")[:50]
    )
    rest = [one for one in found if one.code not in ANSWERABLE or (one.integration_id, one.key) not in said]
    order = sorted(rest, key=lambda issue: not CODES[issue.code].blocks)[:SHOWN]
    return [(issue, issue.for_managers if visit.role == "manager" else issue.message) for issue in order]


def _late(people: QuerySet[Membership], at: datetime) -> list[User]:
    """Who was invited three days ago and has not set up the account."""
    rows = (
        account_state.narrowed(people, account_state.LATE, at)
        .select_related("user")
        .order_by("user__sort_name", "user_id")
    )
    return list({one.user_id: one.user for one in rows}.values())


def _failed_mail(visit: Visit) -> list[Message]:
    """Welcome emails that did not arrive, or of which nobody knows."""
    return list(
        Message.objects.filter(
            user__memberships__location__in=visit.scope,
            kind__startswith="welcome",
            state__in=[Message.State.FAILED, Message.State.UNKNOWN],
        )
        .select_related("user")
        .distinct()
        .order_by("-id")[:SHOWN]
    )
