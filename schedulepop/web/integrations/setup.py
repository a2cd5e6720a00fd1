"""The two pages of the set-up that need answers, Columns and Codes, and the mapping as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.directory import errors
from schedulepop.directory.models import Duty, Location, LocationCode, Zone
from schedulepop.lib import text
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.integrations import known_reports, lifecycle, mapping_files, saved_setups
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import snapshot
from schedulepop.web.integrations import (
    columns_offered,
    mapping_change,
    mapping_draft,
    setup_codes,
    setup_columns,
    setup_file,
    setup_steps,
)
from schedulepop.web.integrations.mapping_draft import Draft
from schedulepop.web.integrations.setup_columns import ChoiceError
from schedulepop.web.integrations.setup_file import OpenedFile, Setup
from schedulepop.web.integrations.words import DROPPED_WHY
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.bodies import takes_upload
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import refusals

FIELDS = [(field.name, field.label) for field in employee.FIELDS]
MAPPING_BYTES = 1_000_000


@role_required(ADMINS)
def columns(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """Which column is which. Saving goes on to the codes, or back here while a new date needs its format."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    file = _open_file(request, setup)
    if not isinstance(file, OpenedFile):
        return file
    setup = file.setup
    if request.method != "POST":
        return _columns_page(request, setup, file)
    names = file.look.feed.names
    before = _undeclared(file, setup.mapping)
    try:
        mapping = setup_columns.chosen(names, request.POST.dict(), setup.mapping)
        if setup.live:
            return _columns_drafted(request, setup, mapping, before)
        lifecycle.save_mapping(setup.integration, mapping, actor=setup.visit.actor)
    except (ChoiceError, Refused) as error:
        return _columns_page(request, setup, file, error=str(error), status=422)
    again = setup_file.open_file(setup)
    if again is not None and _undeclared(again, mapping) - before:
        messages.info(request, "Saved. Now say how the dates below are written.")
        return redirect("integration-columns", *setup.args)
    return redirect("integration-codes", *setup.args)


def _columns_drafted(request: HttpRequest, setup: Setup, mapping: Mapping, before: set[str]) -> HttpResponse:
    """To the page that says what they change, or back here while a new date needs its format."""
    if mapping == setup.saved and setup.draft is None:
        messages.info(request, "Nothing was changed.")
        return redirect("integration-columns", *setup.args)
    draft = _draft(setup, mapping, "columns")
    again = setup_file.open_file(replace(setup, draft=draft))
    if again is not None and _undeclared(again, mapping) - before:
        mapping_draft.keep(request, setup.integration, draft)
        messages.info(request, "Now say how the dates below are written.")
        return redirect("integration-columns", *setup.args)
    return mapping_change.review_first(request, setup, draft)


def _draft(setup: Setup, mapping: Mapping, came_from: str) -> Draft:
    """What was chosen so far, with this mapping."""
    if setup.draft is None:
        return Draft(mapping, setup.integration.mapping_version, came_from)
    return replace(setup.draft, mapping=mapping, came_from=came_from)


def _open_file(request: HttpRequest, setup: Setup) -> OpenedFile | HttpResponse:
    """The set-up's file, or where to go when there is none."""
    try:
        file = setup_file.open_file(setup)
    except NeedsAdmin as error:
        messages.error(request, refusals.of(error))
        file = None
    if file is None:
        return redirect("integration", *setup.args)
    return file


def _undeclared(file: OpenedFile, mapping: Mapping) -> set[str]:
    return {name for name, date in file.look.dates.items() if not date.proven and name not in mapping.dates}


def _columns_page(
    request: HttpRequest, setup: Setup, file: OpenedFile, *, error: str = "", status: int = 200
) -> HttpResponse:
    admin = setup.visit.actor.is_admin(setup.integration.organization)
    shown = setup_columns.page(file.look, setup.mapping, file.notes, sees_pay=admin, sees_contact=admin)
    shown = columns_offered.with_offer(shown, setup)
    dropped: dict[str, str] = (
        request.session.get(f"dropped-{setup.integration.pk}", {}) or file.look.feed.dropped
    )
    context: dict[str, Any] = {
        "setup": setup,
        "file": file,
        "columns": shown,
        "proposed": setup.proposed,
        "report": known_reports.said(setup.report),
        "differences": known_reports.differences(setup.report) if setup.proposed else "",
        "offers_start": not setup.saved.columns
        and bool(saved_setups.choices(setup.integration, actor=setup.visit.actor)),
        "dropped": [(name, DROPPED_WHY.get(what, what)) for name, what in dropped.items()],
        "fields": FIELDS,
        "records": file.look.feed.table.height,
        "progress": setup_steps.progress(setup.integration, setup.saved, "columns"),
        "error": error,
    }
    return render(request, "web/integrations/columns.html", context, status=status)


