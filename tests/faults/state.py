"""What has to be the same whatever died on the way: people, memberships, duties, links, letters, history, audit."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

TABLES = {
    "people": "SELECT username, first_name, last_name, sort_name, email, phone, confirmed_email, password <> '' "
    "FROM accounts_user",
    "memberships": "SELECT u.username, l.name, m.status, m.role, m.employee_number, m.hire_date, m.original_hire_date, "
    "d.name, z.name, m.payroll_owned, m.is_primary, m.changed_what FROM directory_membership m JOIN "
    "accounts_user u ON u.id = m.user_id JOIN directory_location l ON l.id = m.location_id LEFT JOIN "
    "directory_duty d ON d.id = m.primary_duty_id LEFT JOIN directory_zone z ON z.id = m.primary_zone_id",
    "duties": "SELECT u.username, d.name, x.by_payroll, x.by_manager FROM directory_membershipduty x JOIN "
    "directory_membership m ON m.id = x.membership_id JOIN accounts_user u ON u.id = m.user_id JOIN "
    "directory_duty d ON d.id = x.duty_id",
    "zones": "SELECT u.username, d.name, x.by_payroll, x.by_manager FROM directory_membershipzone x JOIN "
    "directory_membership m ON m.id = x.membership_id JOIN accounts_user u ON u.id = m.user_id JOIN "
    "directory_zone d ON d.id = x.zone_id",
    "links": (
        "SELECT k.source_id, u.username, k.retired_at IS NULL FROM sync_link k JOIN "
        "accounts_user u ON u.id = k.user_id"
    ),
    "letters": (
        "SELECT u.username, o.kind, o.generation, o.context FROM outbox_message o JOIN "
        "accounts_user u ON u.id = o.user_id"
    ),
    "audit": (
        "SELECT verb, subject, door, by, count(*), count(DISTINCT user_id) FROM "
        "accounts_auditentry GROUP BY 1, 2, 3, 4"
    ),
    "changes": "SELECT c.source_id, c.verb, c.fields, r.number FROM sync_change c JOIN sync_run r ON r.id = c.run_id",
    "runs": "SELECT number, trigger, state, rest, counts, error_code, error_reason, holds FROM sync_run",
    "issues": "SELECT code, key, count, resolved_at IS NULL FROM sync_issue",
    "feeds": "SELECT sha256, size, kind FROM sync_rawfeed",
    "integration": "SELECT state, last_good, failing_since, last_source_time FROM sync_integration",
}
GLANCE = """
SELECT (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM directory_membership),
       (SELECT count(*) FROM directory_membershipduty), (SELECT count(*) FROM sync_link),
       (SELECT count(*) FROM sync_change), (SELECT count(*) FROM outbox_message),
       (SELECT sum(hashtext(phone || email || last_name)) FROM accounts_user),
       (SELECT count(*) FROM accounts_auditentry WHERE subject = 'membership')
"""
"""What a reader sees at one moment."""


def canonical(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """A hash per table, of its rows as text in order, without numbers that a rollback uses up."""
    found = {}
    for name, query in TABLES.items():
        rows = sorted(repr(row) for row in connection.execute(query).fetchall())
        found[name] = f"{len(rows)} rows, {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()[:16]}"
    return found


def glance(connection: psycopg.Connection[Any]) -> tuple[Any, ...]:
    """What a reader sees now, in one statement."""
    row = connection.execute(GLANCE).fetchone()
    assert row is not None
    return tuple(row)


def letters(mailbox: Path) -> Counter[str]:
    """Message-ID → how many of it arrived."""
    found: Counter[str] = Counter()
    for path in mailbox.glob("*.eml"):
        head = path.read_bytes().partition(b"\n\n")[0].decode("ascii", "replace")
        found[next(line for line in head.splitlines() if line.lower().startswith("message-id:"))] += 1
    return found
