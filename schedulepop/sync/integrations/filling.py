"""Which integrations fill a location: those whose people work there, and one whose mapping puts everybody there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from schedulepop import employee
from schedulepop.directory.models import Location, Membership
from schedulepop.lib.text import fold_code
from schedulepop.sync.models import Integration, IntegrationState, Link


def of(location: Location) -> list[Integration]:
    """By name, without those that are retired."""
    own = Integration.objects.filter(organization=location.organization_id).exclude(
        state=IntegrationState.RETIRED
    )
    here = Membership.objects.filter(location=location, payroll_owned=True)
    people = here.exclude(status__in=sorted(employee.ENDED)).values("user")
    linked = Exists(Link.objects.filter(integration=OuterRef("pk"), user__in=people))
    codes = set(location.codes.values_list("code", flat=True))
    return [
        one
        for one in own.annotate(filled=linked).order_by("name", "pk")
        if one.filled or fold_code(one.mapping.get("default_location") or "") in codes
    ]
