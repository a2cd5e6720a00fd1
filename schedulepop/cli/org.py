"""`schedulepop org …`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import out, refusals_shown

app = typer.Typer(help="Organizations.", no_args_is_help=True)


class Seniority(StrEnum):
    """Which hire date ranks people."""

    ORIGINAL = "original"
    LATEST = "latest"


@app.callback()
def group() -> None:
    """Organizations."""


@app.command()
def add(
    name: str,
    timezone: Annotated[str, typer.Option(help="IANA name, for example America/Chicago.")],
    support_name: Annotated[str, typer.Option(help="Who a stuck reader asks.")] = "",
    support_email: str = "",
    support_phone: str = "",
    location: Annotated[
        list[str] | None, typer.Option(help="NAME=CODE,CODE…; may be given several times.")
    ] = None,
    admin_email: Annotated[str, typer.Option(help="Of the first HR admin, who is invited.")] = "",
    admin_first_name: str = "",
    admin_last_name: str = "",
    vendor: Annotated[bool, typer.Option("--vendor", help="The vendor's own organization.")] = False,
    by: By = None,
) -> None:
    """Add an organization, its locations, and its first HR admin: all of it, or nothing."""
    with database():
        from schedulepop.directory import actions

        support = {
            "support_name": support_name,
            "support_email": support_email,
            "support_phone": support_phone,
        }
        places = [one.partition("=") for one in location or ()]
        admin = actions.NewPerson(admin_first_name, admin_last_name, admin_email)
        actor = arguments.actor(by)
        with refusals_shown():
            if vendor:
                made = actions.add_organization(name, timezone, actor=actor, vendor=True, **support)
            else:
                new = actions.NewCustomer(
                    name,
                    timezone,
                    **support,
                    locations=tuple(
                        actions.NewLocation(called.strip(), tuple(filter(None, codes.split(","))))
                        for called, _, codes in places
                    ),
                    admin=admin if admin_email or admin_last_name else None,
                )
                made = actions.add_customer(new, actor=actor)
        out.print(f"Added {made.name} as {made.slug}.", markup=False)
        if admin_email and not vendor:
            out.print(f"A welcome email is on its way to {admin_email}.", markup=False)


@app.command("set")
def set_(
    org: str,
    name: str | None = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name.")] = None,
    seniority: Annotated[
        Seniority | None, typer.Option(help="Which hire date ranks people: original or latest.")
    ] = None,
    two_step: Annotated[
        bool | None,
        typer.Option(
            "--two-step/--no-two-step", help="Whether admins and Client Success sign in in two steps."
        ),
    ] = None,
    support_name: Annotated[str | None, typer.Option(help="Who a stuck reader asks.")] = None,
    support_email: str | None = None,
    support_phone: str | None = None,
    keep_feeds: Annotated[
        int | None, typer.Option(help="Days for which payroll files are kept, 60 to 730.")
    ] = None,
    keep_plans: Annotated[
        int | None, typer.Option(help="Days for which plans of runs are kept, 7 to 365.")
    ] = None,
    keep_history: Annotated[
        int | None, typer.Option(help="Years for which history and the audit trail are kept, 3 to 15.")
    ] = None,
    by: By = None,
) -> None:
    """Change settings of an organization; without options, show them."""
    with database():
        from schedulepop.directory import actions

        found = arguments.organization(org, by)
        given = {
            "name": name,
            "timezone": timezone,
            "seniority_by": seniority and seniority.value,
            "requires_second_factor": two_step,
            "support_name": support_name,
            "support_email": support_email,
            "support_phone": support_phone,
            "keep_feeds_days": keep_feeds,
            "keep_plans_days": keep_plans,
            "keep_history_years": keep_history,
        }
        changes = {field: value for field, value in given.items() if value is not None}
        if changes:
            with refusals_shown():
                found = actions.edit_organization(found, changes, actor=arguments.actor(by))
        for field in given:
            out.print(f"{field.replace('_by', '')}: {getattr(found, field)}", markup=False, highlight=False)


@app.command()
def feeds(
    org: str,
    folder: Annotated[
        str | None, typer.Option(help="A further folder its files may be read from; the operator says so.")
    ] = None,
    forbid: Annotated[str | None, typer.Option(help="A folder to take back.")] = None,
    by: By = None,
) -> None:
    """Where an organization's payroll files are read from: its own folder, and what the operator allowed besides."""
    with database():
        from schedulepop.sync.run import feed_folders

        found, actor = arguments.organization(org, by), arguments.actor(by)
        if by is not None:
            arguments.reading_all(found, by, "its folders")
        with refusals_shown():
            if folder is not None:
                feed_folders.allow(found, folder, actor=actor)
            if forbid is not None:
                feed_folders.forbid(found, forbid, actor=actor)
        found.refresh_from_db(fields=["feed_folders"])
        feed_folders.make(found)
        for place in feed_folders.places(found):
            out.print(str(place), markup=False, highlight=False)
