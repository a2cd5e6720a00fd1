"""The settings of an integration that are no limits: when new hires are welcomed, what is read, what ranks people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from schedulepop.directory import actions
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import forget_pay, lifecycle, limits
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

SWITCHES = ("pay", "cms")
SENIORITY = ("original", "latest")


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET shows them; POST saves what differs, or says what cannot be read."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if request.method != "POST":
        return _page(request, setup)
    try:
        days = _days(request)
        wanted = {"welcome_days_before": days}
        wanted |= {name: request.POST[name] for name in SWITCHES if request.POST.get(name) in ("on", "off")}
        agreed = bool(request.POST.get("forget_pay"))
        if lifecycle.forgets_pay(setup.integration, wanted) and not agreed:
            return _page(request, setup, forgets=True, days=request.POST.get("days"), status=422)
        _save(setup, wanted, _of_organization(request, visit), forget=agreed)
    except (limits.UnreadableError, Refused) as error:
        return _page(request, setup, error=str(error), days=request.POST.get("days", ""), status=422)
    messages.success(request, "Saved. The next run goes by it.")
    return redirect("integration-settings", *setup.args)


def _days(request: HttpRequest) -> str:
    """How many days before, as `limits` writes it; nothing for "as soon as payroll shows them"."""
    if request.POST.get("welcome") != "before":
        return ""
    days = request.POST.get("days", "").strip()
    if not days:
        raise limits.UnreadableError("Say how many days before the first day.")
    limits.read("welcome_days_before", days)
    return days


def _of_organization(request: HttpRequest, visit: Visit) -> dict[str, object]:
    """What is the organization's and not the integration's; who signs in how is its admins' own business."""
    found: dict[str, object] = {}
    if request.POST.get("seniority_by") in SENIORITY:
        found["seniority_by"] = request.POST["seniority_by"]
    if visit.role == "admin" and request.POST.get("two_step") in ("on", "off"):
        found["requires_second_factor"] = request.POST["two_step"] == "on"
    return found


def _save(setup: Setup, wanted: dict[str, str], of_organization: dict[str, object], *, forget: bool) -> None:
    integration, actor = setup.integration, setup.visit.actor
    policy = feeds.policy_of(integration)
    changed = {name: value for name, value in wanted.items() if limits.written(name, policy) != value}
    with transaction.atomic():
        actions.edit_organization(integration.organization, of_organization, actor=actor)
        if changed:
            lifecycle.set_policy(integration, changed, actor=actor, forget=forget)


def _page(
    request: HttpRequest,
    setup: Setup,
    *,
    error: str = "",
    days: str | None = None,
    forgets: bool = False,
    status: int = 200,
) -> HttpResponse:
    policy, ranks = feeds.policy_of(setup.integration), setup.integration.organization.seniority_by
    if forgets:  # what else was chosen stays chosen
        policy = policy.model_copy(update={"cms": request.POST.get("cms", "on") == "on"})
        ranks = request.POST.get("seniority_by", ranks)
    kept = limits.written("welcome_days_before", policy)
    context: dict[str, Any] = {
        "setup": setup,
        "policy": policy,
        "error": error,
        "forgets": forget_pay.announced(setup.integration) if forgets else "",
        "days": kept if days is None else days,
        "before": request.POST.get("welcome") == "before" if request.method == "POST" else bool(kept),
        "seniority": ranks,
        "sentences": {name: limits.SETTINGS[name].sentence for name in SWITCHES},
    }
    return render(request, "web/integrations/settings.html", context, status=status)
