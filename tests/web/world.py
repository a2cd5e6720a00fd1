"""A small customer as it stands on a Tuesday morning: two locations, a night's sync behind it, some questions open.

For view tests and journeys; `maple()` writes straight into the tables, like `made`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory.models import Location, Membership, MembershipDuty, MembershipZone
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change, Integration, Issue, Link, Run
from tests import made
from tests.saying import because

FIRST = (
    *("Delia", "Luis", "Ines", "Thuy-Linh", "Ferris", "Corinne", "Odalys", "Wendell", "Rosalind"),
    *("Bashir", "Noor", "Emeka", "Saskia", "Aurelio", "Joanna", "Petra", "Amara", "Tobias"),
    *("Marguerite", "Ximena"),
)
LAST = (
    "Abernathy",
    "Quintanar",
    "Calloway",
    "Dang",
    "Eastman",
    "Haddad",
    "Ibarra",
    "Oakes",
    "Tuke",
    "Zaman",
    "Castellane",
    "Aldous",
    "Drummond",
    "Finch",
    "Prewitt",
    "Lindqvist",
    "Nwosu-Bell",
    "Wrenley",
    "Özdemir",
    "O’Brien",
)


@dataclass
class World:
    """Everything a test wants to name."""

    organization: Organization
    grove: Location
    hill: Location
    admin: User
    client_success: User
    manager: User  # of Maple Grove
    manager_of_both: User
    manager_elsewhere: User  # of Oak Hill
    staff: User
    ines: User  # at Maple Grove, from payroll, with an extra duty and two extra zones
    both: User  # works at both locations
    integration: Integration
    run: Run

    def person(self, role: str) -> User:
        """The person of that role."""
        found: User = getattr(self, role)
        return found


def maple(people: int = 60, *, synced: bool = True) -> World:
    """Maple Health with `people` more staff at Maple Grove; not `synced`: before the first sync."""
    org = made.organization(timezone="America/Chicago")
    grove, hill = made.location(org, "Maple Grove", "MG"), made.location(org, "Oak Hill", "OH")
    duties = [
        made.duty(grove, name, cms_code=code)
        for name, code in (("RN", 7), ("LPN", 9), ("CNA", 10), ("Med Aide", 12), ("Dietary Aide", None))
    ]
    zones = [made.zone(grove, name) for name in ("Memory Care", "East Wing", "West Wing")]
    hill_duty, hill_zone = made.duty(hill, "CNA", cms_code=10), made.zone(hill, "North Hall")
    world = World(
        organization=org,
        grove=grove,
        hill=hill,
        admin=made.admin(org, "Renata Okoye", password=made.PASSWORD),
        client_success=made.client_success(org, "Jonah Pell", password=made.PASSWORD),
        manager=made.manager(grove, "Marisol Tate", password=made.PASSWORD),
        manager_of_both=made.manager(grove, "Gwendolyn Marsh", password=made.PASSWORD),
        manager_elsewhere=made.manager(hill, "Henrik Sand", password=made.PASSWORD),
        staff=made.person(
            grove,
            "Cora Lund",
            password=made.PASSWORD,
            duty=duties[2],
            zone=zones[1],
            membership_more={"payroll_owned": True},
        ),
        ines=made.person(
            grove,
            "Ines Calloway",
            duty=duties[0],
            zone=zones[0],
            hire_date=date(2019, 3, 4),
            email="i.calloway@maplehealth.example",
            phone="+15155550178",
            password=made.PASSWORD,
            membership_more={
                "payroll_owned": True,
                "employee_number": "004131",
                "notes": "Prefers to learn Memory Care on days first.",
            },
        ),
        both=made.person(
            grove,
            "Delphine Arsenault",
            duty=duties[2],
            zone=zones[1],
            membership_more={"payroll_owned": True, "employee_number": "004127"},
        ),
        integration=Integration.objects.create(
            organization=org, name="Payroll export", slug="payroll", connector="file"
        ),
        run=Run(),
    )
    made.membership(world.manager_of_both, hill, role=Membership.MANAGER)
    made.membership(
        world.both, hill, duty=hill_duty, zone=hill_zone, payroll_owned=True, employee_number="004127"
    )
    made.person(
        hill,
        "Agnes Hillman",
        duty=hill_duty,
        zone=hill_zone,
        email="agnes@elsewhere.example",
        membership_more={"payroll_owned": True, "employee_number": "009001"},
    )
    ines = world.ines.memberships.get()
    MembershipDuty.objects.create(membership=ines, location=grove, duty=duties[3], by_manager=True)
    for zone in zones[1:]:
        MembershipZone.objects.create(membership=ines, location=grove, zone=zone, by_manager=True)
    if synced:
        _fill(world, people, duties, zones)
        _night(world)
    return world


def _fill(world: World, people: int, duties: list[Any], zones: list[Any]) -> None:
    """More people, some of them starting, on leave, leaving or gone."""
    names = itertools.islice(itertools.product(FIRST, reversed(LAST)), people)
    for number, (first, last) in enumerate(names):
        more: dict[str, Any] = {"payroll_owned": True, "employee_number": f"{4200 + number:06d}"}
        status, hired = "active", date(2014 + number % 12, 1 + number % 12, 1 + number % 27)
        if number % 19 == 3:
            status, hired = "upcoming", (now() + timedelta(days=2 + number % 20)).date()
            more |= {"changed_what": "Added", "changed_at": now() - timedelta(days=3)}
        elif number % 23 == 5:
            status = "fmla"
            more |= {"changed_what": "Status from payroll", "changed_at": _last_night(world)}
        elif number % 29 == 7:
            status = "resigned"
        elif number % 31 == 9:
            more["ends_on"] = (now() + timedelta(days=13)).date()
        elif number % 11 == 0:
            more |= {"changed_what": "Phone from payroll", "changed_at": _last_night(world)}
        made.person(
            world.grove,
            f"{first} {last}",
            duty=duties[number % 5],
            zone=zones[number % 3],
            status=status,
            hire_date=hired,
            email=f"{first}.{last}@maplehealth.example".lower(),
            membership_more=more,
        )


def _last_night(world: World) -> datetime:
    return now() - timedelta(hours=3)


def _night(world: World) -> None:
    """Last night's run with its changes, an earlier local edit, a welcome email, two open issues."""
    org, integration, at = world.organization, world.integration, _last_night(world)
    Integration.objects.filter(pk=integration.pk).update(
        state="active", last_success_at=at, last_source_time=at
    )
    integration.refresh_from_db()
    everybody = list(Membership.objects.filter(organization=org, payroll_owned=True).select_related("user"))
    Link.objects.bulk_create(
        {
            one.user_id: Link(
                organization=org, integration=integration, source_id=f"S{one.user_id}", user=one.user
            )
            for one in everybody
        }.values()
    )
    world.run = Run.objects.create(
        organization=org,
        integration=integration,
        number=412,
        trigger="schedule",
        state="applied",
        local_date=at.astimezone(ZoneInfo(org.timezone)).date(),
        requested_by="schedule",
        requested_at=at,
        started_at=at,
        finished_at=at,
        counts={"read": len(everybody), "updated": 2, "created": 1},
    )
    starting = next((one for one in everybody if one.status == "upcoming"), everybody[0])
    _change(world, starting, "create", [("duty", None, "LPN"), ("zone", None, "West Wing")])
    _change(
        world,
        world.ines.memberships.get(),
        "update",
        [("phone", "+15155550187", "+15155550178")],
        why="local_edit",
        params={"editor": "Marisol Tate", "on": str((at - timedelta(days=1)).date())},
    )
    _change(world, everybody[5], "update", [("zone", "East Wing", "Memory Care")])
    AuditEntry.objects.create(
        organization=org,
        at=at - timedelta(days=1),
        actor=world.manager,
        by=world.manager.full_name,
        door="web",
        verb="edited",
        subject="user",
        subject_id=world.ines.pk,
        user=world.ines,
        changes=[{"field": "phone", "old": "+15155550178", "new": "+15155550187"}],
    )
    Message.objects.create(
        organization=org,
        user=world.ines,
        kind="welcome",
        state="accepted",
        address=world.ines.email,
        sent_at=at - timedelta(days=5),
    )
    Message.objects.create(
        organization=org,
        user=starting.user,
        kind="welcome",
        state="failed",
        address=starting.user.email,
        error="The mail server refused the address (550).",
    )
    for place, whose, name in (
        (world.grove, world.both, "Delphine Arsenault"),
        (world.hill, None, "Somebody at Oak Hill"),
    ):
        because_of = because("waits", name=name, source_id="9", code="needs_contact")
        _issue(world, "needs_contact", place, whose, because_of)
    _issue(world, "unmapped_zone", world.grove, None, [because("unmapped_zone")[0] | {"value": "MC-2"}])


def _change(
    world: World,
    of: Membership,
    verb: str,
    fields: list[tuple[str, str | None, str]],
    why: str = "",
    params: dict[str, str] | None = None,
) -> None:
    Change.objects.create(
        organization=world.organization,
        run=world.run,
        user=of.user,
        membership_id=of.pk,
        location_id=of.location_id,
        source_id=f"S{of.user_id}",
        verb=verb,
        fields=[
            {"field": field, "old": old, "new": new, "why": why, "params": params}
            for field, old, new in fields
        ],
    )


def _issue(
    world: World, code: str, location: Location, user: User | None, reasons: list[dict[str, Any]]
) -> None:
    Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        location=location,
        user=user,
        code=code,
        key=f"{code}-{location.pk}",
        reasons=reasons,
    )
