"""`schedulepop users override …` and `users release …`: one value of one person held against payroll."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.integration import By
from schedulepop.cli.session import USAGE, database, fail, out, print_table

if TYPE_CHECKING:
    from schedulepop.accounts.models import User
    from schedulepop.directory.models import Location

Username = Annotated[str, typer.Argument(metavar="USERNAME")]
Field = Annotated[str, typer.Argument(metavar="FIELD", help="As in mappings: phone, duty, status, …")]
Where = Annotated[
    str | None, typer.Option("--location", help="Name or payroll code; needed where they work at several.")
]


def override(
    username: Username,
    field: Field,
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    reason: Annotated[str, typer.Option(help="Why; shown wherever the value is.")],
    until: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The day on which payroll speaks again.")],
    location: Where = None,
    by: By = None,
) -> None:
    """Hold one value of one person against payroll, for a reason and until a day."""
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise fail(f"Write the day like 2026-11-17, not {until!r}.", USAGE) from None
    with database():
        from schedulepop.sync.review import overrides as door

        user, place = _whom(username, location)
        with naming.said_plainly():
            door.set(user, place, field, value, reason=reason, until=day, actor=naming.actor(by))
        out.print(
            f"{user.full_name}: {field} stays {value} until {until}, whatever payroll sends.", markup=False
        )


def release(username: Username, field: Field, location: Where = None, by: By = None) -> None:
    """Let payroll speak again about a value that an override or an undo holds."""
    with database():
        from schedulepop.sync.review import overrides as door

        user, place = _whom(username, location)
        with naming.said_plainly():
            door.release(user, place, field, actor=naming.actor(by))
        out.print(f"{user.full_name}: {field} comes from payroll again with the next sync.", markup=False)


def overrides(org: str, by: By = None) -> None:
    """What is held against payroll, and until when."""
    with database():
        from schedulepop.sync.review import overrides as door

        table = Table(box=None, padding=(0, 2))
        for title in ("Person", "Field", "Location", "Held by", "Until", "Reason"):
            table.add_column(title)
        kept = list(door.of_organization(naming.actor(by), naming.organization(org)))
        for keep in kept:
            cells = (
                keep.user.username,
                keep.field,
                keep.location.name if keep.location else "",
                keep.kind,
                str(keep.until or ""),
                keep.reason,
            )
            table.add_row(*(Text(cell) for cell in cells))
        if kept:
            print_table(table)
        else:
            out.print("Nothing is held against payroll.")


def _whom(username: str, location: str | None) -> tuple[User, Location | None]:
    """The person, and the location named, or the only one where payroll has them."""
    from schedulepop.accounts.models import User
    from schedulepop.directory.models import Location

    user = User.objects.select_related("organization").filter(username=username.lower()).first()
    if user is None:
        raise fail(f"There is no user {username!r}.")
    if location:
        return user, naming.location(user.organization, location)
    places = list(Location.objects.filter(memberships__user=user, memberships__payroll_owned=True)[:2])
    return user, places[0] if len(places) == 1 else None
