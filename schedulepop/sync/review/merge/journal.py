"""Rows of two users as they are: compared before and after a merge they are its journal, and what takes it back.

The journal has, per row touched, only the columns that differ, as PostgreSQL writes them in JSON; a row that went
has all of them. Putting back never overwrites what was written since: that is a conflict, and is said.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, LiteralString

from django.db import connection
from psycopg import Cursor, sql

Row = dict[str, Any]
Images = dict[str, dict[int, Row]]

_MEMBERS: LiteralString = "membership_id IN (SELECT id FROM directory_membership WHERE user_id = ANY (%s))"
_USERS: LiteralString = "user_id = ANY (%s)"
_ANSWERS: LiteralString = (
    "EXISTS (SELECT FROM unnest(%s::bigint[]) AS u (pk) WHERE u.pk = t.user_id OR t.denied @> to_jsonb(u.pk))"
)
TABLES: dict[str, tuple[LiteralString, tuple[str, ...]]] = {
    "directory_membership": (_USERS, ()),
    "directory_membershipduty": (_MEMBERS, ()),
    "directory_membershipzone": (_MEMBERS, ()),
    "directory_employmentperiod": (_MEMBERS, ()),
    "sync_link": (_USERS, ()),
    "sync_answer": (_ANSWERS, ()),
    "sync_keep": (_USERS, ()),
    "sync_idchange": (_USERS, ()),
    "sync_issue": (_USERS, ()),
    "accounts_grant": (_USERS, ()),
    "outbox_message": (_USERS, ()),
    "accounts_user": ("id = ANY (%s)", ("password", "last_login", "must_end_sessions_before")),
}
"""Whose rows count, and columns that are nobody's to put back. In the order in which rows may be put back."""
_PRIMARIES = ("primary_duty_id", "primary_zone_id")


def take(users: list[int]) -> Images:
    """Every row of these users. Relies on the indexes by user and by membership."""
    images: Images = {}
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        for table, (whose, hidden) in TABLES.items():
            query = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM {} t WHERE {}").format(
                sql.Identifier(table), sql.SQL(whose)
            )
            rows = [json.loads(row[0]) for row in cursor.execute(query, [list(hidden), users]).fetchall()]
            images[table] = {row["id"]: row for row in rows}
    return images


def digest(images: Images) -> str:
    """One hash over all of it: a preview's name."""
    return hashlib.sha256(json.dumps(images, sort_keys=True, default=str).encode()).hexdigest()


def journal(before: Images, after: Images) -> list[Row]:
    """What differs, row by row: {table, id, before, after}; no `before`: the row is new, no `after`: it went."""
    found: list[Row] = []
    for table in TABLES:
        for pk in sorted(before[table].keys() | after[table].keys()):
            old, new = before[table].get(pk), after[table].get(pk)
            if old is not None and new is not None:
                names = [name for name in old if old[name] != new[name]]
                if not names:
                    continue
                old, new = {name: old[name] for name in names}, {name: new[name] for name in names}
            found.append({"table": table, "id": pk, "before": old, "after": new})
    return found


@dataclass(slots=True)
class PutBack:
    """What could not be as before: (table, row id, column)."""

    conflicts: list[tuple[str, int, str]] = field(default_factory=list)


def put_back(entries: list[Row]) -> PutBack:
    """Make the rows as they were: those that went first, then the changed ones, at last the new ones go."""
    done = PutBack()
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        primaries: list[tuple[int, Row]] = []
        for entry in entries:  # an answer made then stands in the way of the one whose place it took
            if entry["before"] is None and entry["table"] == "sync_answer":
                _delete(cursor, entry, done)
        for entry in entries:
            if entry["after"] is None:
                row = dict(entry["before"])
                if entry["table"] == "directory_membership":
                    primaries.append((entry["id"], {name: row[name] for name in _PRIMARIES}))
                    row |= dict.fromkeys(_PRIMARIES)
                _insert(cursor, entry["table"], row, done)
        parts_first = sorted(entries, key=lambda entry: entry["table"] == "directory_membership")
        for entry in parts_first:
            if entry["before"] is not None and entry["after"] is not None:
                _restore(cursor, entry, done)
        for pk, values in primaries:
            _update(cursor, "directory_membership", pk, values)
        for entry in entries:
            if entry["before"] is None:
                _delete(cursor, entry, done)
    return done


def _insert(cursor: Cursor[Any], table: str, row: Row, done: PutBack) -> None:
    query = sql.SQL(
        "INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s) ON CONFLICT DO NOTHING"
    )
    cursor.execute(query.format(sql.Identifier(table)), [json.dumps(row)])
    if cursor.rowcount == 0:
        done.conflicts.append((table, row["id"], ""))


def _restore(cursor: Cursor[Any], entry: Row, done: PutBack) -> None:
    """The columns that still are as the merge left them."""
    table, pk = entry["table"], entry["id"]
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE id = %s FOR UPDATE").format(
        sql.Identifier(table)
    )
    found = cursor.execute(query, [pk]).fetchone()
    if found is None:
        done.conflicts.append((table, pk, ""))
        return
    now, values = json.loads(found[0]), {}
    for name, old in entry["before"].items():
        if now[name] == old:
            continue
        kept_filled = (
            name in _PRIMARIES and old is None
        )  # once given a primary can only be replaced (SPEC §1.4)
        if now[name] != entry["after"][name] or kept_filled:
            done.conflicts.append((table, pk, name))
        else:
            values[name] = old
    if values:
        _update(cursor, table, pk, values)


def _update(cursor: Cursor[Any], table: str, pk: int, values: Row) -> None:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in values)
    picked = sql.SQL(", ").join(sql.SQL("v.{}").format(sql.Identifier(name)) for name in values)
    query = sql.SQL(
        "UPDATE {0} SET ({1}) = (SELECT {2} FROM jsonb_populate_record(NULL::{0}, %s) v) WHERE id = %s"
    )
    if len(values) == 1:
        query = sql.SQL(
            "UPDATE {0} SET {1} = (SELECT {2} FROM jsonb_populate_record(NULL::{0}, %s) v) WHERE id = %s"
        )
    cursor.execute(query.format(sql.Identifier(table), names, picked), [json.dumps(values), pk])


def _delete(cursor: Cursor[Any], entry: Row, done: PutBack) -> None:
    """A row the merge made, unless it became somebody's primary since."""
    table, pk = entry["table"], entry["id"]
    part = {"directory_membershipduty": "duty_id", "directory_membershipzone": "zone_id"}.get(table)
    if part is not None:
        primary = sql.SQL(
            "SELECT EXISTS (SELECT FROM {0} p JOIN directory_membership m ON m.id = p.membership_id"
            " AND m.{1} = p.{2} WHERE p.id = %s)"
        ).format(sql.Identifier(table), sql.Identifier(f"primary_{part}"), sql.Identifier(part))
        found = cursor.execute(primary, [pk]).fetchone()
        if found and found[0]:
            done.conflicts.append((table, pk, ""))
            return
    cursor.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(table)), [pk])
