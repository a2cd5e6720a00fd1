"""`schedulepop integration set | secrets`, `schedulepop keys`: credentials go in and never come out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments, output
from schedulepop.cli.arguments import By, Json, OrgName
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_json, print_rows, refusals_shown

if TYPE_CHECKING:
    from schedulepop.accounts.models import Organization
    from schedulepop.sync.models import Integration

keys = typer.Typer(help="The keys that seal secrets.", no_args_is_help=True)
Secret = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        help="NAME=- asks for it, or reads standard input; NAME=@FILE reads a file. Never NAME=VALUE.",
    ),
]
Expires = Annotated[
    datetime | None, typer.Option("--expires", formats=["%Y-%m-%d"], help="The day these secrets end.")
]


def set_(
    integration: OrgName,
    setting: Annotated[list[str] | None, typer.Option("--set", help="k=v; several times.")] = None,
    secret: Secret = None,
    expires: Expires = None,
    by: By = None,
) -> None:
    """Change settings, or store secrets. Changing where secrets are sent empties them."""
    with database():
        from schedulepop.sync.integrations import secrets

        found, given = arguments.integration(integration, by), _pairs(setting or [], "setting")
        if not given and not secret:
            raise fail("Say what to set: --set k=v, or --secret NAME=-.", USAGE)
        if given:
            with refusals_shown():
                emptied = secrets.change_config(found, found.config | given, actor=arguments.actor(by))
            out.print(f"Changed the settings of {found}.", markup=False)
            if emptied and not secret:
                out.print(
                    "Its secrets were emptied, for they would be sent elsewhere. Store them again with --secret."
                )
        if secret:
            store(found, secret, expires, by)


def secrets_(integration: OrgName, as_json: Json = False, by: By = None) -> None:
    """Which secrets are set, since when, and when they end. No values."""
    with database():
        from schedulepop.sync.integrations import secrets

        found = arguments.integration(integration, by)
        arguments.reading_all(found.organization, by, "its secrets")
        states = secrets.names(found)
        if as_json:
            print_json(
                {
                    one.name: {"set_at": one.set_at, "set_by": one.set_by, "expires_at": one.expires_at}
                    for one in states
                }
            )
            return
        if not states:
            out.print("This connector needs no secrets.")
            return
        print_rows(
            ("Secret", "Set", "By", "Ends"),
            [
                (f"{one.title} ({one.name})", _day(one.set_at) or "not set", one.set_by, _day(one.expires_at))
                for one in states
            ],
        )


def store(found: Integration, given: list[str], expires: datetime | None, by: str | None) -> None:
    """Stores what `--secret` names. Ends the command when one does not fit, or is in the command itself."""
    from schedulepop.sync.integrations import secrets

    actor = arguments.actor(by)
    with refusals_shown():
        secrets.require_may_store(found, actor)  # before anybody is asked for one
    values = read(given, found.organization, by)
    with refusals_shown():
        secrets.store(found, values, actor=actor, expires_at=ends(expires))
    tell(found, values)


def ends(day: datetime | None) -> datetime | None:
    """`--expires` as a moment."""
    return day.replace(tzinfo=UTC) if day else None


def tell(found: Integration, values: Iterable[str]) -> None:
    """Says what was stored, and what is still to come."""
    from schedulepop.sync.integrations import secrets

    out.print(f"Stored for {found}: {', '.join(sorted(values))}.", markup=False)
    if missing := [one.name for one in secrets.missing(found)]:
        out.print(f"Still missing: {', '.join(missing)}.", markup=False)


def read(given: list[str], owner: Organization, by: str | None) -> dict[str, str]:
    """The values that `--secret` names, from a prompt without echo, standard input, or files."""
    sources = _pairs(given, "secret")
    for name, source in sources.items():
        if source != "-" and not source.startswith("@"):
            raise fail(
                f"Every user of this machine can read a command while it runs, so no secret stands in it. Write "
                f"--secret {name}=- and type it, or --secret {name}=@FILE.",
                USAGE,
            )
    if not output.on_a_terminal() and list(sources.values()).count("-") > 1:
        raise fail("Only one secret can come from standard input. Give the others as NAME=@FILE.", USAGE)
    return {name: _value(name, source, owner, by) for name, source in sources.items()}


def _value(name: str, source: str, owner: Organization, by: str | None) -> str:
    if source.startswith("@"):
        return arguments.text(Path(source[1:]), owner, by)
    if not sys.stdin.isatty():
        return sys.stdin.read()
    return str(typer.prompt(name, hide_input=True, err=True))


@keys.command()
def new() -> None:
    """Print a new key, for SCHEDULEPOP_KEYS."""
    from cryptography.fernet import Fernet

    sys.stdout.write(Fernet.generate_key().decode() + "\n")


@keys.command()
def rotate(
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Older keys of the file go. Older backups' secrets no longer open."),
    ] = False,
) -> None:
    """Seal everything anew with the first key; where the keys are in a file, with a new one."""
    with database():
        from django.conf import settings
        from django.db import transaction

        from schedulepop.accounts import sealing, second_factor
        from schedulepop.sync.integrations import secrets

        if forget and settings.KEYS:
            raise fail("The keys are in SCHEDULEPOP_KEYS: remove the older ones there.", USAGE)
        if not settings.KEYS:
            sealing.write_file((sealing.new_key(), *sealing.keys()))
        with transaction.atomic():
            lost = secrets.reseal() + second_factor.reseal()
        if forget and not lost:
            sealing.write_file(sealing.keys()[:1])
        out.print(f"Everything is sealed with key {sealing.key_id()}.")
        if lost:
            raise fail(
                f"No key here opens {lost} of the sealed secrets; they stay as they are, and so do all keys. Add the "
                "key that is missing and rotate again, or have those credentials entered again."
            )


def _pairs(given: list[str], what: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if wrong := [name for name, equals, _ in pairs if not equals or not name]:
        raise fail(f"Write a {what} as NAME=…, not {wrong[0]!r}.", USAGE)
    return {name: value for name, _, value in pairs}


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
