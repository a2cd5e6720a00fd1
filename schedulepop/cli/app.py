"""Every command in one place; each noun has its own file."""

from __future__ import annotations

import sys

from schedulepop.cli import (
    backup,
    cms,
    connector,
    customers,
    deferrals,
    demo,
    doctor,
    drop,
    duties,
    grants,
    integration,
    issues,
    location,
    mail,
    merge,
    org,
    output,
    overrides,
    overview,
    person_data,
    questions,
    replay,
    secrets,
    servers,
    status,
    sync,
    trouble,
    try_file,
    undo,
    users,
    whereis,
)

app = overview.empty_app()
app.command("try")(try_file.try_)
app.command("demo")(demo.demo)
app.command("up")(servers.up)
app.command("migrate")(servers.migrate)
app.command("web")(servers.web)
app.command("worker")(servers.worker)
app.command("doctor")(doctor.doctor)
app.command("status")(status.status)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
org.app.command("list")(customers.list_)
org.app.command("assign")(customers.assign)
org.app.command("hand-over")(customers.hand_over)
app.add_typer(org.app, name="org")
app.add_typer(location.app, name="location")
integration.app.command("crosswalk")(questions.crosswalk)
integration.app.command("set")(secrets.set_)
integration.app.command("secrets")(secrets.secrets_)
integration.app.command("drop")(drop.drop)
app.add_typer(integration.app, name="integration")
app.add_typer(mail.app, name="mail")
app.add_typer(secrets.keys, name="keys")
sync.app.command("questions")(questions.questions)
sync.app.command("answer")(questions.answer)
app.add_typer(sync.app, name="sync")
users.app.command("duplicates")(merge.duplicates)
users.app.command("merge")(merge.merge)
users.app.command("unmerge")(merge.unmerge)
users.app.command("erase")(person_data.erase)
users.app.command("export")(person_data.export)
users.app.command("grant")(grants.grant)
users.app.command("revoke")(grants.revoke)
app.add_typer(users.app, name="users")
app.add_typer(issues.app, name="issues")
app.add_typer(duties.app, name="duties")
app.add_typer(cms.app, name="cms")
app.add_typer(connector.app, name="connector")
for command in (overrides.override, overrides.release, overrides.overrides):
    users.app.command()(command)
app.command("whereis")(whereis.whereis)
sync.app.command()(undo.undo)
sync.app.command()(replay.replay)
sync.app.command()(deferrals.defer)
sync.app.command("deferrals")(deferrals.deferrals)


def run() -> None:
    """Runs the command line. A database that is away and a full disk are one sentence and exit 1 in every command."""
    sys.excepthook = output.show_broken
    try:
        app()
    except Exception as error:
        if (sentence := trouble.sentence(error)) is None:
            raise
        raise SystemExit(output.fail(sentence).exit_code) from None
