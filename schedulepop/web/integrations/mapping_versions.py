"""Every mapping an integration ever had: who saved it, what it read otherwise, and the way back to it.

Going back to an older one is a changed mapping like any other: where people are there already it is tried on the last
payroll file and looked at before it is saved (SPEC §4), as a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import MappingVersion
from schedulepop.sync.plan.policy import Mapping
from schedulepop.web.integrations import mapping_change, mapping_effects, setup_file
from schedulepop.web.integrations.mapping_draft import Draft
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.runs.plan_people import Line
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Version:
    """One version, and what it changed in the one before."""

    stored: MappingVersion
    current: bool
    lines: tuple[Line, ...]  # against the version before; of the first: nothing
    readable: bool  # by this release


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def versions(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The versions, newest first; POST goes back to one."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if request.method == "POST":
        return _back(request, setup)
    found = setup.integration.mapping_versions.order_by("-version")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    oldest = listed[-1].version if listed else 0
    before = found.filter(version__lt=oldest).first()
    context = {"setup": setup, "page": page, "versions": _with_changes(setup, listed, before)}
    return render(request, "web/integrations/mapping_versions.html", context)


def _with_changes(setup: Setup, listed: list[MappingVersion], before: MappingVersion | None) -> list[Version]:
    older = [*listed[1:], before] if listed else []
    found = []
    for one, last in zip(listed, older, strict=True):
        new, old = _read(one), _read(last) if last else None
        lines = tuple(mapping_effects.differences(old, new)) if old and new else ()
        found.append(Version(one, one.version == setup.integration.mapping_version, lines, new is not None))
    return found


def _read(stored: MappingVersion) -> Mapping | None:
    """None: saved by a release whose mappings this one does not know."""
    try:
        return Mapping(**stored.mapping)
    except ValidationError:
        return None


def _back(request: HttpRequest, setup: Setup) -> HttpResponse:
    asked = whole_number(request.POST.get("version", ""))
    if asked is None:
        messages.error(request, "Choose the version to go back to.")
        return redirect("integration-versions", *setup.args)
    stored = get_object_or_404(setup.integration.mapping_versions, version=asked)
    if stored.version == setup.integration.mapping_version:
        raise Http404
    with refusal_as_message(request):
        mapping = _read(stored)
        if mapping is None:
            raise Refused("That version was saved by an older release and cannot be read any more.")
        lifecycle.must_fit(mapping)
        if setup.live:
            draft = Draft(mapping, setup.integration.mapping_version, "versions")
            return mapping_change.review_first(request, setup, draft)
        lifecycle.save_mapping(setup.integration, mapping, actor=setup.visit.actor)
        messages.success(request, f"Saved as version {setup.integration.mapping_version}.")
    return redirect("integration-versions", *setup.args)
