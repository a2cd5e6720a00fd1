"""The User List and a profile, as this actor may see them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access, account_state
from schedulepop.directory.models import Duty, Location, Membership, MembershipDuty, MembershipZone, Zone
from schedulepop.employee import Status
from schedulepop.lib import numbers
from schedulepop.lib.text import clean, fold

STATUS_GROUPS: dict[str, tuple[str, frozenset[str]]] = {
    "employed": ("Everyone", frozenset(Status) - employee.ENDED),
    "active": ("Active", frozenset({Status.ACTIVE})),
    "upcoming": ("Starting soon", frozenset({Status.UPCOMING})),
    "away": (
        "On leave",
        frozenset({Status.LEAVE, Status.FMLA, Status.FURLOUGH, Status.QUARANTINE, Status.SUSPENDED}),
    ),
    "ended": ("Left", employee.ENDED),
    "all": ("All", frozenset(Status)),
}
"""The list's filters by status: name in the address, label, statuses. `Everyone` is whoever is employed."""


@dataclass(frozen=True)
class Filters:
    """What a User List is narrowed to. Values that make no sense narrow to nothing, never to everybody."""

    locations: Iterable[Location] | None = None  # None: all that the actor looks after
    status: str = "all"  # a name of STATUS_GROUPS, or one employment status
    role: str = ""  # staff, manager
    duty: str = ""  # by name: the same duty at several locations
    zone: str = ""
    search: str = ""  # name, phone, email, employee number or username
    by_seniority: bool = False  # the longest there first, instead of by name
    set_up: str = ""  # one of account_state.FILTERS


@dataclass(frozen=True)
class DutyLine:
    """One duty of a membership. Pay is None unless the reader may see it."""

    duty: Duty
    primary: bool
    by_payroll: bool
    by_manager: bool
    pay_rate: int | None = None  # ten-thousandths of the currency unit
    pay_unit: str = ""
    pay_currency: str = ""


@dataclass(frozen=True)
class ZoneLine:
    """One zone of a membership."""

    zone: Zone
    primary: bool
    by_payroll: bool
    by_manager: bool


@dataclass(frozen=True)
class Place:
    """One membership on a profile."""

    membership: Membership
    duties: list[DutyLine]  # the primary one first, then by name
    zones: list[ZoneLine]
    managed: bool  # by the reader: may edit here
    shows_pay: bool


@dataclass(frozen=True)
class Profile:
    """One person, as one reader may see them."""

    user: User
    places: list[Place] = field(default_factory=list)  # the primary location first


def user_list(
    actor: Actor, organization: Organization, filters: Filters | None = None
) -> QuerySet[Membership]:
    """The memberships of a User List, alphabetical by last name or by seniority, with user, location, primary duty
    and zone.

    One query, however long; count it with `.count()`. Relies on membership_list and user_by_name; that the users'
    organization is named beside the rows' own lets the database read either side once.
    """
    asked = filters or Filters()
    found = _narrowed(_of_locations(actor, organization, asked), asked).filter(
        user__organization=organization
    )
    rows = found.select_related("user", "location", "primary_duty", "primary_zone")
    by_name = ("user__sort_name", "user_id", "location_id")
    if not asked.by_seniority:
        return rows.order_by(*by_name)
    days = ("hire_date", "original_hire_date")
    since = Coalesce(*(days if organization.seniority_by == "latest" else reversed(days)))
    return rows.order_by(since.asc(nulls_last=True), *by_name)


def part_of(rows: QuerySet[Membership], first: int, last: int, total: int) -> list[int]:
    """The ids of a part of a User List, in its order, counted from the end that is nearer.

    Nothing else is read of the rows before it; `of_ids` reads the part.
    """
    ids = rows.values_list("pk", flat=True)
    if first + last <= total:
        return list(ids[first:last])
    return list(ids.reverse()[max(total - last, 0) : max(total - first, 0)])[::-1]


def of_ids(ids: list[int]) -> QuerySet[Membership]:
    """The rows that `part_of` found, in no order, with what `user_list` has."""
    return Membership.objects.filter(pk__in=ids).select_related(
        "user", "location", "primary_duty", "primary_zone"
    )


