"""Duties with their CMS codes, as a page or a list shows them: how many people, what could fit, what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from schedulepop import cms, employee
from schedulepop.directory.models import Duty, Location, Membership


@dataclass(frozen=True, slots=True)
class Line:
    """One duty of a location."""

    duty: Duty
    location: Location
    people: int  # whose primary duty it is and who have not left
    code: cms.LaborCode | None
    candidates: tuple[cms.LaborCode, ...]  # what a duty of this name may be; nothing is chosen by itself


def lines(locations: Iterable[Location], *, codes: bool = True) -> list[Line]:
    """Every duty of these locations, by location and name. `codes`: the organization's switch. Two queries."""
    places = {one.pk: one for one in locations}
    working = Membership.objects.filter(location__in=places).exclude(status__in=sorted(employee.ENDED))
    people = dict(working.order_by().values_list("primary_duty").annotate(Count("pk")))
    found = Duty.objects.filter(location__in=places, merged_into=None).order_by("location__name", "name")
    return [
        Line(
            duty=duty,
            location=places[duty.location_id],
            people=people.get(duty.pk, 0),
            code=cms.CODES.get(duty.cms_code or 0) if codes else None,
            candidates=cms.candidates(duty.name) if codes and duty.cms_code is None else (),
        )
        for duty in found
    ]


def without_code(locations: Iterable[Location]) -> dict[int, int]:
    """Each of these locations that has duties → how many of them have no CMS code. One query."""
    found = Duty.objects.filter(location__in=[one.pk for one in locations], merged_into=None).order_by()
    bare = Count("pk", filter=~Q(cms_code__in=list(cms.CODES)) | Q(cms_code=None))
    return dict(found.values("location").annotate(bare=bare).values_list("location", "bare"))
