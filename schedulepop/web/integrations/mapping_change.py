"""What a changed mapping changes: tried on the last payroll file, person by person, and only then saved (SPEC §4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.directory import actions, errors
from schedulepop.directory.models import Location, LocationCode
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import RawFeed
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.review.replay import Replayed, try_mapping
from schedulepop.sync.run import feeds, speaking
from schedulepop.web.integrations import mapping_draft, mapping_effects, setup_file
from schedulepop.web.integrations.mapping_draft import Draft
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.runs.visible_run import VisibleRun
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import refusals

_BACK = {
    "columns": "integration-columns",
    "codes": "integration-codes",
    "import": "integration",
    "versions": "integration-versions",
}
_BACK_WORDS = {
    "columns": "Back to the columns",
    "codes": "Back to the codes",
    "import": "Back",
    "versions": "Back to the versions",
}
AT_ONCE = 4_000_000
"""Bytes of a file, some 30,000 people: up to there both plans take about two seconds of work."""
OTHER_VERSION = "Somebody saved another version meanwhile. This is what your changes do to that one."


def review_first(request: HttpRequest, setup: Setup, draft: Draft) -> HttpResponse:
    """Keeps the draft and goes on to the page that says what it changes."""
    mapping_draft.keep(request, setup.integration, draft)
    return redirect("integration-changes", *setup.args)


def save_locations(setup: Setup, draft: Draft) -> tuple[Mapping, dict[int, str]]:
    """The locations and codes a draft asks for; its mapping with the location's code, and new locations' names."""
    actor, organization = setup.visit.actor, setup.integration.organization
    places = Location.objects.filter(organization=organization).in_bulk()
    added: dict[str, Location] = {}
    for code, name in draft.to_add.items():
        if name in added:
            actions.map_code(added[name], code, actor=actor)
        else:
            zone = draft.timezone or organization.timezone
            added[name] = actions.add_location(organization, name, actor=actor, codes=[code], timezone=zone)
    for code, pk in draft.to_map.items():
        if pk in places:
            actions.map_code(places[pk], code, actor=actor, move=True)
    mapping, place = _default(setup, draft)
    if place is not None and not LocationCode.objects.filter(location=place).exists():
        actions.map_code(place, place.name, actor=actor)
    return mapping, {one.pk: one.name for one in added.values()}


def _default(setup: Setup, draft: Draft) -> tuple[Mapping, Location | None]:
    """The mapping with a code of the location that everybody belongs to, where one was chosen; and that location."""
    chosen = draft.mapping.default_location or ""
    own = Location.objects.filter(organization=setup.integration.organization)
    place = own.filter(pk=whole_number(chosen) or 0).first()
    if place is None:
        return draft.mapping, None
    code = LocationCode.objects.filter(location=place).values_list("code", flat=True).first() or place.name
    return draft.mapping.model_copy(update={"default_location": code}), place


def save(setup: Setup, draft: Draft) -> None:
    """The draft as the integration's mapping, with its locations; all or nothing."""
    with transaction.atomic():
        mapping, _ = save_locations(setup, draft)
        lifecycle.save_mapping(setup.integration, mapping, actor=setup.visit.actor)


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET says what the draft changes; POST saves what was looked at."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if setup.draft is None:
        return redirect("integration", *setup.args)
    if request.method != "POST":
        large = _large_file(setup) if "now" not in request.GET else None
        return (
            _show(request, setup, setup.draft)
            if large is None
            else _progress_page(request, setup, setup.draft, large)
        )
    if setup.draft.base != setup.integration.mapping_version:
        fresh = replace(setup.draft, base=setup.integration.mapping_version)
        mapping_draft.keep(request, setup.integration, fresh)
        return _show(request, setup, fresh, error=OTHER_VERSION, status=409)
    if request.POST.get("draft") != setup.draft.digest:
        return _show(
            request, setup, setup.draft, error="These changes are other ones than you looked at.", status=409
        )
    try:
        save(setup, setup.draft)
    except (Refused, errors.Refused) as error:
        setup.integration.refresh_from_db()
        return _show(request, setup, setup.draft, error=str(error), status=422)
    mapping_draft.forget(request, setup.integration)
    messages.success(
        request, f"Saved as version {setup.integration.mapping_version}. The next sync goes by it."
    )
    return redirect("integration", *setup.args)


@require_POST
@role_required(ADMINS)
def forget(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The draft is dropped; the mapping stays as it is."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    mapping_draft.forget(request, setup.integration)
    messages.success(request, "Dropped. The mapping stays as it was.")
    return redirect("integration", *setup.args)


def _show(
    request: HttpRequest, setup: Setup, draft: Draft, *, error: str = "", status: int = 200
) -> HttpResponse:
    new: dict[int, str] = {}

    def places() -> None:
        new.update(save_locations(setup, draft)[1])

    context: dict[str, Any] = {
        "setup": setup,
        "draft": draft,
        "error": error,
        "back": reverse(_BACK[draft.came_from], args=setup.args),
        "back_word": _BACK_WORDS[draft.came_from],
    }
    try:
        tried = try_mapping(
            setup.integration, _default(setup, draft)[0], actor=setup.visit.actor, beside=places
        )
    except (Refused, errors.Refused, NeedsAdmin) as refused:
        return render(
            request,
            "web/integrations/mapping_review.html",
            {**context, "error": error or refusals.of(refused)},
            status=422,
        )
    if tried is not None:
        context |= _effects(setup, draft, tried, new)
    return render(request, "web/integrations/mapping_review.html", context, status=status)


def _large_file(setup: Setup) -> RawFeed | None:
    """The last file, where trying the draft on it takes longer than somebody waits for a page."""
    raw = feeds.latest(setup.integration)
    return raw if raw is not None and raw.size > AT_ONCE else None


def _progress_page(request: HttpRequest, setup: Setup, draft: Draft, raw: RawFeed) -> HttpResponse:
    """The page at once, saying what is going on; it asks for the rest by itself."""
    run = setup.integration.runs.full().defer("plan").filter(raw=raw).order_by("-number").first()
    context = {
        "setup": setup,
        "raw": raw,
        "people": run.counts.get("read", 0) if run else 0,
        "back": reverse(_BACK[draft.came_from], args=setup.args),
        "back_word": _BACK_WORDS[draft.came_from],
    }
    return render(request, "web/integrations/mapping_progress.html", context)


def _is_on_hold(tried: Replayed) -> bool:
    """Whether the file waits for a decision: it is tried on all the same, for a mapping may be what mends it."""
    known = speaking.heard(tried.run.integration)
    newer = known.newer if known.waits else None
    return newer is not None and tried.run.raw is not None and newer.raw_id == tried.run.raw.pk


def _effects(setup: Setup, draft: Draft, tried: Replayed, new: dict[int, str]) -> dict[str, Any]:
    """The page's words about two plans of the last file."""
    before, after = tried.before, tried.after
    names = VisibleRun(tried.run, setup.visit, None).names(part=after.changes)
    names = replace(names, locations={**names.locations, **new})
    groups = mapping_effects.groups(before, after, tried.differences, names)
    holds = mapping_effects.new_holds(before, after)
    return {
        "tried": tried,
        "on_hold": _is_on_hold(tried),
        "chosen": mapping_effects.changed_mapping(draft, setup.saved, before, after, names.locations),
        "figures": mapping_effects.figures(before, after),
        "issues": mapping_effects.issues(before, after),
        "holds": holds,
        "groups": groups,
        "lead": mapping_effects.lead(groups),
        "careful": bool(holds) or any(one.key == "lose" for one in groups),
    }