@role_required(ADMINS)
def codes(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """What payroll's codes and status words mean. Saving goes on to the preview."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    file = _open_file(request, setup)
    if not isinstance(file, OpenedFile):
        return file
    setup = file.setup
    shown = _codes(setup, file)
    if request.method != "POST":
        return _codes_page(request, setup, file, shown)
    places = {one.pk: one for one in Location.objects.filter(organization=setup.integration.organization)}
    asked = setup_codes.answers(request.POST.dict(), shown, setup.mapping, places)
    draft = replace(
        _draft(setup, asked.mapping, "codes"),
        to_map=_moved(setup, asked.to_map),
        to_add=asked.to_add,
        timezone=request.POST.get("timezone", ""),
    )
    if setup.live:
        if setup.draft is None and asked.mapping == setup.saved and not (draft.to_map or draft.to_add):
            messages.info(request, "Nothing was changed.")
            return redirect("integration-codes", *setup.args)
        return mapping_change.review_first(request, setup, draft)
    try:
        mapping_change.save(setup, draft)
    except (Refused, errors.Refused) as error:
        setup.integration.refresh_from_db()
        return _codes_page(request, setup, file, _codes(setup, file), error=str(error), status=422)
    setup_steps.mark_codes(setup.integration)
    return HttpResponseRedirect(f"{reverse('integration', args=setup.args)}#next")


def _location_codes(setup: Setup) -> dict[str, int]:
    """What payroll's location codes name now."""
    here = LocationCode.objects.filter(organization=setup.integration.organization)
    return dict(here.values_list("code", "location_id"))


def _moved(setup: Setup, asked: dict[str, int]) -> dict[str, int]:
    """Location codes that would name another location than now."""
    own = _location_codes(setup)
    return {code: pk for code, pk in asked.items() if own.get(text.fold_code(code)) != pk}


def _codes(setup: Setup, file: OpenedFile) -> setup_codes.Codes:
    """The page's view over what SchedulePop has now."""
    integration = setup.integration
    mapping, at = setup.mapping, now()
    current = snapshot.load(integration, now=at)
    opened = trial.profile_feed(file.look.feed, mapping)
    found = trial.codes_found(opened, today=integration.local_date(at), mapping=mapping, snapshot=current)
    organization = integration.organization
    locations = dict(Location.objects.filter(organization=organization).values_list("pk", "name"))
    own = _location_codes(setup) | {
        text.fold_code(code): pk for code, pk in (setup.draft.to_map if setup.draft else {}).items()
    }
    named = {"duty": setup_codes.set_up(current.duty_codes), "zone": setup_codes.set_up(current.zone_codes)}
    return setup_codes.page(found, mapping, locations, own, named, first=not integration.first_sync_done)


def _codes_page(
    request: HttpRequest,
    setup: Setup,
    file: OpenedFile,
    shown: setup_codes.Codes,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    organization = setup.integration.organization
    locations = list(Location.objects.filter(organization=organization, closed_at=None).order_by("name"))
    default = setup.mapping.default_location
    chosen = LocationCode.objects.filter(organization=organization, code=(default or "").casefold()).first()
    context: dict[str, Any] = {
        "setup": setup,
        "file": file,
        "codes": shown,
        "locations": locations,
        "no_location_column": "location" not in file.look.columns,
        "default_id": _default_id(default, chosen, locations),
        "statuses": setup_codes.STATUSES,
        "duty_names": sorted(
            set(
                Duty.objects.filter(organization=organization, merged_into=None).values_list(
                    "name", flat=True
                )
            )
        ),
        "zone_names": sorted(
            set(
                Zone.objects.filter(organization=organization, merged_into=None).values_list(
                    "name", flat=True
                )
            )
        ),
        "progress": setup_steps.progress(setup.integration, setup.saved, "codes"),
        "error": error,
    }
    return render(request, "web/integrations/codes.html", context, status=status)


def _default_id(code: str | None, chosen: LocationCode | None, locations: list[Location]) -> int | None:
    """The location everybody belongs to: by its code, as chosen a moment ago, or the only one."""
    if chosen is not None:
        return chosen.location_id
    if (pk := whole_number(code or "")) is not None:
        return pk
    return locations[0].pk if len(locations) == 1 else None


@role_required(ADMINS)
@require_safe
def mapping_file(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The mapping as a TOML file."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    response = HttpResponse(
        mapping_files.to_toml(setup.saved), content_type="application/toml; charset=utf-8"
    )
    audit.record_visit(visit.actor, setup.integration.organization, "exported", "mapping")
    response["Content-Disposition"] = f'attachment; filename="{setup.integration.slug}-mapping.toml"'
    return response


@require_POST
@role_required(ADMINS)
@takes_upload(MAPPING_BYTES)
def import_mapping(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """A mapping from a TOML file, as a new version."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    file = request.FILES.get("mapping")
    with refusal_as_message(request):
        if file is None or not file.size or file.size > MAPPING_BYTES:
            raise Refused("Choose a mapping file: the one you downloaded here, or one like it.")
        mapping = mapping_files.from_toml(file.read().decode("utf-8", errors="replace"))
        lifecycle.must_fit(mapping)
        if setup.live:
            return mapping_change.review_first(
                request, setup, Draft(mapping, setup.integration.mapping_version, "import")
            )
        lifecycle.save_mapping(setup.integration, mapping, actor=setup.visit.actor)
        messages.success(request, f"Mapping imported as version {setup.integration.mapping_version}.")
    return redirect("integration", *setup.args)
