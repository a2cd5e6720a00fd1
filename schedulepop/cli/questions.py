"""`schedulepop sync questions`, `sync answer` and `integration crosswalk`: who a payroll record is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import arguments, at_once
from schedulepop.cli.arguments import By, Json, OrgName
from schedulepop.cli.database import database
from schedulepop.cli.output import FAILED, USAGE, err, fail, out, print_json, refusals_shown

if TYPE_CHECKING:
    from schedulepop.accounts.models import User
    from schedulepop.sync.models import Integration
    from schedulepop.sync.review.questions.questions import Question

SHOWN = 200
Kind = Annotated[str, typer.Argument(metavar="same|different|add-here|transfer")]


def questions(
    where: Annotated[str, typer.Argument(metavar="ORG[/NAME]")],
    as_json: Json = False,
    by: By = None,
) -> None:
    """Records that wait until somebody says who they are, with whom they may be and why."""
    with database():
        from schedulepop.sync.review.questions import answers

        found = arguments.integration(where, by) if "/" in where else arguments.organization(where, by)
        actor = arguments.actor(by)
        asked = answers.open_questions(found, actor, answered=True)
        if as_json:
            print_json([_plain(one) for one in asked])
            return
        if not asked:
            out.print("No open questions.")
        for one in asked[:SHOWN]:
            _print(one)
        if len(asked) > SHOWN:
            out.print(f"… and {len(asked) - SHOWN} more: --json names them all.")


def answer(
    integration: OrgName,
    source_id: str,
    kind: Kind,
    user: Annotated[str | None, typer.Option(help="Username of the person it is.")] = None,
    reason: Annotated[str, typer.Option(help="Kept in the audit trail.")] = "",
    by: By = None,
) -> None:
    """Say who a record is. A sync of this person acts on it at once."""
    word = kind.replace("-", "_")
    if word not in ("same", "different", "add_here", "transfer"):
        raise fail(f"An answer is same, different, add-here or transfer, not {kind!r}.", USAGE)
    with database():
        from schedulepop.sync.review.questions import answers
        from schedulepop.sync.run import at_once_requests as requests

        found, actor = arguments.integration(integration, by), arguments.actor(by)
        asked = answers.question(found, source_id, actor)
        whom = _chosen_user(found, asked, user, word)
        with refusals_shown():
            answers.answer(found, source_id, kind=word, user=whom, actor=actor, reason=reason)
            run = requests.request(found, [source_id], actor=actor)
        if run is None:
            out.print(f"Answered. The next sync of {found} acts on it.", markup=False)
            return
        out.print("Answered.")
        at_once.follow(run)


def crosswalk(
    integration: OrgName,
    file: Annotated[Path, typer.Argument()],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")] = False,
    by: By = None,
) -> None:
    """Take over new payroll IDs from a file with the columns old_id and new_id. All rows or none."""
    with database():
        from schedulepop.sync.review.questions import crosswalk as door

        found, actor = arguments.integration(integration, by), arguments.actor(by)
        content = arguments.file_content(file, found.organization, by)
        with refusals_shown():
            checked = door.check(found, content, actor=actor)
        for wrong in checked.wrong:
            err.print(Text(str(wrong)))
        if checked.wrong:
            raise fail(f"{len(checked.wrong)} values are wrong, so nothing was done.", FAILED)
        for one in checked.pairings:
            if dry_run and one.changes:
                out.print(Text(f"  {one.row.old_id} → {one.row.new_id}  {one.user.full_name}"))
        if dry_run:
            out.print(f"{sum(one.changes for one in checked.pairings)} IDs would change. Nothing was done.")
            return
        with refusals_shown():
            done = door.take(found, content, actor=actor)
        out.print(f"{done} IDs are answered. The next sync of {found} links them.", markup=False)


def _chosen_user(
    integration: Integration, asked: Question | None, username: str | None, kind: str
) -> User | None:
    """The person named, else the only one suggested."""
    from schedulepop.accounts.models import User

    if username is not None:
        found = User.objects.filter(organization=integration.organization, username=username.lower()).first()
        if found is None:
            raise fail(f"There is no user {username!r} in {integration.organization.name}.")
        return found
    if asked is None or kind == "different" or len(asked.suggested) != 1:
        return None
    return asked.suggested[0].user


def _plain(asked: Question) -> dict[str, Any]:
    return {
        "integration": str(asked.integration),
        "payroll_id": asked.source_id,
        "row": asked.row,
        "code": asked.code,
        "name": asked.name,
        "location": asked.location.name if asked.location else None,
        "hire_date": asked.hire_date.isoformat() if asked.hire_date else None,
        "suggestions": [
            {
                "username": one.user.username if one.visible else None,
                "name": one.user.full_name if one.visible else None,
                "locations": [m.location.name for m in one.live] if one.visible else [],
                "payroll_ids": list(one.ids),
                "score": one.score,
                "why": one.why,
                "answers": [kind.replace("_", "-") for kind in one.kinds],
            }
            for one in asked.suggested
        ],
        "answer": asked.answer.kind.replace("_", "-") if asked.answer else None,
    }


def _print(asked: Question) -> None:
    from schedulepop.wording import issues as issue_words

    place = f", {asked.location.name}" if asked.location else ""
    out.print(
        Text(
            f"{asked.name} (payroll ID {asked.source_id}{place}): {issue_words.title(asked.code)}",
            style="bold",
        )
    )
    for one in asked.suggested:
        who = f"{one.user.full_name} ({one.user.username})" if one.visible else "somebody at another location"
        kinds = f": {', '.join(kind.replace('_', '-') for kind in one.kinds)}" if one.kinds else ""
        out.print(Text(f"  {one.score:3}  {who}: {one.why}{kinds}"))
    if asked.answer is not None:
        out.print(Text(f"  Answered by {asked.answer.by}; the next sync acts on it.", style="dim"))
