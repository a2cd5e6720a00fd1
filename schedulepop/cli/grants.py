"""`schedulepop users grant` and `users revoke`: rights over an organization, of people who have an account."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import fail, out, refusals_shown


class Granted(StrEnum):
    """What belongs to no location and can be granted."""

    ADMIN = "admin"
    CLIENT_SUCCESS = "client_success"
    LEAD = "client_success_lead"


Right = Annotated[
    Granted,
    typer.Option(
        help="admin of their own organization, client_success of it, or client_success_lead of the vendor's."
    ),
]


def grant(org: str, username: str, role: Right, by: By = None) -> None:
    """Give an existing user a right over an organization; no second account is made."""
    with database():
        from schedulepop.directory import actions

        owner, actor = arguments.organization(org, by), arguments.actor(by)
        user = arguments.user(username, by)
        with refusals_shown():
            actions.grant(user, role.value, owner, actor=actor)
        out.print(f"{user.full_name} is {role.value} of {owner.name}.", markup=False)


def revoke(org: str, username: str, role: Right, by: By = None) -> None:
    """Take a right over an organization back; whoever had nothing else to sign in with is signed out."""
    with database():
        from schedulepop.accounts.models import Grant
        from schedulepop.directory import actions

        owner, actor = arguments.organization(org, by), arguments.actor(by)
        given = Grant.objects.select_related("user", "organization").filter(
            user__username=username.lower(), role=role.value, organization=owner, ended_at=None
        )
        if (found := given.first()) is None:
            raise fail(f"{username} is not {role.value} of {owner.name}.")
        with refusals_shown():
            actions.end_grant(found, actor=actor)
        out.print(f"{found.user.full_name} is no longer {role.value} of {owner.name}.", markup=False)
