"""Who ranks where: the place of a person by seniority among people of the same primary duty at the same location.

Equal dates share a rank, and the next one counts on from all of them (1, 2, 2, 4). Who has left ranks nowhere, nor who
has neither a hire date nor a primary duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from schedulepop import employee
from schedulepop.directory.models import Membership

DAYS = ("hire_date", "original_hire_date")


@dataclass(frozen=True, slots=True)
class Rank:
    """A place among people of one duty."""

    since: date
    place: int
    sharing: int  # how many others have the same day
    of: int  # everybody of that duty who has a day
    duty: str


def rank_of(membership: Membership) -> Rank | None:
    """The person's rank, by the organization's choice of day; one query. Relies on membership_list."""
    by = membership.organization.seniority_by
    since = membership.seniority_date(by)
    if since is None or membership.primary_duty is None or employee.is_ended(membership.status):
        return None
    ranked = (
        Membership.objects.filter(location=membership.location_id, primary_duty=membership.primary_duty_id)
        .exclude(status__in=sorted(employee.ENDED))
        .annotate(since=Coalesce(*(DAYS if by == "latest" else reversed(DAYS))))
        .filter(since__isnull=False)
    )
    found = ranked.aggregate(
        before=Count("pk", filter=Q(since__lt=since)),
        same=Count("pk", filter=Q(since=since)),
        every=Count("pk"),
    )
    return Rank(since, found["before"] + 1, found["same"] - 1, found["every"], membership.primary_duty.name)
