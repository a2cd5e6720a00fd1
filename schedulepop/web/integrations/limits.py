"""The guard's numbers of one integration: what each means, what it is now, and how often it spoke lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from schedulepop.sync.integrations import lifecycle, limits
from schedulepop.sync.models import Integration, RunState
from schedulepop.sync.plan.policy import Policy
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.integrations.words import LIMIT_GROUPS
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

RUNS = 30  # looked back
SHOWN = frozenset(name for _, _, names in LIMIT_GROUPS for name in names)
"""What this page sets. The switches have a page of their own, which asks before pay is forgotten."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One number or switch on the page."""

    setting: limits.Setting
    value: str
    default: str
    triggered: int  # runs of the last ones in which its rule held somebody
    error: str = ""

    @property
    def usual(self) -> bool:
        return self.value.replace(" ", "") == self.default


@role_required(ADMINS)
def limits_page(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET shows every number; POST sets those that differ, or says how to write them."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if request.method != "POST":
        return _page(request, setup)
    policy = feeds.policy_of(setup.integration)
    posted = {
        name: request.POST.get(name, "").strip()
        for name in limits.SETTINGS
        if name in SHOWN and name in request.POST
    }
    errors = {name: problem for name, text in posted.items() if (problem := _problem(name, text))}
    if errors:
        return _page(request, setup, posted=posted, errors=errors, status=422)
    changed = {
        name: text for name, text in posted.items() if limits.read(name, text) != getattr(policy, name)
    }
    with refusal_as_message(request):
        lifecycle.set_policy(setup.integration, changed, actor=setup.visit.actor)
        answer = "Saved. The next run uses these limits." if changed else "Nothing was changed."
        messages.success(request, answer)
    return redirect("integration-limits", *setup.args)


def _problem(name: str, text: str) -> str:
    try:
        limits.read(name, text)
    except limits.UnreadableError as error:
        return str(error)
    return ""


def _page(
    request: HttpRequest,
    setup: Setup,
    *,
    posted: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    policy, usual, triggered = feeds.policy_of(setup.integration), Policy(), _triggered(setup.integration)
    values, wrong = posted or {}, errors or {}
    groups = [
        (
            key,
            title,
            [
                LimitRow(
                    limits.SETTINGS[name],
                    values.get(name, limits.written(name, policy)),
                    limits.written(name, usual),
                    sum(triggered[rule] for rule in limits.SETTINGS[name].rules),
                    wrong.get(name, ""),
                )
                for name in names
            ],
        )
        for key, title, names in LIMIT_GROUPS
    ]
    context = {
        "setup": setup,
        "groups": groups,
        "wrong": len(wrong),
        "looked_back": min(RUNS, sum(1 for _ in _last(setup.integration))),
    }
    return render(request, "web/integrations/limits.html", context, status=status)


def _last(integration: Integration) -> list[list[dict[str, object]]]:
    """What the guard held in each of the last runs that read a file to the end."""
    over = [RunState.APPLIED, RunState.HELD, RunState.SUPERSEDED, RunState.DISCARDED]
    found = integration.runs.filter(state__in=over, preview=False).order_by("-number")
    return list(found.values_list("holds", flat=True)[:RUNS])


def _triggered(integration: Integration) -> Counter[str]:
    """In how many of the last runs each rule held somebody."""
    return Counter(rule for holds in _last(integration) for rule in {str(hold["rule"]) for hold in holds})
