"""A database that is away and a full disk: 503 on every page, and nobody is told that it is their doing."""

from __future__ import annotations

import errno
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from tests.web.world import World

AWAY = psycopg.OperationalError("server closed the connection unexpectedly")
FULL = psycopg.errors.DiskFull("could not extend file: No space left on device")
PAGES = (
    "/",
    "/users/",
    "/runs/",
    "/issues/",
    "/account/",
    "/where/?q=Ines",
    "/integrations/",
    f"/set-up/{'a' * 43}/",
)


def fails(error: Exception) -> Any:
    """Every statement from now on ends so, as Django passes it on."""

    def execute(*_: Any) -> Any:
        raise OperationalError(str(error)) from error

    return connection.execute_wrapper(execute)


def asked(client: Client, path: str, **more: Any) -> Any:
    client.raise_request_exception = False
    return client.get(path, **more)


@pytest.mark.parametrize(
    ("error", "words"),
    [(AWAY, "The database does not answer right now."), (FULL, "The server&#x27;s disk is full.")],
    ids=["away", "full"],
)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_back_in_a_moment(
    world: World, client: Client, path: str, error: Exception, words: str
) -> None:
    client.force_login(world.admin)
    with fails(error):
        page = asked(client, path)
        part = asked(client, path, headers={"HX-Request": "true"})
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert (part.status_code, part["Retry-After"]) == (503, "30")
    assert words in page.content.decode()
    assert words in part.content.decode()
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_what_was_sent_may_not_have_been_saved(world: World, client: Client) -> None:
    client.force_login(world.admin)
    client.raise_request_exception = False
    with fails(AWAY):
        said = client.post("/account/digest/", {"digest": "on"})
    assert said.status_code == 503
    assert "may not have been saved" in said.content.decode()


def test_a_bug_stays_a_500(world: World, client: Client) -> None:
    client.force_login(world.admin)
    with fails(psycopg.errors.UndefinedColumn("column does not exist")):
        assert asked(client, "/users/").status_code == 500


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (psycopg.errors.AdminShutdown("terminating connection"), "database_away"),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), "database_away"),
        (psycopg.errors.TooManyConnections("sorry, too many clients already"), "database_away"),
        (psycopg.InterfaceError("connection already closed"), "database_away"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk_full"),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), None),
        (psycopg.errors.DeadlockDetected("deadlock detected"), None),
        (psycopg.errors.UniqueViolation("duplicate key"), None),
        (OSError(errno.ENOENT, "No such file"), None),
        (ValueError("No space left on device"), None),
    ],
)
def test_what_is_an_outage(error: Exception, outage: str | None) -> None:
    from schedulepop import postgres

    assert postgres.outage(error) == outage
    with pytest.raises(DatabaseError) as passed_on:
        raise DatabaseError("passed on") from error
    assert postgres.outage(passed_on.value) == outage
