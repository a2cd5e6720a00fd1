"""Integrations: the list, adding one, its own page with the next step, and its life (activate, pause)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from schedulepop import jobs
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.file import MAX_BYTES
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused, RetryLater
from schedulepop.sync.integrations import lifecycle as door
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, IntegrationState, RunState, Trigger
from schedulepop.sync.run import feeds, runs
from schedulepop.web.integrations import setup_feed
from schedulepop.web.integrations.setup_feed import Setup
from schedulepop.web.runs import plan_words
from schedulepop.web.runs.runs import row
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.upload import UploadError, answer, uploaded
from schedulepop.web.shell.visit import RUNS_SYNCS, Visit, is_fragment, page

STATE_BADGES: dict[str, tuple[str, str]] = {
    "draft": ("info", "Setting up"),
    "tested": ("info", "Setting up"),
    "previewed": ("info", "Previewed"),
    "first_applied": ("info", "First sync done"),
    "active": ("ok", "Active"),
    "paused": ("warn", "Paused"),
    "quarantined": ("warn", "Source trouble"),
    "disabled": ("risk", "Switched off"),
    "retired": ("", "Retired"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up, for the stepper."""

    word: str
    state: str  # done, here, later
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """An integration in the list."""

    integration: Integration
    tone: str
    word: str
    fresh: dict[str, Any]
    next_at: datetime | None
    why: str = ""  # the newest failure in a sentence, while the source is in trouble


