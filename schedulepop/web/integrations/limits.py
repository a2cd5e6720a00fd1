"""The guard's numbers of one integration: what each means, what it is now, and how often it spoke lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import conditional_escape
from django.views.decorators.http import require_safe

from schedulepop.sync.integrations import lifecycle, limits, past_nights
from schedulepop.sync.models import Integration, RunState
from schedulepop.sync.plan.guard import GuardCount, would_hold
from schedulepop.sync.plan.policy import Limit, Policy
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.integrations.words import LIMIT_GROUPS
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import gettext, ngettext

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
    past: str = ""  # how often it would have held, where the nights have figures for it

    @property
    def number(self) -> str:
        """The first field of a limit, as it was typed."""
        return self.value.partition(",")[0].strip()

    @property
    def percent(self) -> str:
        """The second one, without the sign."""
        return self.value.partition(",")[2].strip().removesuffix("%")

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
    posted = {name: text for name in SHOWN if (text := _typed(request.POST, name)) is not None}
    errors = {name: problem for name, text in posted.items() if (problem := _problem(name, text))}
    if "look" in request.POST:
        return _page(request, setup, posted=posted, errors=errors, status=422 if errors else 200)
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


@role_required(ADMINS)
@require_safe
def past_nights_page(
    request: HttpRequest, visit: Visit, organization: str, slug: str, name: str
) -> HttpResponse:
    """The sentence below a limit while somebody types: in how many of the last nights it would have held."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    text = _typed(request.GET, name)
    if name not in SHOWN or limits.SETTINGS[name].kind != "limit":
        raise Http404
    if text is None:  # nothing is typed, so there is nothing to say
        return HttpResponse()
    said = _problem(name, text) or _past(name, text, past_nights.guard_counts(setup.integration))
    return HttpResponse(conditional_escape(said))


def _typed(given: QueryDict, name: str) -> str | None:
    """A setting as somebody typed it: of a limit both fields, as `limits.read` takes them; None: not sent."""
    if name not in limits.SETTINGS or limits.SETTINGS[name].kind != "limit":
        return str(given[name]).strip() if name in given else None
    number, percent = f"{name}_number", f"{name}_percent"
    if number not in given and percent not in given:
        return None
    return f"{str(given.get(number, '')).strip()},{str(given.get(percent, '')).strip()}"


def _past(name: str, text: str, nights: list[list[GuardCount]]) -> str:
    """What the nights say about a limit; nothing for a setting that is none, or as long as no night has figures."""
    if limits.SETTINGS[name].kind != "limit":
        return ""
    if not nights:
        return gettext(
            "No night has figures yet. From the next sync on this says how often it would have held."
        )
    limit = cast(Limit, limits.read(name, text))
    held, over = would_hold(nights, name, limit), len(nights)
    if not held:
        return ngettext(
            "Would not have held on the last night.",
            "Would not have held on any of the last %s nights.",
            over,
        ) % (() if over == 1 else over)
    times = ngettext("once", "%s times", held) % (() if held == 1 else held)
    return ngettext(
        "The last night would have held.", "The last %(over)s nights would have held %(times)s.", over
    ) % {"over": over, "times": times}


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
    nights = past_nights.guard_counts(setup.integration)
    groups = [
        (
            key,
            title,
            [
                LimitRow(
                    limits.SETTINGS[name],
                    value := values.get(name, limits.written(name, policy)),
                    limits.written(name, usual),
                    sum(triggered[rule] for rule in limits.SETTINGS[name].rules),
                    wrong.get(name, ""),
                    "" if name in wrong else _past(name, value, nights),
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
        "unsaved": "look" in request.POST and not wrong,
        "looked_back": min(RUNS, sum(1 for _ in _last(setup.integration))),
    }
    return render(request, "web/integrations/limits.html", context, status=status)


def _last(integration: Integration) -> list[list[dict[str, object]]]:
    """What the guard held in each of the last runs that read a file to the end."""
    over = [RunState.APPLIED, RunState.HELD, RunState.SUPERSEDED, RunState.DISCARDED]
    found = integration.runs.full().filter(state__in=over, preview=False).order_by("-number")
    return list(found.values_list("holds", flat=True)[:RUNS])


def _triggered(integration: Integration) -> Counter[str]:
    """In how many of the last runs each rule held somebody."""
    return Counter(rule for holds in _last(integration) for rule in {str(hold["rule"]) for hold in holds})
