"""A backup has every table with every row in it, whichever table is added."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.cli.test_backup import command
from tests.web.shell.test_row_security import foreign

__all__ = ["command", "foreign"]

pytestmark = pytest.mark.django_db(transaction=True)

TOUCHED = {
    "accounts_auditentry": "says that it was restored",
    "messages_message": "a letter that was being sent may have gone out: `unknown`",
    "sync_fingerprints": "everybody is compared once more",
}
"""What a restore writes itself, and why; tests of their own beside this one."""


def rows_by_table() -> dict[str, str]:
    """Of every table a digest over all its rows, in any order."""
    with connection.cursor() as cursor:
        names = [one for one in connection.introspection.table_names(cursor) if one not in TOUCHED]
        found = {}
        for name in names:
            rows = "coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')"
            cursor.execute(f'SELECT md5({rows}) FROM "{name}" t')
            found[name] = str(cursor.fetchone()[0])
    return found


def test_every_row_of_every_table_comes_back(foreign, command, database_urls, tmp_path: Path) -> None:
    """The organization is the one of the row security tests, which has a row in every table there is."""
    before = rows_by_table()
    assert command("backup", tmp_path / "whole.backup").returncode == 0
    with psycopg.connect(database_urls.migrate) as owner:  # the app may not
        owner.execute("TRUNCATE accounts_organization CASCADE")
    assert rows_by_table() != before
    done = command("restore", tmp_path / "whole.backup", "--replace")
    assert done.returncode == 0, done.stderr
    assert rows_by_table() == before
