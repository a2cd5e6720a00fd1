"""`schedulepop demo`: Maple Health from nothing to the next morning, served."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer
from rich.text import Text

from schedulepop import postgres
from schedulepop.cli.database import database, migrate_url
from schedulepop.cli.output import FAILED, err, fail, out, print_table, table

ELSEWHERE = "Nothing was built. Set another SCHEDULEPOP_HOME for the demo, and nothing else."


def demo(
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the pages, or exit when done.")
    ] = True,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8000,
) -> None:
    """Build Maple Health, run its first sync and the next morning's, and serve it."""
    os.environ["SCHEDULEPOP_DEMO"] = "1"
    os.environ["SCHEDULEPOP_BASE_URL"] = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    if os.environ.get("DATABASE_URL"):
        raise fail("A demo has a database of its own. Unset DATABASE_URL, and start it again.")
    with database():
        with postgres.turns(migrate_url(), postgres.Turn.DEMO, _say_building) as session:
            session.change()
            _build_once(started)
        _print_sign_ins(port, serve=serve)
        if serve:
            from schedulepop.cli import servers

            servers.run_all("127.0.0.1", port, embedded=True)


def _build_once(started: float) -> None:
    from schedulepop.accounts.demo import why_not
    from schedulepop.cli.demo import build

    if why := why_not():
        raise fail(f"{why} {ELSEWHERE}")
    if build.exists():
        out.print(f"Maple Health is there already ({time.perf_counter() - started:.1f} s).")
    elif build.begun():
        raise fail(
            f"The demo was begun and not finished. Remove its data and start again: rm -r {postgres.state_home()}"
        )
    else:
        _build()
        out.print(f"Done in {time.perf_counter() - started:.1f} s.", style="dim")


def _say_building() -> None:
    err.print("Another command is building the demo here. Waiting until it is done.", style="dim")


def _build() -> None:
    from schedulepop.cli.demo import build

    for sentence in build.steps():
        out.print(f"  {sentence}", markup=False, highlight=False)
    if not build.exists():
        raise fail("The demo could not be built. See the message above.", FAILED)


def _print_sign_ins(port: int, *, serve: bool) -> None:
    """Who can sign in as what; in the demo it takes one click on the sign-in page."""
    from schedulepop.cli.demo.build import sign_ins

    shown = table(
        "Name", "Role", "Sees", title="Sign in as (one click on the sign-in page)", title_justify="left"
    )
    for row in sign_ins():
        shown.add_row(*map(Text, row))
    out.print()
    print_table(shown)
    if serve:
        out.print(f"\n  Pages   http://127.0.0.1:{port}/")
        out.print(f"  Letters http://127.0.0.1:{port}/dev/mail/")
        out.print("  Stop with Ctrl-C.\n", style="dim")
