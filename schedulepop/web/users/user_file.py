"""The User List as rows of a file: what the page shows of each person and what a profile adds; pay only where the
reader may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now

from schedulepop.directory import access, account_state, reads
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.web.shell.visit import Visit
from schedulepop.web.templatetags.words import money
from schedulepop.web.users.words import SET_UP

TITLES = (
    *("Last name", "First name", "Username", "Status", "Location", "Role", "Primary duty", "Primary zone"),
    *(
        "Further duties",
        "Further zones",
        "Employee number",
        "Email",
        "Phone",
        "Hired",
        "Originally hired",
        "Account",
    ),
)
PAY_TITLES = ("Pay rate", "Pay unit", "Pay currency")
_AT_ONCE = 1_000


def titles(visit: Visit) -> tuple[str, ...]:
    """The columns; pay's only for who may see some."""
    return (*TITLES, *PAY_TITLES) if _pay_locations(visit) else TITLES


def rows(visit: Visit, filters: reads.Filters) -> Iterator[list[str]]:
    """One row per membership, in the order of the page, a thousand in memory at once."""
    found = reads.user_list(visit.actor, visit.organization, filters)
    pay = _pay_locations(visit)
    listed = account_state.with_set_up(_with_pay(found) if pay else reads.with_extras(found), now())
    for one in listed.iterator(chunk_size=_AT_ONCE):
        yield [*_row(one), *(_pay(one, shown=one.location_id in pay) if pay else ())]


def _pay_locations(visit: Visit) -> set[int]:
    locations = access.pay_locations(visit.actor, visit.organization)
    return set(locations.values_list("pk", flat=True)) & {one.pk for one in visit.scope}


def _with_pay(found: QuerySet[Membership]) -> QuerySet[Membership]:
    duties = Prefetch("duties", MembershipDuty.objects.select_related("duty"))
    return reads.with_extras(found).prefetch_related(None).prefetch_related(duties, "zones__zone")


def _row(one: Membership) -> list[str]:
    duties = sorted(part.duty.name for part in one.duties.all() if part.duty_id != one.primary_duty_id)
    zones = sorted(part.zone.name for part in one.zones.all() if part.zone_id != one.primary_zone_id)
    return [
        one.user.last_name,
        one.user.first_name,
        one.user.username,
        one.status_label,
        one.location.name,
        one.get_role_display(),
        one.primary_duty.name if one.primary_duty else "",
        one.primary_zone.name if one.primary_zone else "",
        "; ".join(duties),
        "; ".join(zones),
        one.employee_number,
        one.user.email,
        one.user.phone,
        _day(one.hire_date),
        _day(one.original_hire_date),
        SET_UP[getattr(one, "set_up", "")],
    ]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _pay(one: Membership, *, shown: bool) -> list[str]:
    """Rate, unit and currency of the primary duty; blank where this reader may not see them."""
    part = next((part for part in one.duties.all() if part.duty_id == one.primary_duty_id), None)
    if not shown or part is None or part.pay_rate is None:
        return ["", "", ""]
    amount = money(part.pay_rate, "").strip().replace(",", "")
    return [amount, part.pay_unit.replace("_", " "), part.pay_currency]