def with_extras(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """Adds every duty and zone of each row, in two more queries for the whole list; never pay."""
    pay = ("pay_rate", "pay_unit", "pay_currency")
    return rows.prefetch_related(
        Prefetch("duties", MembershipDuty.objects.select_related("duty").defer(*pay)),
        Prefetch("zones", MembershipZone.objects.select_related("zone")),
    )


def status_counts(actor: Actor, organization: Organization, filters: Filters | None = None) -> dict[str, int]:
    """How many each status filter would show, the other filters being as they are."""
    asked = filters or Filters()
    every = replace(asked, status="all")
    rows = _narrowed(_of_locations(actor, organization, every), every)
    by_status = dict(rows.values_list("status").annotate(people=Count("pk")).order_by())
    return {
        name: sum(by_status.get(status, 0) for status in statuses)
        for name, (_, statuses) in STATUS_GROUPS.items()
    }


def not_set_up(actor: Actor, organization: Organization, filters: Filters) -> int:
    """How many people of this list may sign in and have not set up their account."""
    wanted = replace(filters, set_up=filters.set_up or account_state.NOT_DONE)
    if wanted.set_up == account_state.AccountState.DONE:
        return 0
    rows = _narrowed(_of_locations(actor, organization, wanted), wanted).filter(
        user__organization=organization
    )
    return rows.order_by().values("user_id").distinct().count()


def duty_names(
    actor: Actor, organization: Organization, locations: Iterable[Location] | None = None
) -> list[str]:
    """Duties to filter by, once per name."""
    return _names(Duty.objects.all(), actor, organization, locations)


def zone_names(
    actor: Actor, organization: Organization, locations: Iterable[Location] | None = None
) -> list[str]:
    """Zones to filter by, once per name."""
    return _names(Zone.objects.all(), actor, organization, locations)


def profile(actor: Actor, organization: Organization, user_id: int) -> Profile | None:
    """One person with the memberships this actor may read; None (404) when there is nothing they may see."""
    user = access.users(actor, organization).filter(pk=user_id).select_related("organization").first()
    if user is None:
        return None
    managed = set(access.managed_locations(actor, organization).values_list("pk", flat=True))
    paid = set(access.pay_locations(actor, organization).values_list("pk", flat=True))
    memberships = (
        access.memberships(actor, organization)
        .filter(user=user)
        .select_related("user", "organization", "location", "primary_duty", "primary_zone")
        .prefetch_related(
            Prefetch("duties", MembershipDuty.objects.select_related("duty")),
            Prefetch("zones", MembershipZone.objects.select_related("zone")),
        )
        .order_by("-is_primary", "location__name")
    )
    return Profile(
        user, [_place(row, row.location_id in managed, row.location_id in paid) for row in memberships]
    )


def _place(membership: Membership, managed: bool, shows_pay: bool) -> Place:
    duties = [
        DutyLine(
            duty=row.duty,
            primary=row.duty_id == membership.primary_duty_id,
            by_payroll=row.by_payroll,
            by_manager=row.by_manager,
            pay_rate=row.pay_rate if shows_pay else None,
            pay_unit=row.pay_unit if shows_pay else "",
            pay_currency=row.pay_currency if shows_pay else "",
        )
        for row in membership.duties.all()
    ]
    zones = [
        ZoneLine(row.zone, row.zone_id == membership.primary_zone_id, row.by_payroll, row.by_manager)
        for row in membership.zones.all()
    ]
    duties.sort(key=lambda line: (not line.primary, fold(line.duty.name)))
    zones.sort(key=lambda line: (not line.primary, fold(line.zone.name)))
    return Place(membership, duties, zones, managed, shows_pay)


def _of_locations(actor: Actor, organization: Organization, filters: Filters) -> QuerySet[Membership]:
    """Of everybody where that is meant: of a hundred locations named the database expects few rows, and walks each."""
    rows = Membership.objects.filter(organization=organization)
    if filters.locations is None and actor.runs_syncs(organization):
        return rows
    managed = access.managed_locations(actor, organization)
    if filters.locations is not None:
        managed = managed.filter(pk__in=[location.pk for location in filters.locations])
    return rows.filter(location__in=managed.values("pk"))


def _narrowed(rows: QuerySet[Membership], filters: Filters) -> QuerySet[Membership]:
    if filters.status != "all":
        _, statuses = STATUS_GROUPS.get(filters.status, ("", frozenset({filters.status})))
        rows = rows.filter(status__in=sorted(statuses))
    if filters.role:
        rows = rows.filter(role=filters.role)
    if filters.duty:
        named = MembershipDuty.objects.filter(membership=OuterRef("pk"), duty__name=filters.duty)
        rows = rows.filter(Exists(named))
    if filters.zone:
        within = MembershipZone.objects.filter(membership=OuterRef("pk"), zone__name=filters.zone)
        rows = rows.filter(Exists(within))
    rows = account_state.narrowed(rows, filters.set_up, now())
    return _found(rows, clean(filters.search.replace("\x00", " ")))


def _found(rows: QuerySet[Membership], search: str) -> QuerySet[Membership]:
    """Every word has to be somewhere; a phone number may be typed with any spaces and signs in it.

    A number finds whoever has it as employee number or payroll ID, however it is written (`lib.numbers`).
    """
    digits = re.sub(r"\D", "", search)
    if len(digits) >= 4 and not re.search(r"[^\d\s()+./-]", search):
        number = Q(employee_number__istartswith=search.replace(" ", ""))
        return rows.filter(Q(user__phone__contains=digits) | number | _written(search))
    matches = Q()
    for word in search.split()[:8]:
        plain = fold(word)
        of_word = (
            Q(user__email__icontains=word)
            | Q(user__username__startswith=word.lower())
            | Q(employee_number__istartswith=word)
        )
        if plain:
            of_word |= Q(user__sort_name__contains=plain)
        matches &= of_word
    return rows.filter(matches | _written(search)) if search else rows


def _written(search: str) -> Q:
    """The number typed, written otherwise; nothing when it is none."""
    pattern = numbers.loose_pattern(search)
    if pattern is None:
        return Q()
    linked = User.objects.filter(links__source_id__iregex=pattern, links__retired_at=None)
    return Q(employee_number__iregex=pattern) | Q(user__in=linked.values("pk"))


def _names(
    named: QuerySet[Duty] | QuerySet[Zone],
    actor: Actor,
    organization: Organization,
    locations: Iterable[Location] | None,
) -> list[str]:
    managed = access.managed_locations(actor, organization)
    if locations is not None:
        managed = managed.filter(pk__in=[location.pk for location in locations])
    names = (
        named.filter(location__in=managed.values("pk"), merged_into=None)
        .order_by()
        .values_list("name", flat=True)
    )
    return sorted(set(names), key=fold)
