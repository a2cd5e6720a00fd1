"""`schedulepop integration drop`: the address to which payroll's own job sends its file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json, OrgName
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_json, refusals_shown

if TYPE_CHECKING:
    from schedulepop.sync.models import Integration


def drop(
    integration: OrgName,
    make: Annotated[
        bool, typer.Option("--make", help="A new address, or a new token, which ends the old one.")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Nothing arrives there any more.")] = False,
    forget: Annotated[
        str | None, typer.Option("--forget", help="A file's name: its facility is no longer waited for.")
    ] = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """The drop address: whether there is one, and what arrived last. --make prints its token, once."""
    if make + revoke + (forget is not None) > 1:
        raise fail("Only one of --make, --revoke and --forget at a time.", USAGE)
    with database():
        from schedulepop.sync.integrations import drop_addresses

        found, actor = arguments.integration(integration, by), arguments.actor(by)
        with refusals_shown():
            if make:
                address, token = drop_addresses.make(found, actor=actor)
                sys.stdout.write(drop_addresses.command(address, token) + "\n")
                out.print("This is shown once. Hand it to whoever runs payroll's export.")
                return
            if revoke:
                drop_addresses.revoke(found, actor=actor)
                out.print(f"The drop address of {found} is revoked.", markup=False)
                return
            if forget is not None:
                drop_addresses.forget(found, forget, actor=actor)
                out.print(f"Files called like {forget} are no longer waited for.", markup=False)
                return
        arguments.reading_all(found.organization, by, "its drop address")
        _show(found, as_json)


def _show(found: Integration, as_json: bool) -> None:
    from schedulepop.sync.integrations import drop_addresses
    from schedulepop.sync.run import arrivals

    address, last = drop_addresses.of(found), arrivals.newest_of(found)
    live = drop_addresses.is_open(address)
    if as_json:
        print_json(
            {
                "address": drop_addresses.link(address) if address and live else None,
                "made_at": address.made_at if address and live else None,
                "made_by": address.made_by if address and live else None,
                "last": {"name": last.name, "at": last.at, "records": last.records} if last else None,
            }
        )
        return
    if address is None or not live:
        out.print(f"{found} has no drop address. Make one with --make.", markup=False)
    else:
        made = f"token of {address.made_at:%Y-%m-%d} by {address.made_by}"
        out.print(f"{drop_addresses.link(address)}, {made}.", markup=False, soft_wrap=True)
    if last is not None:
        counted = f"{last.records:,} records, {last.at:%Y-%m-%d %H:%M} UTC"
        out.print(f"Arrived last: {last.name}, {counted}.", markup=False)
