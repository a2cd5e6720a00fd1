"""`schedulepop org list | assign | hand-over`: how customers are, and who of Client Success looks after which."""

from __future__ import annotations

from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json
from schedulepop.cli.database import database
from schedulepop.cli.output import fail, out, print_json, print_rows, refusals_shown


def list_(json_: Json = False, by: By = None) -> None:
    """How customers are, by what needs attention: one's own, of a lead or the operator all."""
    with database():
        from django.utils.timezone import now

        from schedulepop.sync.review import customers

        found = customers.of_actor(arguments.actor(by), now())
        rows = [
            {
                "organization": one.slug,
                "name": one.name,
                "needs": list(one.signs),
                "read": one.ran.isoformat(timespec="minutes") if one.ran else None,
                "waiting": one.waiting,
                "looked_after_by": [person.name for person in one.looked_after_by],
            }
            for one in found
        ]
        if json_:
            print_json(rows, ascii_only=False)
            return
        cells = (
            [
                str(row["organization"]),
                ", ".join(one.signs).replace("_", " ") or "fresh",
                str(row["read"] or ""),
                str(row["waiting"]),
                ", ".join(person.name for person in one.looked_after_by),
            ]
            for row, one in zip(rows, found, strict=True)
        )
        print_rows(("Organization", "Needs", "Payroll read", "Waiting", "Looked after by"), cells)


def assign(org: str, username: str, by: By = None) -> None:
    """Let a colleague look after a customer too; by a Client Success lead or the operator."""
    with database():
        from schedulepop.accounts.models import Organization
        from schedulepop.directory import actions

        actor = arguments.actor(by)
        with refusals_shown():
            actions.require_lead(actor)
            owner = Organization.objects.filter(slug=org, vendor=False).first()
            if owner is None:
                raise fail(f"There is no organization {org!r}.")
            colleague = arguments.colleague(username, by)
            new = actions.assign(colleague, [owner], actor=actor)
        said = "looks after" if new else "looked after"
        out.print(f"{colleague.full_name} {said} {owner.name}{'' if new else ' already'}.", markup=False)


def hand_over(
    giver: Annotated[str, typer.Argument(metavar="FROM", help="Username of who gives.")],
    taker: Annotated[str, typer.Argument(metavar="TO", help="Username of who takes over.")],
    org: Annotated[list[str] | None, typer.Option(help="Only these; may be given several times.")] = None,
    by: By = None,
) -> None:
    """Hand all of a colleague's customers to another one, or only some; by a Client Success lead or the operator."""
    with database():
        from schedulepop.accounts.models import Organization
        from schedulepop.directory import actions

        actor = arguments.actor(by)
        with refusals_shown():
            actions.require_lead(actor)
            some = list(Organization.objects.filter(slug__in=org)) if org else None
            if org and some is not None and (unknown := sorted({*org} - {one.slug for one in some})):
                raise fail(f"There is no organization {unknown[0]!r}.")
            one, other = arguments.colleague(giver, by), arguments.colleague(taker, by)
            done = actions.hand_over(one, other, some, actor=actor)
        names = ", ".join(organization.name for organization in done)
        out.print(f"{other.full_name} took over from {one.full_name}: {names}.", markup=False)
