"""Every command in one place; each noun has its own file."""

from __future__ import annotations

import typer

from schedulepop.cli import (
    backup,
    cms,
    demo,
    doctor,
    duties,
    integration,
    issues,
    location,
    merge,
    org,
    overrides,
    questions,
    replay,
    servers,
    sync,
    try_file,
    undo,
    users,
    whereis,
)

app = typer.Typer(
    name="schedulepop",
    help="Keeps the User List equal to payroll.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("try")(try_file.try_)
app.command("demo")(demo.demo)
app.command("up")(servers.up)
app.command("migrate")(servers.migrate)
app.command("web")(servers.web)
app.command("worker")(servers.worker)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(org.app, name="org")
app.add_typer(location.app, name="location")
integration.app.command("crosswalk")(questions.crosswalk)
app.add_typer(integration.app, name="integration")
sync.app.command("questions")(questions.questions)
sync.app.command("answer")(questions.answer)
app.add_typer(sync.app, name="sync")
users.app.command("duplicates")(merge.duplicates)
users.app.command("merge")(merge.merge)
users.app.command("unmerge")(merge.unmerge)
app.add_typer(users.app, name="users")
app.add_typer(issues.app, name="issues")
app.add_typer(duties.app, name="duties")
app.add_typer(cms.app, name="cms")
for command in (overrides.override, overrides.release, overrides.overrides):
    users.app.command()(command)
app.command("whereis")(whereis.whereis)
sync.app.command()(undo.undo)
sync.app.command()(replay.replay)


def run() -> None:
    """Runs the command line."""
    app()
