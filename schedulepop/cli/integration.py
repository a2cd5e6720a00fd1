"""`schedulepop integration …`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments, output
from schedulepop.cli.arguments import By, Json, OrgName
from schedulepop.cli.database import database
from schedulepop.cli.output import FAILED, USAGE, fail, out, print_json, print_table, refusals_shown, table
from schedulepop.cli.secrets import Secret, read, tell

if TYPE_CHECKING:
    from schedulepop.sync.models import Integration

app = typer.Typer(help="Integrations: the payroll systems of an organization.", no_args_is_help=True)


@app.command()
def add(
    org: str,
    name: str,
    connector: Annotated[str, typer.Option(help="Kind of payroll platform, for example file.")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="k=v; may be given several times.")
    ] = None,
    location: Annotated[
        str | None, typer.Option(help="Location code of everyone, if the feed has no such column.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="A mapping file (TOML).")] = None,
    secret: Secret = None,
    by: By = None,
) -> None:
    """Add an integration."""
    with database():
        from django.db import transaction

        from schedulepop.connectors import get
        from schedulepop.sync.integrations import lifecycle, mapping_files, secrets
        from schedulepop.sync.plan.policy import Mapping

        owner = arguments.organization(org, by)
        config, policy = _settings(setting or [])
        before = list(owner.feed_folders)
        values = read(secret or [], owner, by)
        with refusals_shown(), transaction.atomic():
            used = mapping_files.from_toml(arguments.text(mapping, owner, by)) if mapping else Mapping()
            if location:
                used = used.model_copy(update={"default_location": location})
            made = lifecycle.add(
                owner,
                name,
                connector=connector,
                config=config,
                policy=policy,
                mapping=used,
                actor=arguments.actor(by),
            )
            if values:
                secrets.store(made, values, actor=arguments.actor(by))
            allowed = [one for one in owner.feed_folders if one not in before]
        for place in allowed:
            out.print(f"{owner.name}'s files may be read from {place} from now on.", markup=False)
        if values:
            tell(made, values)
        following = f"drop {made} --make" if get(connector).dropped else f"test {made}"
        out.print(f"Added {made}. Next: schedulepop integration {following}", markup=False)


@app.command("test")
def test_(integration: OrgName, by: By = None) -> None:
    """Ask the source whether it can be read."""
    with database():
        from schedulepop.sync.integrations import lifecycle

        with refusals_shown():
            answer = lifecycle.test(arguments.integration(integration, by), actor=arguments.actor(by))
        if not answer.ok:
            raise fail(answer.sentence, FAILED)
        out.print(answer.sentence, markup=False)


@app.command()
def activate(integration: OrgName, by: By = None) -> None:
    """From now on it runs by itself every day."""
    with database():
        from zoneinfo import ZoneInfo

        from django.utils.timezone import now

        from schedulepop.sync.integrations import lifecycle, schedule

        found = arguments.integration(integration, by)
        with refusals_shown():
            lifecycle.activate(found, actor=arguments.actor(by))
        due = schedule.next_due(found, now())
        if due is None:
            out.print(f"{found} is active. It syncs when somebody uploads a file.", markup=False)
            return
        when = due.astimezone(ZoneInfo(found.organization.timezone)).strftime("%A %H:%M")
        out.print(f"{found} is active. Its next run: {when}, {found.organization.timezone}.", markup=False)


@app.command()
def pause(integration: OrgName, by: By = None) -> None:
    """No scheduled runs until it is activated again."""
    with database():
        from schedulepop.sync.integrations import lifecycle

        found = arguments.integration(integration, by)
        with refusals_shown():
            lifecycle.pause(found, actor=arguments.actor(by))
        out.print(f"{found} is paused.", markup=False)


@app.command()
def retire(integration: OrgName, by: By = None) -> None:
    """Ends an integration for good: the payroll was left for another. Its people stay as they are."""
    with database():
        from schedulepop.sync.integrations import retirement

        found = arguments.integration(integration, by)
        with refusals_shown():
            retirement.retire(found, actor=arguments.actor(by))
        out.print(f"{found} is retired. Nobody is removed by it any more.", markup=False)


@app.command("limits")
def limits_(
    integration: OrgName,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE, such as removals_location=3,3%; several times."),
    ] = None,
    as_json: Json = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agrees to pay=off, which removes all pay of payroll's for good.")
    ] = False,
    by: By = None,
) -> None:
    """The guard's numbers and the switches for pay and CMS codes; with --set they change."""
    with database():
        from schedulepop.sync.integrations import lifecycle, limits
        from schedulepop.sync.plan.policy import Policy
        from schedulepop.sync.run import feeds

        found = arguments.integration(integration, by)
        arguments.reading_all(found.organization, by, "its limits")
        if setting:
            pairs = [pair.partition("=") for pair in setting]
            if wrong := [name for name, equals, _ in pairs if not equals]:
                raise fail(f"Write a limit as NAME=VALUE, not {wrong[0]!r}.", USAGE)
            wanted = {name: value for name, _, value in pairs}
            agreed = yes or _agrees(found, wanted)
            with refusals_shown():
                lifecycle.set_policy(found, wanted, actor=arguments.actor(by), forget=agreed)
            found = arguments.integration(integration, by)
        policy, usual = feeds.policy_of(found), Policy()
        rows = [(name, limits.written(name, policy), limits.written(name, usual)) for name in limits.SETTINGS]
        if as_json:
            print_json({name: {"value": value, "default": default} for name, value, default in rows})
            return
        shown = table("Limit", "Now", "Default", "What it does")
        for name, value, default in rows:
            style = "bold" if value != default else None
            shown.add_row(
                name, value or "none", default or "none", limits.SETTINGS[name].sentence, style=style
            )
        print_table(shown)


def _agrees(integration: Integration, wanted: dict[str, str]) -> bool:
    """Asks before pay is forgotten; scripts pass --yes. Ends the command when nobody agrees."""
    from schedulepop.sync.integrations import forget_pay, lifecycle

    if not lifecycle.forgets_pay(integration, wanted):
        return False
    consequence = forget_pay.announced(integration)
    if not output.on_a_terminal():
        raise fail(f"{consequence} Nothing was changed. To agree to that, add --yes.", USAGE)
    out.print(consequence, markup=False, highlight=False)
    if not typer.confirm("Switch pay off?"):
        raise fail("Nothing was changed.")
    return True


def _settings(pairs: list[str]) -> tuple[dict[str, str], dict[str, object]]:
    """`--set k=v`: settings of the connector; `pay=on|off` is the integration's own switch."""
    config: dict[str, str] = {}
    policy: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise fail(f"Write a setting as k=v, not {pair!r}.", USAGE)
        if key == "pay":
            policy["pay"] = value.lower() in ("on", "true", "yes", "1")
        else:
            config[key] = value
    return config, policy
