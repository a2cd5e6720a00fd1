"""`schedulepop users …`: the User List for scripts."""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, LocationName
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, Format, fail, out, print_json, print_rows, refusals_shown
from schedulepop.lib.text import cell

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.accounts.models import Organization, User
    from schedulepop.accounts.sheets import Sheet

app = typer.Typer(help="The User List.", no_args_is_help=True)


second_factor = typer.Typer(help="Two-step sign-in.", no_args_is_help=True)
app.add_typer(second_factor, name="second-factor")


@second_factor.callback()
def second_factor_group() -> None:
    """Two-step sign-in."""


class Role(StrEnum):
    """What somebody added by hand may do."""

    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"
    CLIENT_SUCCESS = "client_success"


@app.callback()
def group() -> None:
    """The User List."""


@app.command("list")
def list_(
    org: str,
    location: LocationName = None,
    form: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.TABLE,
    by: Annotated[str | None, typer.Option(help="The user who reads: only what they may see.")] = None,
) -> None:
    """One line per membership, all statuses, alphabetical by last name."""
    with database():
        from schedulepop.accounts import audit

        owner, reader = arguments.organization(org, by), arguments.actor(by)
        rows = _rows(owner, location, reader)
        if form is not Format.TABLE:
            audit.record_visit(reader, owner, "exported", f"{form} of the User List")
        if form is Format.JSON:
            print_json(rows, ascii_only=False)
        elif form is Format.CSV:
            _csv(rows)
        else:
            _table(rows)


@app.command()
def add(
    org: str,
    last_name: Annotated[str, typer.Option()],
    first_name: Annotated[str, typer.Option(help="Left out for a name of one word.")] = "",
    email: Annotated[str, typer.Option()] = "",
    role: Annotated[Role, typer.Option(help="admin and client_success belong to no location.")] = Role.STAFF,
    location: Annotated[
        str | None, typer.Option(help="Name or payroll code; for staff and managers.")
    ] = None,
    works_for: Annotated[
        str | None, typer.Option(help="For client_success: the customer they look after.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why by hand; needed for staff and managers, kept in the audit trail.")
    ] = "",
    phone: Annotated[str, typer.Option()] = "",
    duty: Annotated[str, typer.Option(help="A duty of the location, by name.")] = "",
    zone: Annotated[str, typer.Option(help="A zone of the location, by name.")] = "",
    local: Annotated[
        bool,
        typer.Option(
            help="Agency or contractor: the sync never touches them. Not local: payroll will name them."
        ),
    ] = True,
    different_person: Annotated[
        bool, typer.Option("--different-person", help="Somebody else than the person who was named.")
    ] = False,
    by: By = None,
) -> None:
    """Add somebody who is not in payroll, and print the link that sets up their account."""
    with database():
        from django.db import transaction
        from django.utils.timezone import now

        from schedulepop.accounts import sheets
        from schedulepop.directory.actions import officers
        from schedulepop.directory.actions.newcomers import NewPerson
        from schedulepop.sync.whereis import add_user

        owner, actor = arguments.organization(org, by), arguments.actor(by)
        with refusals_shown():
            if role in (Role.ADMIN, Role.CLIENT_SUCCESS):
                user = officers.add_granted(
                    owner,
                    NewPerson(first_name, last_name, email, role=role.value),
                    actor=actor,
                    works_for=arguments.organization(works_for, by) if works_for else owner,
                )
            else:
                place = arguments.location(owner, location, by)
                if not reason.strip():
                    raise fail(f"{add_user.WHY} (--reason)", USAGE)
                who = NewPerson(
                    first_name,
                    last_name,
                    email=email,
                    phone=phone,
                    role=role.value,
                    duty=arguments.part(place.duties, duty),
                    zone=arguments.part(place.zones, zone),
                )
                user = add_user.add_by_hand(
                    place,
                    who,
                    reason=reason,
                    actor=actor,
                    local=local,
                    different_person=different_person,
                    welcome=False,
                ).user
            with transaction.atomic():
                made = sheets.make(user, now())
        out.print(f"Added {user.full_name} as {user.username}. Set-up link, for 7 days:", markup=False)
        _print(made)


