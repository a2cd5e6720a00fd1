"""Integrations: the list, an integration's own page with the next step, and its life (activate, pause)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from schedulepop import jobs
from schedulepop.connectors import REGISTRY
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.integrations import lifecycle, retirement, schedule
from schedulepop.sync.models import Integration, IntegrationState, RunState, Trigger
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feeds, fetching, runs
from schedulepop.web.integrations import setup_file, setup_steps
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.integrations.setup_steps import Progress
from schedulepop.web.integrations.words import STATE_BADGES, welcome_words
from schedulepop.web.runs import nights
from schedulepop.web.runs.run_list import row
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.bodies import takes_upload
from schedulepop.web.shell.charts import NightsStrip
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.row_security import own_transactions
from schedulepop.web.shell.upload import UploadError, answer, uploaded
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.wording import refusals

UNTESTED = (IntegrationState.DRAFT, IntegrationState.DISABLED)


@dataclass(frozen=True, slots=True)
class IntegrationLine:
    """An integration in the list."""

    integration: Integration
    tone: str
    word: str
    fresh: dict[str, Any]
    next_at: datetime | None
    why: str = ""  # the newest failure in a sentence, while the source is in trouble
    progress: Progress | None = None  # of one that is being set up
    nights: NightsStrip | None = None


def integration_line(integration: Integration, at: datetime) -> IntegrationLine:
    """State and freshness of an integration."""
    tone, word = STATE_BADGES[integration.state]
    active = integration.state in (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
    fresh = schedule.freshness(integration, at)
    if fresh["late"]:
        tone, word = "risk", "No answer"
    why = ""
    if integration.state in (IntegrationState.QUARANTINED, IntegrationState.DISABLED):
        failed = integration.runs.full().filter(state=RunState.FAILED).order_by("-number")
        last = failed.only("error_reason", "error_params").first()
        why = last.error if last else ""
    return IntegrationLine(
        integration,
        tone,
        word,
        fresh,
        schedule.next_due(integration, at) if active else None,
        why,
        _progress(integration),
    )


def _progress(integration: Integration) -> Progress | None:
    if integration.first_sync_done and integration.state != IntegrationState.FIRST_APPLIED:
        return None
    return setup_steps.progress(integration, Mapping(**integration.mapping))


@role_required(ADMINS)
@require_safe
def integrations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's payroll systems."""
    found = list(
        Integration.objects.filter(organization=visit.organization)
        .select_related("organization")
        .order_by("name")
    )
    at = now()
    strips = nights.strips(found, at)
    lines = [replace(integration_line(one, at), nights=strips[one.pk]) for one in found]
    return render(request, "web/integrations/integration_list.html", {"lines": lines})


@role_required(ADMINS)
@require_safe
def integration(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """One integration: its state, the next step, its last runs, its mapping."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    return _show(request, setup)


def _show(request: HttpRequest, setup: Setup, *, error: str = "", status: int = 200) -> HttpResponse:
    one, at = setup.integration, now()
    last = one.runs.full().defer("plan", "summary").order_by("-number")[:5]
    waiting = next((run for run in last if runs.is_waiting(run)), None)
    policy = feeds.policy_of(one)
    context = {
        "setup": setup,
        "line": integration_line(one, at),
        "raw": feeds.latest(one),
        "progress": setup_steps.progress(one, setup.saved),
        "connected": setup_steps.is_connected(one),
        "rows": [row(run) for run in last],
        "strip": nights.strips([one], at)[one.pk],
        "waiting": waiting,
        "under_way": next((run for run in last if run.state in runs.UNDER_WAY), None),
        "activates": setup.visit.actor.approves_first_sync(one.organization),
        "would_run": schedule.next_due(one, at),
        "daily_at": schedule.due_at(one, one.local_date(at)),
        "uploads": not feeds.can_fetch(one),
        "drops": setup_steps.takes_drops(one),
        "versions": one.mapping_versions.order_by("-version")[:3],
        "connector": REGISTRY[one.connector].title if one.connector in REGISTRY else one.connector,
        "max_mb": MAX_BYTES // 2**20,
        "welcome": welcome_words(policy.welcome_days_before),
        "pay": policy.pay,
        "only_here": retirement.linked_here_alone(one),
        "error": error,
    }
    return render(request, "web/integrations/integration.html", context, status=status)


@own_transactions
@require_POST
@role_required(ADMINS)
@takes_upload(MAX_BYTES)
def receive(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A file for the set-up: uploaded, or read from the integration's own source. Then on to its columns.

    What has to be asked for is read by a job, and its page follows it.
    """
    setup = setup_file.find_setup(request, visit, organization, slug)
    try:
        if "read" in request.POST and fetching.is_fetched(setup.integration):
            jobs.request_reading(setup.integration, actor=setup.visit.actor)
            return answer(request, reverse("integration-reading", args=setup.args))
        if "read" in request.POST:
            dropped = setup_file.fetch_from_source(setup)
        else:
            dropped = setup_file.receive_upload(setup, *uploaded(request))
        if setup.integration.state in UNTESTED:
            lifecycle.test(setup.integration, actor=setup.visit.actor)
    except (UploadError, NeedsAdmin, RetryLater, Refused) as error:
        if is_fragment(request):
            return render(request, "web/shell/_upload_error.html", {"error": refusals.of(error)}, status=422)
        return _show(request, setup, error=refusals.of(error), status=422)
    request.session[f"dropped-{setup.integration.pk}"] = dropped
    return answer(request, reverse("integration-columns", args=setup.args))


@require_POST
@role_required(ADMINS)
def preview(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A run that stops at its plan, over the file of the set-up; then its page, which follows it."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    raw = feeds.latest(setup.integration)
    try:
        upload = None if raw is None else (setup_file.file_content(raw), raw.name)
        made = jobs.request_run(
            setup.integration, trigger=Trigger.MANUAL, actor=setup.visit.actor, preview=True, upload=upload
        )
    except (Refused, NeedsAdmin, RetryLater) as error:
        messages.error(request, refusals.of(error))
        return redirect("integration", *setup.args)
    return redirect("run", made.pk)


@require_POST
@role_required(ADMINS)
def activate(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """Every day by itself from now on; refused with the reason before the first sync."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    return _change_state(request, setup, lifecycle.activate, "The daily sync is active.")


@require_POST
@role_required(ADMINS)
def pause(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """No scheduled runs until it is activated again."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    return _change_state(
        request, setup, lifecycle.pause, "Paused. Nothing runs by itself until you activate it again."
    )


@require_POST
@role_required(ADMINS)
def retire(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The end of it, for Client Success: said to be meant (`sure`), or nothing happens."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if request.POST.get("sure") != "yes":
        return _show(
            request, setup, error="Tick that nothing comes from it any more, then retire it.", status=422
        )
    return _change_state(request, setup, retirement.retire, "Retired. Its people stay as they are.")


def _change_state(
    request: HttpRequest, setup: setup_file.Setup, move: Callable[..., None], done: str
) -> HttpResponse:
    """The integration in its next state, or the reason why not."""
    try:
        move(setup.integration, actor=setup.visit.actor)
    except Refused as error:
        return _show(request, setup, error=str(error), status=409)
    messages.success(request, done)
    return redirect("integration", *setup.args)
