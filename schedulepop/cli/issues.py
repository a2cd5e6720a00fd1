"""`schedulepop issues …`: what needs a person."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.session import database, out

app = typer.Typer(help="Issues: what needs a person.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Issues."""


@app.command("list")
def list_(org: str, as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
    """Open issues with cause, remedy and who can fix them."""
    with database():
        from schedulepop.sync.issue_codes import CODES
        from schedulepop.sync.models import Issue

        owner = naming.organization(org)
        found = Issue.objects.filter(organization=owner, resolved_at=None).order_by("code", "key")
        if as_json:
            print(json.dumps([
                {"code": i.code, "key": i.key, "count": i.count, "message": i.message, "fixer": CODES[i.code].fixer,
                 "first_seen": i.first_seen_at.isoformat(), "rows": i.rows}
                for i in found
            ], indent=2))  # fmt: skip
            return
        if not found:
            out.print("No open issues.")
        for issue in found:
            code = CODES[issue.code]
            out.print(Text(f"{code.title} ({issue.count})", style="bold"))
            out.print(Text(f"  {issue.message}"))
            out.print(Text(f"  {code.remedy} Who can: {code.fixer.replace('_', ' ')}.", style="dim"))
