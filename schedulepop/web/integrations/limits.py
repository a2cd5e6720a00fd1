"""The guard's numbers of one integration: what each means, what it is now, and how often it spoke lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, RunState
from schedulepop.sync.plan import limits
from schedulepop.sync.plan.policy import Policy
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_feed
from schedulepop.web.integrations.setup_feed import Setup
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.visit import RUNS_SYNCS, Visit, page

RUNS = 30  # looked back
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "leaving",
        "People who leave",
        (
            "removals_location",
            "removals_organization",
            "removals_week",
            "week_days",
            "short",
            "missing_feeds",
            "missing_days",
            "flips",
            "flip_days",
        ),
    ),
    ("joining", "People who join", ("creates_location", "ids_changed")),
    ("values", "Values that change", ("field_change", "pay_jump", "pay_absurd")),
    (
        "file",
        "The file itself",
        ("rejects", "newly_blank", "newly_blank_floor", "rows_warn", "whole_compare_below"),
    ),
)
SHOWN = frozenset(name for _, _, names in GROUPS for name in names)
"""What this page sets. The switches have a page of their own, which asks before pay is forgotten."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number or switch on the page."""

    setting: limits.Setting
    value: str
    default: str
    spoke: int  # runs of the last ones in which its rule held somebody
    error: str = ""

    @property
    def usual(self) -> bool:
        return self.value.replace(" ", "") == self.default


@page(RUNS_SYNCS)
def show(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET shows every number; POST sets those that differ, or says how to write them."""
    setup = setup_feed.find(request, visit, organization, slug)
    if request.method != "POST":
        return _page(request, setup)
    policy = feeds.policy_of(setup.integration)
    given = {
        name: request.POST.get(name, "").strip()
        for name in limits.SETTINGS
        if name in SHOWN and name in request.POST
    }
    errors = {name: problem for name, text in given.items() if (problem := _problem(name, text))}
    if errors:
        return _page(request, setup, given=given, errors=errors, status=422)
    changed = {name: text for name, text in given.items() if limits.read(name, text) != getattr(policy, name)}
    try:
        lifecycle.set_policy(setup.integration, changed, actor=setup.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "Saved. The next run uses these limits." if changed else "Nothing was changed."
        )
    return HttpResponseRedirect(reverse("integration-limits", args=setup.args))


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
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    policy, usual, spoke = feeds.policy_of(setup.integration), Policy(), _spoke(setup.integration)
    told, wrong = given or {}, errors or {}
    groups = [
        (
            key,
            title,
            [
                Row(
                    limits.SETTINGS[name],
                    told.get(name, limits.written(name, policy)),
                    limits.written(name, usual),
                    sum(spoke[rule] for rule in limits.SETTINGS[name].rules),
                    wrong.get(name, ""),
                )
                for name in names
            ],
        )
        for key, title, names in GROUPS
    ]
    context = {
        "setup": setup,
        "groups": groups,
        "wrong": len(wrong),
        "looked_back": min(RUNS, sum(1 for _ in _last(setup.integration))),
    }
    return render(request, "web/setup/limits.html", context, status=status)


def _last(integration: Integration) -> list[list[dict[str, object]]]:
    """What the guard held in each of the last runs that read a file to the end."""
    over = [RunState.APPLIED, RunState.HELD, RunState.SUPERSEDED, RunState.DISCARDED]
    found = integration.runs.filter(state__in=over, preview=False).order_by("-number")
    return list(found.values_list("holds", flat=True)[:RUNS])


def _spoke(integration: Integration) -> Counter[str]:
    """In how many of the last runs each rule held somebody."""
    return Counter(rule for holds in _last(integration) for rule in {str(hold["rule"]) for hold in holds})
