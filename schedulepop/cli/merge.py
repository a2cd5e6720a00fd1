"""`schedulepop users duplicates|merge|unmerge`: two accounts of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json
from schedulepop.cli.database import database
from schedulepop.cli.output import fail, out, print_json, print_rows, refusals_shown

if TYPE_CHECKING:
    from schedulepop.accounts.models import User


def duplicates(org: str, as_json: Json = False, by: By = None) -> None:
    """Pairs of users who may be one person, likeliest first, with the reasons."""
    with database():
        from schedulepop.sync.review.merge import duplicates as finder

        owner = arguments.organization(org, by)
        with refusals_shown():
            pairs = finder.find(owner, actor=arguments.actor(by))
        if as_json:
            print_json(
                [
                    {
                        "keep": pair.kept.username,
                        "merge": pair.merged.username,
                        "score": pair.score,
                        "why": pair.why,
                    }
                    for pair in pairs
                ],
                ascii_only=False,
            )
            return
        if not pairs:
            out.print("Nobody seems to be there twice.")
            return
        rows = ((_named(pair.kept), _named(pair.merged), str(pair.score), pair.why) for pair in pairs)
        print_rows(("Keep", "Merge", "Score", "Why"), rows)


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

        one, other, actor = arguments.user(kept, by), arguments.user(merged, by), arguments.actor(by)
        with refusals_shown():
            seen = merges.preview(one, other, actor=actor)
            if plan:
                if not seen.digest.startswith(plan) or len(plan) < 8:
                    raise fail(
                        "Something changed since the preview, or the hash is not whole. Look at the preview again."
                    )
                merges.merge(one, other, reason=reason, actor=actor, digest=seen.digest)
                out.print(f"{_named(other)} is merged into {_named(one)}.", markup=False)
                return
        out.print(f"{_named(one)} would go on, {_named(other)} would end. What moves:", markup=False)
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

        user = arguments.user(merged, by)
        done = merges.of_user(user).filter(merged=user).first()
        if done is None:
            raise fail(f"{user.username} is not merged into anybody.")
        with refusals_shown():
            result = merges.unmerge(done, actor=arguments.actor(by))
        out.print(f"{_named(user)} and {_named(done.kept)} are two users again.", markup=False)
        for line in result.conflicts:
            out.print(line, markup=False)


def _named(user: User) -> str:
    return f"{user.full_name} ({user.username})"
