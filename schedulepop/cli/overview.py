"""`schedulepop --help` and `--version`, without loading what a command needs: a shell asks for them all the time.

The sentences stand here a second time; a test holds them beside the commands' own.
"""

from __future__ import annotations

import typer

PURPOSE = "Keeps the User List equal to payroll."
VERSION = "Print the version."
COMMANDS = {
    "try": "Read any payroll export and say what a first sync would create.",
    "demo": "Build Maple Health, run its first sync and the next morning's, and serve it.",
    "up": "Database if embedded, migrations, web and worker, until Ctrl-C.",
    "migrate": "Bring the database's schema up to date.",
    "web": "Serve the pages.",
    "worker": "Run syncs: what is requested, what is due every day, and what a killed worker left.",
    "doctor": "Check the database, its roles, the schema, the mail and the syncs.",
    "status": "How the installation is: workers, queues, runs, integrations, mail, over all organizations.",
    "backup": "Write everything in the database into one file, as of one moment.",
    "restore": "Put a backup in the place of this database: all of it, or nothing has changed.",
    "whereis": "Say where a person is, or why they do not appear.",
    "org": "Organizations.",
    "location": "Locations.",
    "integration": "Integrations: the payroll systems of an organization.",
    "mail": "Email: what waits, the switch that stops it, every letter.",
    "keys": "The keys that seal secrets.",
    "sync": "Syncs: preview, run, look, decide.",
    "users": "The User List.",
    "issues": "Issues: what needs a person.",
    "duties": "Duties and their CMS labor codes.",
    "cms": "Payroll-Based Journal of CMS.",
    "connector": "Payroll platforms and ways a file comes.",
}
"""Every command and noun in the order of the help, with its sentence."""


def empty_app() -> typer.Typer:
    """The console script without its commands."""
    app = typer.Typer(
        name="schedulepop",
        help=PURPOSE,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_everywhere)
    return app


def show_help() -> None:
    """Prints what `--help` prints, and ends."""
    app = empty_app()
    for name, sentence in COMMANDS.items():
        app.command(name, help=sentence)(_nothing)
    app(["--help"], prog_name="schedulepop")


def show_version() -> None:
    """Prints `schedulepop 0.1.0`."""
    from importlib.metadata import version as installed

    print(f"schedulepop {installed('schedulepop')}")


def _print_version(wanted: bool) -> None:
    if wanted:
        show_version()
        raise typer.Exit


def _everywhere(
    version: bool = typer.Option(False, "--version", help=VERSION, callback=_print_version, is_eager=True),
) -> None:
    """What every command begins with."""


def _nothing() -> None:
    """Stands for a command in the help."""
