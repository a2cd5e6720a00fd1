"""Integrations: the list, adding one, its own page with the next step, and its life (activate, pause)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from schedulepop import jobs
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.file import MAX_BYTES
from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.integrations import lifecycle, schedule
from schedulepop.sync.models import Integration, IntegrationState, RunState, Trigger
from schedulepop.sync.run import feeds, runs
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.integrations.words import STATE_BADGES, STEP_WORDS, welcome_words
from schedulepop.web.runs.run_list import row
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.upload import UploadError, answer, uploaded
from schedulepop.web.shell.visit import Visit, is_fragment


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up, for the stepper."""

    word: str
    state: str  # done, here, later
    url: str


@dataclass(frozen=True, slots=True)
class IntegrationLine:
    """An integration in the list."""

    integration: Integration
    tone: str
    word: str
    fresh: dict[str, Any]
    next_at: datetime | None
    why: str = ""  # the newest failure in a sentence, while the source is in trouble


def integration_line(integration: Integration, at: datetime) -> IntegrationLine:
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
    return IntegrationLine(
        integration, tone, word, fresh, schedule.next_due(integration, at) if active else None, why
    )


@role_required(ADMINS)
def integrations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's payroll systems."""
    found = Integration.objects.filter(organization=visit.organization).select_related("organization")
    return render(
        request,
        "web/integrations/integration_list.html",
        {"lines": [integration_line(one, now()) for one in found.order_by("name")]},
    )


@role_required(ADMINS)
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose a connector and a name; a file on the server may be named instead of uploading."""
    context: dict[str, Any] = {
        "connectors": list(REGISTRY.values()),
        "name": "Payroll",
        "kind": "file",
        "path": "",
    }
    if request.method == "POST":
        form = {key: request.POST.get(key, "").strip() for key in ("name", "kind", "path")}
        context |= form
        try:
            made = _add(visit, **form)
        except Refused as error:
            context["error"] = str(error)
        else:
            return redirect("integration", visit.organization.slug, made.slug)
    return render(request, "web/integrations/add.html", context, status=422 if "error" in context else 200)


def _add(visit: Visit, *, name: str, kind: str, path: str) -> Integration:
    if not name:
        raise Refused("Give it a name, for example that of the payroll system.")
    if path and not visit.actor.is_client_success(visit.organization):
        raise Refused(
            "Only Client Success can name a file on the server. Leave it blank and upload the file."
        )
    config = {"path": path} if path else {}
    return lifecycle.add(visit.organization, name[:80], connector=kind, config=config, actor=visit.actor)


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
    order = list(STEP_WORDS)
    passed = (
        order.index(here) if here in order[3:] else 0
    )  # whoever stands at the preview has been through the codes
    return [
        Step(
            word,
            "here" if name == here else "done" if done[name] or at < passed else "later",
            urls.get(name, ""),
        )
        for at, (name, word) in enumerate(STEP_WORDS.items())
    ]


@role_required(ADMINS)
def integration(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """One integration: its state, the next step, its last runs, its mapping."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    return _show(request, setup)


def _show(request: HttpRequest, setup: Setup, *, error: str = "", status: int = 200) -> HttpResponse:
    one, at = setup.integration, now()
    last = one.runs.defer("plan", "summary").order_by("-number")[:5]
    waiting = next((run for run in last if runs.is_waiting(run)), None)
    policy = feeds.policy_of(one)
    context = {
        "setup": setup,
        "line": integration_line(one, at),
        "raw": feeds.latest(one),
        "steps": steps(setup, _current_step(setup, waiting is not None)),
        "rows": [row(run) for run in last],
        "waiting": waiting,
        "under_way": next((run for run in last if run.state in runs.UNDER_WAY), None),
        "activates": setup.visit.actor.approves_first_sync(one.organization),
        "would_run": schedule.next_due(one, at),
        "uploads": one.connector == "file" and not one.config.get("path"),
        "versions": one.mapping_versions.order_by("-version")[:3],
        "connector": REGISTRY[one.connector].title if one.connector in REGISTRY else one.connector,
        "max_mb": MAX_BYTES // 2**20,
        "welcome": welcome_words(policy.welcome_days_before),
        "pay": policy.pay,
        "error": error,
    }
    return render(request, "web/integrations/integration.html", context, status=status)


def _current_step(setup: Setup, waits: bool) -> str:
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
@role_required(ADMINS)
def receive(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A file for the set-up: uploaded, or read from the integration's own source. Then on to its columns."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    try:
        if "read" in request.POST:
            tested = lifecycle.test(setup.integration, actor=setup.visit.actor)
            if not tested.ok:
                raise NeedsAdmin(tested.sentence)
            dropped = setup_file.fetch_from_source(setup)
        else:
            dropped = setup_file.receive_upload(setup, *uploaded(request))
            lifecycle.test(setup.integration, actor=setup.visit.actor)
    except (UploadError, NeedsAdmin, RetryLater, Refused) as error:
        if is_fragment(request):
            return render(request, "web/shell/_upload_error.html", {"error": str(error)}, status=422)
        return _show(request, setup, error=str(error), status=422)
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
        messages.error(request, str(error))
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
