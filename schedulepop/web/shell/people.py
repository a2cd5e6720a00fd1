"""Which people a page may show: the one door from the pages to the directory's reads.

A row that is not visible does not exist: 404, never 403, so that nobody learns of it by asking.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from schedulepop.directory import access
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Link
from schedulepop.sync.run import runs
from schedulepop.web.shell.visit import Visit, visit_of

WITH = ("user", "location", "organization", "primary_duty", "primary_zone")


def memberships_here(visit: Visit) -> QuerySet[Membership]:
    """The memberships of the locations this page is about."""
    scope = [location.pk for location in visit.scope]
    return access.memberships(visit.actor, visit.organization).filter(location__in=scope)


def memberships_of(visit: Visit, user_id: int) -> list[Membership]:
    """The memberships of one person that this actor looks after, the primary location first."""
    found: list[Membership] = []
    for organization in visit.organizations:
        managed = access.managed_locations(visit.actor, organization)
        rows = access.memberships(visit.actor, organization).filter(user=user_id, location__in=managed)
        found += rows.select_related(*WITH).order_by("-is_primary", "location__name")
    return found


def enter(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> Visit:
    """The visit of that person's organization (Client Success has several), or 404."""
    found = next((one for one in memberships_of(visit, user_id) if one.location_id == location_id), None)
    there = visit_of(request, found.organization) if found else None
    if there is None:
        raise Http404
    return there


def sync_url(user_id: int) -> str:
    """*Sync this person*, by the first payroll ID that still runs; empty for whom payroll does not know."""
    live = Link.objects.filter(user=user_id, retired_at=None, integration__state__in=runs.MAY_RUN)
    link = live.order_by("further", "pk").first()
    return reverse("sync-person", args=[link.integration_id, link.source_id]) if link else ""
