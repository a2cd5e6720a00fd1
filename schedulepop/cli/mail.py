"""`schedulepop mail …`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_rows, refusals_shown
from schedulepop.lib.text import visible

if TYPE_CHECKING:
    from schedulepop.accounts.models import Organization

app = typer.Typer(help="Email: what waits, the switch that stops it, every letter.", no_args_is_help=True)
Everybody = Annotated[bool, typer.Option("--all", help="The whole installation.")]
OneOrg = Annotated[str | None, typer.Argument(metavar="[ORG]")]


@app.callback()
def group() -> None:
    """Email: what waits, the switch that stops it, every letter."""


@app.command()
def stop(
    reason: Annotated[str, typer.Option(help="Why; shown to whoever waits for a letter.")],
    org: OneOrg = None,
    everybody: Everybody = False,
    by: By = None,
) -> None:
    """Stop all email of an organization, or with --all of everybody. What becomes due waits in its order."""
    with database():
        from schedulepop.directory import actions

        found = _whose(org, everybody, by)
        with refusals_shown():
            actions.stop_mail(found, reason, actor=arguments.actor(by))
        out.print(f"The email of {_named(found)} is stopped.", markup=False)


@app.command()
def start(org: OneOrg = None, everybody: Everybody = False, by: By = None) -> None:
    """Switch email on again. What waited goes out, but for what is too old to help."""
    with database():
        from schedulepop.directory import actions

        found = _whose(org, everybody, by)
        with refusals_shown():
            actions.start_mail(found, actor=arguments.actor(by))
        out.print(f"The email of {_named(found)} is on again; a worker sends what waits.", markup=False)


@app.command()
def waiting(org: OneOrg = None, by: By = None) -> None:
    """What is stopped, by whom and why, and how many letters of each kind wait; without ORG of all one looks after."""
    with database():
        from django.db.models import Count, Min
        from django.utils.timezone import now

        from schedulepop.messages import outbox, stops
        from schedulepop.wording import mail as wording

        seen = list(arguments.actor(by).organizations() if org is None else [arguments.organization(org, by)])
        for one in seen:
            arguments.reading_all(one, by, "its email")
        for found in stops.in_force(seen):
            out.print(
                f"Stopped: the email of {_named(found.organization)}, since {found.at:%Y-%m-%d %H:%M} UTC, by "
                f"{found.by}: {found.reason}",
                markup=False,
                highlight=False,
            )
        rows = (
            outbox.due(now())
            .filter(organization__in=seen)
            .values_list("organization__slug", "kind")
            .annotate(count=Count("pk"), oldest=Min("created_at"))
            .order_by("organization__slug", "oldest")
        )
        print_rows(
            ("Organization", "Letter", "Waiting", "Since"),
            [(slug, wording.title(kind), f"{n:,}", f"{at:%Y-%m-%d %H:%M} UTC") for slug, kind, n, at in rows],
        )


@app.command()
def preview(
    letter: Annotated[
        str | None, typer.Argument(help="Which letter; without it, all kinds are listed.")
    ] = None,
    org: Annotated[str | None, typer.Option(help="Whose: its name and support contact are in it.")] = None,
    html: Annotated[bool, typer.Option("--html", help="The HTML instead of the text.")] = False,
    dark: Annotated[bool, typer.Option("--dark", help="The HTML as at night.")] = False,
    by: By = None,
) -> None:
    """Print a letter as somebody invented would get it; nothing is sent. With --html into a file, for a browser."""
    with database():
        from django.utils.timezone import now

        from schedulepop.messages import letters, previews
        from schedulepop.wording import mail as wording

        if letter is None:
            print_rows(("Letter", "Is"), [(one, wording.title(one)) for one in letters.KINDS])
            return
        if letter not in letters.KINDS:
            raise fail(f"There is no letter {letter!r}. There are: {', '.join(letters.KINDS)}.", USAGE)
        whose = previews.invented_organization() if org is None else arguments.organization(org, by)
        shown = previews.preview(letter, whose, now())
        if html or dark:
            print(visible(previews.html_of(shown, "dark" if dark else None)))
        else:
            out.print(f"Subject: {shown.subject}\n\n{shown.body}", markup=False, highlight=False)


def _whose(org: str | None, everybody: bool, by: str | None) -> Organization | None:
    if (org is None) == (not everybody):
        raise fail("Name an organization, or say --all.", USAGE)
    return None if org is None else arguments.organization(org, by)


def _named(organization: Organization | None) -> str:
    return "everybody" if organization is None else organization.name