def line(integration: Integration, at: datetime) -> Line:
    """State and freshness of an integration."""
    tone, word = STATE_BADGES[integration.state]
    active = integration.state in (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
    fresh = schedule.freshness(integration, at)
    if fresh["late"]:
        tone, word = "risk", "No answer"
    why = ""
    if integration.state in (IntegrationState.QUARANTINED, IntegrationState.DISABLED):
        failed = integration.runs.filter(state=RunState.FAILED).order_by("-number")
        why = failed.values_list("error", flat=True).first() or ""
    return Line(integration, tone, word, fresh, schedule.next_due(integration, at) if active else None, why)


@page(RUNS_SYNCS)
def integrations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's payroll systems."""
    found = Integration.objects.filter(organization=visit.organization).select_related("organization")
    return render(
        request, "web/setup/list.html", {"lines": [line(one, now()) for one in found.order_by("name")]}
    )


@page(RUNS_SYNCS)
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose a connector and a name; a file on the server may be named instead of uploading."""
    context: dict[str, Any] = {
        "connectors": list(REGISTRY.values()),
        "name": "Payroll",
        "kind": "file",
        "path": "",
    }
    if request.method == "POST":
        context |= {key: request.POST.get(key, "").strip() for key in ("name", "kind", "path")}
        try:
            made = _add(visit, context)
        except NotAllowed as error:
            return not_allowed(request, str(error))
        except Refused as error:
            context["error"] = str(error)
        else:
            return HttpResponseRedirect(reverse("integration", args=[visit.organization.slug, made.slug]))
    return render(request, "web/setup/add.html", context, status=422 if "error" in context else 200)


def _add(visit: Visit, given: dict[str, Any]) -> Integration:
    if not given["name"]:
        raise Refused("Give it a name, for example that of the payroll system.")
    if given["path"] and not visit.actor.is_client_success(visit.organization):
        raise Refused(
            "Only Client Success can name a file on the server. Leave it blank and upload the file."
        )
    config = {"path": given["path"]} if given["path"] else {}
    return door.add(
        visit.organization, given["name"][:80], connector=given["kind"], config=config, actor=visit.actor
    )


def steps(setup: Setup, here: str) -> list[Step]:
    """How far the set-up is. A step that was reached can be opened again."""
    integration = setup.integration
    has_file = feeds.latest(integration) is not None
    has_columns = bool(setup.saved.columns)
    previewed = integration.runs.filter(state__in=[RunState.PLANNED, RunState.APPLIED]).exists()
    has_columns = has_columns or previewed
    done = {
        "file": has_file,
        "columns": has_columns,
        "codes": previewed,
        "preview": previewed,
        "approve": integration.first_sync_done,
        "activate": integration.state == IntegrationState.ACTIVE,
    }
    own = reverse("integration", args=setup.args)
    urls = {
        "file": own,
        "columns": reverse("integration-columns", args=setup.args) if has_file else "",
        "codes": reverse("integration-codes", args=setup.args) if has_columns else "",
        "activate": own if integration.first_sync_done else "",
    }
    words = {
        "file": "File",
        "columns": "Columns",
        "codes": "Codes",
        "preview": "Preview",
        "approve": "Approve",
        "activate": "Activate",
    }
    order = list(words)
    passed = (
        order.index(here) if here in order[3:] else 0
    )  # whoever stands at the preview has been through the codes
    return [
        Step(
            word,
            "here" if name == here else "done" if done[name] or at < passed else "later",
            urls.get(name, ""),
        )
        for at, (name, word) in enumerate(words.items())
    ]


@page(RUNS_SYNCS)
def integration(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """One integration: its state, the next step, its last runs, its mapping."""
    setup = setup_feed.find(request, visit, organization, slug)
    return _show(request, setup)


def _show(request: HttpRequest, setup: Setup, *, error: str = "", status: int = 200) -> HttpResponse:
    one, at = setup.integration, now()
    last = one.runs.defer("plan", "summary").order_by("-number")[:5]
    waiting = next((run for run in last if runs.is_waiting(run)), None)
    policy = feeds.policy_of(one)
    context = {
        "setup": setup,
        "line": line(one, at),
        "raw": feeds.latest(one),
        "steps": steps(setup, _here(setup, waiting is not None)),
        "rows": [row(run) for run in last],
        "waiting": waiting,
        "under_way": next((run for run in last if run.state in runs.UNDER_WAY), None),
        "activates": setup.visit.actor.approves_first_sync(one.organization),
        "would_run": schedule.next_due(one, at),
        "uploads": one.connector == "file" and not one.config.get("path"),
        "versions": one.mapping_versions.order_by("-version")[:3],
        "connector": REGISTRY[one.connector].title if one.connector in REGISTRY else one.connector,
        "max_mb": MAX_BYTES // 2**20,
        "welcome": _welcome(policy.welcome_days_before),
        "pay": policy.pay,
        "error": error,
    }
    return render(request, "web/setup/integration.html", context, status=status)


def _welcome(days: int | None) -> str:
    """When new hires are welcomed, in a sentence."""
    if days is None:
        return "New hires are welcomed as soon as payroll shows them."
    return f"New hires are welcomed {plan_words.counted(days, 'day')} before their first day."


def _here(setup: Setup, waits: bool) -> str:
    one = setup.integration
    if one.state == IntegrationState.ACTIVE:
        return ""
    if one.first_sync_done:
        return "activate"
    if waits:
        return "approve"
    if feeds.latest(one) is None:
        return "file"
    return "preview" if setup.saved.columns else "columns"


@require_POST
@page(RUNS_SYNCS)
def receive(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A file for the set-up: uploaded, or read from the integration's own source. Then on to its columns."""
    setup = setup_feed.find(request, visit, organization, slug)
    try:
        if "read" in request.POST:
            tested = door.test(setup.integration, actor=setup.visit.actor)
            if not tested.ok:
                raise NeedsAdmin(tested.sentence)
            dropped = setup_feed.fetched(setup)
        else:
            dropped = setup_feed.received(setup, *uploaded(request))
            door.test(setup.integration, actor=setup.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except (UploadError, NeedsAdmin, RetryLater, Refused) as error:
        if is_fragment(request):
            return render(request, "web/runs/_upload_error.html", {"error": str(error)}, status=422)
        return _show(request, setup, error=str(error), status=422)
    request.session[f"dropped-{setup.integration.pk}"] = dropped
    return answer(request, reverse("integration-columns", args=setup.args))


@require_POST
@page(RUNS_SYNCS)
def preview(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A run that stops at its plan, over the file of the set-up; then its page, which follows it."""
    setup = setup_feed.find(request, visit, organization, slug)
    raw = feeds.latest(setup.integration)
    try:
        upload = None if raw is None else (setup_feed.content(raw), raw.name)
        made = jobs.request_run(
            setup.integration, trigger=Trigger.MANUAL, actor=setup.visit.actor, preview=True, upload=upload
        )
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except (Refused, NeedsAdmin, RetryLater) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("integration", args=setup.args))
    return HttpResponseRedirect(reverse("run", args=[made.pk]))


@require_POST
@page(RUNS_SYNCS)
def activate(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """Every day by itself from now on; refused with the reason before the first sync."""
    setup = setup_feed.find(request, visit, organization, slug)
    return _moved(request, setup, door.activate, "The daily sync is active.")


@require_POST
@page(RUNS_SYNCS)
def pause(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """No scheduled runs until it is activated again."""
    setup = setup_feed.find(request, visit, organization, slug)
    return _moved(request, setup, door.pause, "Paused. Nothing runs by itself until you activate it again.")


def _moved(
    request: HttpRequest, setup: setup_feed.Setup, move: Callable[..., None], done: str
) -> HttpResponse:
    """The integration in its next state, or the reason why not."""
    try:
        move(setup.integration, actor=setup.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except Refused as error:
        return _show(request, setup, error=str(error), status=409)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("integration", args=setup.args))
