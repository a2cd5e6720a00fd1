"""Values that stand for what no log line, letter, audit entry, job or error may hold, looked for through the whole run.

Tests seed them: secrets begin with `canary-`; the payroll files of `tests.web.nights` have a birth date, a Social
Security and an account number, and pay that is switched off, beside everybody; accounts have `PASSWORD`. After every
test what it logged, the letters it sent and the rows it left are searched, whatever it was about (`conftest`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from psycopg.pq import TransactionStatus

PASSWORD = "seven green lanterns"  # of everybody in tests
BIRTH_DATE, SSN, ACCOUNT, PAY = "07/13/1957", "219-09-9847", "000418552093", "7391.55"
SENSITIVE = {"DOB": BIRTH_DATE, "SSN": SSN, "Direct Deposit Account": ACCOUNT, "Hourly Rate": PAY}
"""Columns of a payroll file of which no value is ever kept."""
_ANY = re.compile(
    "|".join(
        [
            "canary-[a-z]",
            re.escape(PASSWORD),
            *map(re.escape, SENSITIVE.values()),
            *("1957-07-13", "219099847", "73915500"),
        ]
    )
)
TABLES = {
    "outbox_message": "concat_ws(' ', context, address)",
    "accounts_auditentry": "concat_ws(' ', by, changes)",
    "procrastinate_jobs": "args::text",
    "sync_run": "concat_ws(' ', error_params, summary, holds, counts)",
    "sync_issue": "concat_ws(' ', key, rows, reasons)",
}
"""What is searched of which table."""
_QUOTES_SQL = "django.db.backends"  # the database's own words, at a level no installation logs


def found_in(texts: Iterable[str]) -> list[str]:
    """The texts that hold a canary."""
    return [one for one in texts if _ANY.search(one)]


class Listener(logging.Handler):
    """Every line that is logged during a test, as it would be written."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the lines that hold one, with their arguments and tracebacks."""
        if record.name != _QUOTES_SQL:
            self.lines += found_in([f"{record.name}: {self.format(record)}"])


def in_letters(folder: Path) -> list[str]:
    """Letters in a mailbox that hold one."""
    return found_in(path.read_text(errors="replace") for path in sorted(folder.glob("*.eml")))


def can_be_searched(connection: Any) -> bool:
    """Whether the test's transaction still answers: not after a statement that the test wanted refused."""
    return (
        not connection.needs_rollback
        and not connection.closed_in_transaction
        and connection.connection is not None
        and connection.connection.info.transaction_status == TransactionStatus.INTRANS
    )


def in_tables(connection: Any) -> list[str]:
    """Rows that hold one, of what the test has written so far."""
    with connection.cursor() as cursor:
        rows = []
        for table, said in TABLES.items():
            cursor.execute(f"SELECT {said} FROM {table} WHERE {said} ~ %s", [_ANY.pattern])
            rows += [f"{table}: {text}" for (text,) in cursor.fetchall()]
        return rows
