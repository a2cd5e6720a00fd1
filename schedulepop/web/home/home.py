"""The start page: is the list right, what changed last night, who starts soon, what waits for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from schedulepop import employee, jobs
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change, Integration, IntegrationState, Issue, Run, RunState
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run import runs
from schedulepop.web.runs import night_line
from schedulepop.web.shell import shell
from schedulepop.web.shell.people import here
from schedulepop.web.shell.visit import MANAGES, Visit, page
from schedulepop.web.users import history

SHOWN = 8  # lines of a card
SOON = timedelta(days=30)
FIXED_BY = {
    "manager": frozenset({"manager"}),
    "admin": frozenset({"manager", "admin", "payroll"}),
    "client_success": frozenset({"client_success", "admin"}),
}
"""Which issues wait for whom; the others are on the issues page."""


@dataclass(frozen=True)
class Line:
    """One person and what payroll did."""

    user: User
    location_id: int | None
    told: history.Told
    starts_today: bool = False

    @property
    def possessive(self) -> bool:
        """Whether the sentence is about something of theirs: "Luis Quintanar’s phone changed"."""
        return self.told.title.split(" ")[0] not in history.PERSON_VERBS


@dataclass(frozen=True)
class Starter:
    """Somebody whose first day is ahead, and how far their account is."""

    membership: Membership
    steps: tuple[str, str, str]  # on the list, welcome sent, account set up
    words: str


@page()
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Staff go to their own page: a start page about others is not theirs."""
    if visit.role not in MANAGES:
        return HttpResponseRedirect(reverse("account"))
    at = now()
    people = here(visit)
    waiting = list(shell.waiting_runs(visit).defer("plan").select_related("integration"))
    lines, more, changed_run = _changes(visit, at)
    held = sum(_held(visit, run) for run in waiting)
    context = {
        "night": _night(visit, at, people.exclude(status__in=employee.ENDED).count(), held),
        "held": held,
        "waiting_run": waiting[0] if waiting else None,
        "waiting_url": shell.address("run", waiting[0].pk) if waiting else "",
        "run_url": shell.address("run", changed_run.pk) if changed_run else "",
        "issues_url": shell.address("issues"),
        "integrations_url": shell.address("integrations"),
        "today": at.astimezone(visit.zone),
        "greeting": _greeting(at.astimezone(visit.zone)),
        "lines": lines,
        "more_lines": more,
        "changed_run": changed_run,
        "last_night": changed_run is not None and _was_last_night(changed_run, at, visit),
        "starters": _starters(people, at),
        "issues": _issues(visit),
        "asks": ANSWERABLE,
        "failed_mail": _failed_mail(visit),
        "trouble": _trouble(visit),
        "several": len(visit.scope) > 1,
    }
    return render(request, "web/home/page.html", context)


def _greeting(here: datetime) -> str:
    return "Good morning" if here.hour < 12 else "Good afternoon" if here.hour < 18 else "Good evening"


def _night(visit: Visit, at: datetime, count: int, held: int) -> night_line.Night:
    integrations = list(
        Integration.objects.filter(organization=visit.organization)
        .exclude(state=IntegrationState.RETIRED)
        .select_related("organization")
    )
    weakest = night_line.weakest(integrations)
    running = weakest is not None and weakest.state in night_line.RUNNING_STATES
    return night_line.night(
        integrations,
        where=visit.place_name,
        count=count,
        held=held,
        next_at=jobs.next_due(weakest, at) if weakest is not None and running else None,
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


def _held(visit: Visit, run: Run) -> int:
    """People of this page's locations whose change waits in the run."""
    if run.state == RunState.PLANNED:  # a preview: nothing was asked of anybody's list yet
        return 0
    plan = runs.plan_of(run)
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
            Line(change.user, change.location_id, history.of_change(change), str(hired) == today.isoformat())
        )
    return found, of_run.count() - len(found), run


def _was_last_night(run: Run, at: datetime, visit: Visit) -> bool:
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
    mine = FIXED_BY.get(visit.role, frozenset())
    codes = [code for code, item in CODES.items() if item.fixer in mine]
    found = (
        shell.open_issues(visit)
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
