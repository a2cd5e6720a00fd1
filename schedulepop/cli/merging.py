"""`schedulepop users duplicates|merge|unmerge`: two accounts of one person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.session import database, fail, out, print_table

if TYPE_CHECKING:
    from schedulepop.accounts.models import User

By = Annotated[str | None, typer.Option(help="The user who does this.")]


def duplicates(
    org: str, as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False, by: By = None
) -> None:
    """Pairs of users who may be one person, likeliest first, with the reasons."""
    with database():
        from schedulepop.sync.review.merge import duplicates as finder

        owner = naming.organization(org)
        with naming.said_plainly():
            pairs = finder.find(owner, actor=naming.actor(by))
        if as_json:
            print(
                json.dumps(
                    [
                        {
                            "keep": pair.kept.username,
                            "merge": pair.merged.username,
                            "score": pair.score,
                            "why": pair.why,
                        }
                        for pair in pairs
                    ],
                    indent=2,
                    ensure_ascii=False,
                )
            )
            return
        table = Table(box=None, padding=(0, 2))
        for title in ("Keep", "Merge", "Score", "Why"):
            table.add_column(title)
        for pair in pairs:
            table.add_row(
                *(
                    Text(cell)
                    for cell in (_called(pair.kept), _called(pair.merged), str(pair.score), pair.why)
                )
            )
        if pairs:
            print_table(table)
        else:
            out.print("Nobody seems to be there twice.")


def merge(
    kept: Annotated[str, typer.Argument(help="Username of the one to go on.")],
    merged: Annotated[str, typer.Argument(help="Username of the one to end.")],
    reason: Annotated[str, typer.Option(help="Why they are one person.")] = "",
    plan: Annotated[
        str, typer.Option("--plan", help="The hash of the preview; without it nothing is changed.")
    ] = "",
    by: By = None,
) -> None:
    """Make two users of one person one: first a preview, then with --plan HASH and --reason."""
    with database():
        from schedulepop.sync.review.merge import merge as merges

        one, other, actor = _user(kept), _user(merged), naming.actor(by)
        with naming.said_plainly():
            seen = merges.preview(one, other, actor=actor)
            if plan:
                if not seen.digest.startswith(plan) or len(plan) < 8:
                    raise fail(
                        "Something changed since the preview, or the hash is not whole. Look at the preview again."
                    )
                merges.merge(one, other, reason=reason, actor=actor, digest=seen.digest)
                out.print(f"{_called(other)} is merged into {_called(one)}.", markup=False)
                return
        out.print(f"{_called(one)} would go on, {_called(other)} would end. What moves:", markup=False)
        for line in seen.moves or ("nothing but the history",):
            out.print(f"  {line}", markup=False, highlight=False)
        for line in seen.look:
            out.print(line, markup=False, highlight=False)
        out.print(f"Nothing is changed yet. To merge: --reason … --plan {seen.digest[:12]}", markup=False)


def unmerge(
    merged: Annotated[str, typer.Argument(help="Username of the one that ended.")], by: By = None
) -> None:
    """Take a merge back: two users again, as they were."""
    with database():
        from schedulepop.sync.review.merge import merge as merges

        user = _user(merged)
        done = merges.of_user(user).filter(merged=user).first()
        if done is None:
            raise fail(f"{user.username} is not merged into anybody.")
        with naming.said_plainly():
            result = merges.unmerge(done, actor=naming.actor(by))
        out.print(f"{_called(user)} and {_called(done.kept)} are two users again.", markup=False)
        for line in result.conflicts:
            out.print(line, markup=False)


def _user(name: str) -> User:
    from schedulepop.accounts.models import User

    found = User.objects.select_related("organization").filter(username=name.lower()).first()
    if found is None:
        raise fail(f"There is no user {name!r}.")
    return found


def _called(user: User) -> str:
    return f"{user.full_name} ({user.username})"