@app.command("add-here")
def add_here(
    org: str,
    username: str,
    location: Annotated[str, typer.Option(help="A location's name or payroll code.")],
    duty: Annotated[str, typer.Option(help="A duty of the location, by name.")] = "",
    zone: Annotated[str, typer.Option(help="A zone of the location, by name.")] = "",
    by: By = None,
) -> None:
    """Add an existing user at one more location; no second account is made."""
    with database():
        from schedulepop.directory import access, actions

        owner, actor = arguments.organization(org, by), arguments.actor(by)
        place = arguments.location(owner, location, by)
        user = access.users(actor, owner).filter(username=username.lower()).first()
        if user is None:
            raise fail(f"{owner.name} has no user {username!r} whom you look after.")
        with refusals_shown():
            actions.add_membership(
                user,
                place,
                duty=arguments.part(place.duties, duty),
                zone=arguments.part(place.zones, zone),
                actor=actor,
            )
        out.print(
            f"{user.full_name} is on the list of {place.name} now, with the same account.", markup=False
        )


@app.command()
def link(org: str, username: str, by: By = None) -> None:
    """Print what is on a sheet: a link and a code that set up somebody's account or lead to a new password.

    To hand over; every older link is over.
    """
    with database():
        from schedulepop.directory import actions

        with refusals_shown():
            user, actor = account_of(org, username, by), arguments.actor(by)
            printed = actions.print_sheet(user, actor=actor)
        out.print(f"For {user.full_name} ({user.username}), once and for 7 days:", markup=False)
        _print(printed)


@second_factor.command()
def reset(org: str, username: str, by: By = None) -> None:
    """Take away an authenticator app that somebody lost: their password alone signs them in, and they are told."""
    with database():
        from schedulepop.directory import actions

        with refusals_shown():
            user = account_of(org, username, by)
            actions.reset_second_factor(user, actor=arguments.actor(by))
        out.print(
            f"{user.full_name} signs in with the password alone until they set it up again.", markup=False
        )


def _print(sheet: Sheet) -> None:
    from schedulepop.accounts import sheets

    out.print(sheet.link, markup=False, highlight=False)
    said = f"Or at {sheets.page()} with the username {sheet.user.username} and the code {sheet.code}"
    out.print(said, markup=False, highlight=False)


def account_of(org: str, username: str, by: str | None) -> User:
    """A user whom one may read there; who runs its syncs, vendor staff too. Ends the command when there is none."""
    from django.db.models import Q

    from schedulepop.accounts.models import User
    from schedulepop.directory import access

    owner, reader = arguments.organization(org, by), arguments.actor(by)
    found = Q(pk__in=access.users(reader, owner).values("pk"))
    if reader.runs_syncs(owner):
        found |= Q(grants__organization=owner, grants__ended_at=None)
    user = User.objects.filter(found, username=username.lower()).first()
    if user is None:
        raise fail(f"{owner.name} has no user {username!r}.")
    return user


def _rows(owner: Organization, location: str | None, reader: Actor) -> list[dict[str, Any]]:
    """SPEC §9's object per membership, in two queries however many people there are."""
    from django.db.models import Prefetch, Q

    from schedulepop.directory import access
    from schedulepop.directory.models import MembershipDuty, MembershipZone
    from schedulepop.lib.text import fold_code

    found = (
        access.memberships(reader, owner)
        .select_related("user", "location", "primary_duty", "primary_zone")
        .prefetch_related(
            Prefetch("duties", MembershipDuty.objects.select_related("duty").order_by("duty__name")),
            Prefetch("zones", MembershipZone.objects.select_related("zone").order_by("zone__name")),
        )
        .order_by("user__sort_name", "user_id", "location__name")
    )
    if location:
        found = found.filter(
            Q(location__name__iexact=location) | Q(location__codes__code=fold_code(location))
        ).distinct()
    return [
        {
            "username": m.user.username,
            "first_name": m.user.first_name,
            "last_name": m.user.last_name,
            "email": m.user.email or None,
            "phone": m.user.phone or None,
            "location": m.location.name,
            "status": m.status,
            "primary_duty": m.primary_duty.name if m.primary_duty else None,
            "primary_zone": m.primary_zone.name if m.primary_zone else None,
            "duties": [d.duty.name for d in m.duties.all()],
            "zones": [z.zone.name for z in m.zones.all()],
            "employee_number": m.employee_number or None,
            "hire_date": m.hire_date.isoformat() if m.hire_date else None,
        }
        for m in found
    ]


def _csv(rows: list[dict[str, Any]]) -> None:
    """Cells that a spreadsheet would run as a formula are written as text."""
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> str:
    return cell("; ".join(value) if isinstance(value, list) else str(value if value is not None else ""))


def _table(rows: list[dict[str, Any]]) -> None:
    names = ("location", "status", "primary_duty", "primary_zone", "email", "phone")
    cells = (
        [", ".join(filter(None, (row["last_name"], row["first_name"]))), *(row[name] or "" for name in names)]
        for row in rows
    )
    print_rows(("Name", "Location", "Status", "Duty", "Zone", "Email", "Phone"), cells)
    out.print(f"{len(rows)} memberships", style="dim")
