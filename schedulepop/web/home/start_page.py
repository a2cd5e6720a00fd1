"""The start page: is the list right, what changed last night, who starts soon, what waits for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from schedulepop import employee
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Change, Integration, IntegrationState, Issue, Run, RunState
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run import runs
from schedulepop.web.issues.issue_list import can_fix
from schedulepop.web.runs import night_line
from schedulepop.web.shell import navigation
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.people import memberships_here
from schedulepop.web.shell.roles import MANAGERS, SIGNED_IN
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users import history

SHOWN = 8  # lines of a card
SOON = timedelta(days=30)


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


@dataclass(frozen=True)
class Starter:
    """Somebody whose first day is ahead, and how far their account is."""

    membership: Membership
    steps: tuple[str, str, str]  # on the list, welcome sent, account set up
    words: str


@role_required(SIGNED_IN)
def start_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Staff go to their own page: a start page about others is not theirs."""
    if visit.role not in MANAGERS:
        return redirect("account")
    at = now()
    people = memberships_here(visit)
    waiting = list(navigation.waiting_runs(visit).defer("plan").select_related("integration"))
    lines, more, changed_run = _changes(visit, at)
    on_hold = sum(_people_on_hold(visit, run) for run in waiting)
    context = {
        "headline": _headline(visit, at, people.exclude(status__in=employee.ENDED).count(), on_hold),
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
        "last_night": changed_run is not None and _was_last_headline(changed_run, at, visit),
        "starters": _starters(people, at),
        "issues": _issues(visit),
        "answerable": ANSWERABLE,
        "failed_mail": _failed_mail(visit),
        "trouble": _trouble(visit),
        "several": len(visit.scope) > 1,
    }
    return render(request, "web/home/start_page.html", context)


def _greeting(now: datetime) -> str:
    return "Good morning" if now.hour < 12 else "Good afternoon" if now.hour < 18 else "Good evening"


def _headline(visit: Visit, at: datetime, count: int, on_hold: int) -> night_line.Headline:
    integrations = list(
        Integration.objects.filter(organization=visit.organization)
        .exclude(state=IntegrationState.RETIRED)
        .select_related("organization")
    )
    stalest = night_line.stalest(integrations)
    running = stalest is not None and stalest.state in night_line.RUNNING_STATES
    return night_line.headline(
        integrations,
        where=visit.place_name,
        count=count,
        on_hold=on_hold,
        next_at=schedule.next_due(stalest, at) if stalest is not None and running else None,
        at=at,
        zone=visit.zone,
    )


def _trouble(visit: Visit) -> Integration | None:
    """The payroll source that cannot be read, for those who can do something about it."""
    if not visit.runs_syncs:
        return None
    broken = [IntegrationState.QUARANTINED, IntegrationState.DISABLED]
    mine = Integration.objects.filter(organization=visit.organization, state__in=broken)
    return mine.select_related("organization").order_by("failing_since").first()


def _people_on_hold(visit: Visit, run: Run) -> int:
    """People of this page's locations whose change waits in the run."""
    if run.state == RunState.PLANNED:  # a preview: nothing was asked of anybody's list yet
        return 0
    plan = runs.stored_plan(run)
    if plan is None:
        return 0
    waits = plan.held
    if visit.location is not None or visit.role == "manager":
        waits = waits.filter(pl.col("location_id").is_in([location.pk for location in visit.scope]))
    return waits["source_id"].n_unique()


def _changes(visit: Visit, at: datetime) -> tuple[list[Line], int, Run | None]:
    """The newest run that changed somebody here: its first lines, how many more there are, and the run."""
    of_here = Change.objects.filter(
        organization=visit.organization, location_id__in=[location.pk for location in visit.scope]
    )
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


def _was_last_headline(run: Run, at: datetime, visit: Visit) -> bool:
    """Whether the run finished since yesterday evening."""
    done = (run.finished_at or run.requested_at).astimezone(visit.zone)
    evening = at.astimezone(visit.zone).replace(hour=18, minute=0) - timedelta(days=1)
    return done >= evening and done.hour < 9


def _starters(people: QuerySet[Membership], at: datetime) -> list[Starter]:
    """Who starts within 30 days, soonest first, with how far their account is."""
    coming = list(
        people.filter(status=employee.Status.UPCOMING, hire_date__lte=(at + SOON).date())
        .select_related("user", "location", "primary_duty")
        .order_by("hire_date", "user__sort_name")[:SHOWN]
    )
    sent = dict(
        Message.objects.filter(
            user__in=[one.user_id for one in coming], kind__startswith="welcome"
        ).values_list("user_id", "state")
    )
    return [_starter(one, sent.get(one.user_id, "")) for one in coming]


def _starter(membership: Membership, mail: str) -> Starter:
    if membership.user.has_usable_password() and membership.user.password:
        return Starter(membership, ("done", "done", "done"), "All set")
    if mail == Message.State.ACCEPTED:
        return Starter(membership, ("done", "done", "here"), "Not set up yet")
    if mail in (Message.State.FAILED, Message.State.UNKNOWN):
        return Starter(membership, ("done", "here", ""), "Email failed")
    return Starter(membership, ("done", "here", ""), "Email on its way" if mail else "No email yet")


def _issues(visit: Visit) -> list[tuple[Issue, str]]:
    """The open issues this reader can do something about, those that block first."""
    codes = [code for code, item in CODES.items() if can_fix(item.fixer, visit.role)]
    found = (
        navigation.open_issues(visit)
        .filter(code__in=codes)
        .select_related("location", "user")
        .order_by("-id")[:50]
    )
    order = sorted(found, key=lambda issue: not CODES[issue.code].blocks)[:SHOWN]
    return [(issue, issue.for_managers if visit.role == "manager" else issue.message) for issue in order]


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
