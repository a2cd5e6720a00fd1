"""`schedulepop users override …` and `users release …`: one value of one person held against payroll."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_rows, refusals_shown

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

        user, place = _person_at(username, location, by)
        with refusals_shown():
            door.set(user, place, field, value, reason=reason, until=day, actor=arguments.actor(by))
        out.print(
            f"{user.full_name}: {field} stays {value} until {until}, whatever payroll sends.", markup=False
        )


def release(username: Username, field: Field, location: Where = None, by: By = None) -> None:
    """Let payroll speak again about a value that an override or an undo holds."""
    with database():
        from schedulepop.sync.review import overrides as door

        user, place = _person_at(username, location, by)
        with refusals_shown():
            door.release(user, place, field, actor=arguments.actor(by))
        out.print(f"{user.full_name}: {field} comes from payroll again with the next sync.", markup=False)


def overrides(org: str, by: By = None) -> None:
    """What is held against payroll, and until when."""
    with database():
        from schedulepop.sync.review import overrides as door

        found = list(door.of_organization(arguments.actor(by), arguments.organization(org, by)))
        if not found:
            out.print("Nothing is held against payroll.")
            return
        rows = (
            (
                one.user.username,
                one.field,
                one.location.name if one.location else "",
                one.kind,
                str(one.until or ""),
                one.reason,
            )
            for one in found
        )
        print_rows(("Person", "Field", "Location", "Held by", "Until", "Reason"), rows)


def _person_at(username: str, location: str | None, by: str | None) -> tuple[User, Location | None]:
    """The person, and the location named, or the only one where payroll has them."""
    from schedulepop.directory.models import Location

    user = arguments.user(username, by)
    if location:
        return user, arguments.location(user.organization, location, by)
    places = list(Location.objects.filter(memberships__user=user, memberships__payroll_owned=True)[:2])
    return user, places[0] if len(places) == 1 else None
