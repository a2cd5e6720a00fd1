"""`schedulepop users …`: the User List for scripts."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.session import database, out

app = typer.Typer(help="The User List.", no_args_is_help=True)


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


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
    location: Annotated[str | None, typer.Option(help="A location's name or payroll code.")] = None,
    form: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.TABLE,
) -> None:
    """One line per membership, all statuses, alphabetical by last name."""
    with database():
        rows = _rows(org, location)
        if form is Format.JSON:
            print(json.dumps(rows, indent=2, ensure_ascii=False))
        elif form is Format.CSV:
            _csv(rows)
        else:
            _table(rows)


@app.command()
def add(
    org: str,
    first_name: Annotated[str, typer.Option()],
    last_name: Annotated[str, typer.Option()],
    email: Annotated[str, typer.Option()] = "",
    role: Annotated[Role, typer.Option(help="admin and client_success belong to no location.")] = Role.STAFF,
    location: Annotated[
        str | None, typer.Option(help="Name or payroll code; for staff and managers.")
    ] = None,
    works_for: Annotated[
        str | None, typer.Option(help="For client_success: the customer they look after.")
    ] = None,
    local: Annotated[
        bool, typer.Option("--local", help="Agency or contractor: the sync never touches them.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="The user who does this.")] = None,
) -> None:
    """Add somebody by hand, and print the link that sets up their account."""
    with database():
        from django.utils.timezone import now

        from schedulepop.accounts import invitations
        from schedulepop.accounts.models import Invitation
        from schedulepop.directory import actions
        from schedulepop.directory.actions import officers

        owner, actor = naming.organization(org), naming.actor(by)
        with naming.said_plainly():
            if role in (Role.ADMIN, Role.CLIENT_SUCCESS):
                user = officers.add_granted(
                    owner, first_name=first_name, last_name=last_name, email=email, role=role.value, actor=actor,
                    works_for=naming.organization(works_for) if works_for else owner,
                )  # fmt: skip
            else:
                user = actions.add_user(
                    naming.location(owner, location), first_name=first_name, last_name=last_name, email=email,
                    role=role.value, local=local, actor=actor, welcome=False,
                ).user  # fmt: skip
            token = invitations.create(user, Invitation.SET_UP, now())
        out.print(f"Added {user.full_name} as {user.username}. Set-up link, for 7 days:", markup=False)
        out.print(invitations.link(token), markup=False, highlight=False)


def _rows(org: str, location: str | None) -> list[dict[str, Any]]:
    """SPEC §9's object per membership, in two queries however many people there are."""
    from django.db.models import Prefetch, Q

    from schedulepop.directory.models import Membership, MembershipDuty, MembershipZone
    from schedulepop.lib.text import fold_code

    found = (
        Membership.objects.filter(organization=naming.organization(org))
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
            "username": m.user.username, "first_name": m.user.first_name, "last_name": m.user.last_name,
            "email": m.user.email or None, "phone": m.user.phone or None, "location": m.location.name,
            "status": m.status, "primary_duty": m.primary_duty.name if m.primary_duty else None,
            "primary_zone": m.primary_zone.name if m.primary_zone else None,
            "duties": [d.duty.name for d in m.duties.all()], "zones": [z.zone.name for z in m.zones.all()],
            "employee_number": m.employee_number or None,
            "hire_date": m.hire_date.isoformat() if m.hire_date else None,
        }
        for m in found
    ]  # fmt: skip


def _csv(rows: list[dict[str, Any]]) -> None:
    """Cells that a spreadsheet would run as a formula are written as text."""
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> str:
    text = "; ".join(value) if isinstance(value, list) else str(value if value is not None else "")
    return f"'{text}" if text[:1] in "=+-@\t\r＝＋－＠" and not text[1:].isdigit() else text


def _table(rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, padding=(0, 2))
    for title in ("Name", "Location", "Status", "Duty", "Zone", "Email", "Phone"):
        table.add_column(title)
    for row in rows:
        cells = (f"{row['last_name']}, {row['first_name']}", row["location"], row["status"], row["primary_duty"],
                 row["primary_zone"], row["email"], row["phone"])  # fmt: skip
        table.add_row(*(Text(cell or "") for cell in cells))
    out.print(table)
    out.print(f"{len(rows)} memberships", style="dim")
