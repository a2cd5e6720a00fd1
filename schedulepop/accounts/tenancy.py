"""Whose rows a transaction of the web is about: the database shows it no others (row level security, ADR 0013).

Nothing is visible before a door was opened, and nothing after its transaction. Which organizations a door opens is
looked up by the database itself, from the one thing known then: the session's user, what was typed as login, a link.
For the worker and the command line, whose role row level security does not bind, all of this changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from schedulepop.lib.text import clean
from schedulepop.postgres.row_security import SETTING

_MODE = "schedulepop_told"  # on the connection: "transaction" or "throughout"


@contextmanager
def of_user(user_id: int) -> Iterator[None]:
    """The user's own organization, and for vendor staff those assigned to them."""
    with _opened("organizations_of_users(ARRAY[%s::bigint])", user_id):
        yield


@contextmanager
def of_user_throughout(user_id: int) -> Iterator[None]:
    """The same for a block of many transactions: driving a run, each step of which other processes have to see.

    The session is told and told otherwise at the end; where that fails the connection is closed, so that nobody who
    gets it next sees anything.
    """
    _tell("coalesce(organizations_of_users(ARRAY[%s::bigint])::text, '')", user_id, local=False)
    try:
        with _mode("throughout"):
            yield
    finally:
        try:
            _tell("%s", "", local=False)
        except DatabaseError:
            if not connection.in_atomic_block:
                connection.close()


def pass_on(session: psycopg.Connection[Any]) -> None:
    """Tells a further session of ours, for as long as it lives, what this connection was told.

    Raises RuntimeError inside the one transaction of a request: whoever needs a session beside it drives a run, whose
    steps others must see. Such a view says `@own_transactions`.
    """
    if getattr(connection, _MODE, "") == "transaction":
        raise RuntimeError("A view that drives a run needs @own_transactions (web.shell.row_security).")
    session.execute(
        "SELECT set_config(%s, %s, false)", [SETTING, _ask("SELECT current_setting(%s, true)", SETTING) or ""]
    )


@contextmanager
def of_login(login: str) -> Iterator[None]:
    """Those of whoever has this username or confirmed address."""
    with _opened("organizations_of_login(%s)", _typed(login)):
        yield


@contextmanager
def of_link(token_hash: str) -> Iterator[None]:
    """Those of the person an invitation was made for."""
    with _opened("organizations_of_link(%s)", token_hash):
        yield


@contextmanager
def of_letter(number: int) -> Iterator[None]:
    """Those of the person a letter went to, and the one it is about; of a letter that there is not, none."""
    with _opened("organizations_of_letter(%s::bigint)", number):
        yield


@contextmanager
def of_drop(code: str) -> Iterator[None]:
    """That of a drop address; of one that is revoked, or that there is not, none."""
    with _opened("organizations_of_drop(%s)", code):
        yield


@contextmanager
def of_assigning(
    lead_id: int, colleague_ids: Iterable[int], organization_ids: Iterable[int]
) -> Iterator[None]:
    """A lead's own organization, these customers, and all that these colleagues look after; of nobody else's, none."""
    door = "organizations_of_assigning(%s, %s::bigint[], %s::bigint[])"
    with _opened(door, lead_id, list(colleague_ids), list(organization_ids)):
        yield


def reserve_organization() -> int:
    """The ID of an organization about to be added, which this transaction is about from now on.

    It is a new one of the sequence, so it can be nobody's.
    """
    reserved: int = _ask("SELECT nextval(pg_get_serial_sequence('accounts_organization', 'id'))")
    before = _ask("SELECT current_setting(%s, true)", SETTING)
    if before:
        _tell("array_append(%s::bigint[], %s::bigint)::text", before, reserved)
    return reserved


@contextmanager
def of_demo() -> Iterator[None]:
    """Those of the demo's people: for its sign-in page alone."""
    with _opened("organizations_of_demo()"):
        yield


def is_all_demo() -> bool | None:
    """Whether every organization of the installation is marked as demo; None where there is none."""
    found: bool | None = _ask("SELECT is_all_demo()")
    return found


@contextmanager
def _opened(door: str, *key: str | int | list[int]) -> Iterator[None]:
    """One transaction; inside of another, what that one was about is so again afterwards.

    Raises whatever the block raises, and is rolled back with it: so is the setting.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        before = _ask("SELECT current_setting(%s, true)", SETTING) if inside else ""
        _tell(f"coalesce({door}::text, '')", *key)
        with _mode("transaction"):
            yield
        if inside and not connection.needs_rollback:
            _tell("%s", before or "")


@contextmanager
def _mode(name: str) -> Iterator[None]:
    before = getattr(connection, _MODE, "")
    setattr(connection, _MODE, name)
    try:
        yield
    finally:
        setattr(connection, _MODE, before)


def _tell(value: str, *given: str | int | list[int], local: bool = True) -> None:
    _ask(f"SELECT set_config(%s, {value}, %s)", SETTING, *given, local)


def _ask(statement: str, *given: str | int | list[int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]


def _typed(login: str) -> str:
    return clean(login).lower().replace("\x00", "")
