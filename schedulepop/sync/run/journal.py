"""The journal: what rows were before a run or a person wrote them, typed, so that it can be taken back.

A run keeps its images at its changes (`Change.images`, captured set-wise by sync/sql/journal_capture.sql), a merge at
itself (`Merge.images`). Undo and unmerge read what was so from here and from nowhere else. Putting back never
overwrites what was written since: that is a conflict, and is said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, LiteralString

from django.db import connection
from psycopg import Cursor, sql

Row = dict[str, Any]
Rows = dict[str, dict[int, Row]]
Conflict = tuple[str, int, str]
"""Table, key and column of what could not be as before; no column: the whole row."""

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
    "sync_fieldoverride": (_USERS, ()),
    "sync_idchange": (_USERS, ()),
    "sync_issue": (_USERS, ()),
    "accounts_grant": (_USERS, ()),
    "outbox_message": (_USERS, ()),
    "accounts_user": ("id = ANY (%s)", ("password", "last_login", "must_end_sessions_before")),
}
"""Whose rows count, and columns that are nobody's to put back. In the order in which rows may be put back."""
_PRIMARIES = ("primary_duty_id", "primary_zone_id")
_PARTS = {"directory_membershipduty": "duty_id", "directory_membershipzone": "zone_id"}


@dataclass(frozen=True, slots=True)
class RowImage:
    """One row before and after, as PostgreSQL writes values in JSON: only the columns that differ.

    Of a run: `key` is the id of the user or membership, or of the further duty or zone at the change's membership;
    columns are canonical fields, pay among those of the membership. Of a merge: the row's own id and columns.
    """

    table: str
    key: int
    before: Row | None  # None: the row is new, and `after` has all of it
    after: Row | None  # None: the row went, and `before` has all of it


def capture(users: list[int]) -> Rows:
    """Every row of these users, by table and id. Relies on the indexes by user and by membership."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table, (whose, hidden) in TABLES.items():
            query = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM {} t WHERE {}").format(
                sql.Identifier(table), sql.SQL(whose)
            )
            cursor.execute(query, [list(hidden), users])
            rows = [json.loads(text) for (text,) in cursor.fetchall()]
            found[table] = {row["id"]: row for row in rows}
    return found


def digest(rows: Rows) -> str:
    """One hash over all of it: a preview's name."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()


def images(before: Rows, after: Rows) -> list[Row]:
    """The RowImages of what differs, as JSON keeps them."""
    found: list[RowImage] = []
    for table in TABLES:
        for key in sorted(before[table].keys() | after[table].keys()):
            old, new = before[table].get(key), after[table].get(key)
            if old is not None and new is not None:
                names = [name for name in old if old[name] != new[name]]
                old, new = {name: old[name] for name in names}, {name: new[name] for name in names}
            if old != new:
                found.append(RowImage(table, key, old, new))
    return [asdict(image) for image in found]


def restore(kept: Sequence[Row]) -> list[Conflict]:
    """Make the rows of a merge as they were: those that went first, then the changed ones, at last the new ones go."""
    found = [RowImage(**image) for image in kept]
    with connection.cursor() as wrapped:
        return list(_restore_all(wrapped.cursor, found))


def _restore_all(cursor: Cursor[Any], found: list[RowImage]) -> Iterable[Conflict]:
    new = [image for image in found if image.before is None]
    answers = [image for image in new if image.table == "sync_answer"]
    for image in answers:  # it stands in the way of the one whose place it took
        yield from _delete(cursor, image)
    primaries: list[tuple[int, Row]] = []
    for image in found:
        if image.before is not None and image.after is None:
            row = dict(image.before)
            if image.table == "directory_membership":
                primaries.append((image.key, {name: row[name] for name in _PRIMARIES}))
                row |= dict.fromkeys(_PRIMARIES)
            yield from _insert(cursor, image.table, row)
    for image in sorted(
        found, key=lambda image: image.table == "directory_membership"
    ):  # parts before primaries
        if image.before is not None and image.after is not None:
            yield from _restore_columns(cursor, image.table, image.key, image.before, image.after)
    for key, values in primaries:
        _update(cursor, "directory_membership", key, values)
    for image in new:
        if image not in answers:
            yield from _delete(cursor, image)


def _insert(cursor: Cursor[Any], table: str, row: Row) -> Iterable[Conflict]:
    query = sql.SQL(
        "INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s) ON CONFLICT DO NOTHING"
    )
    cursor.execute(query.format(sql.Identifier(table)), [json.dumps(row)])
    if cursor.rowcount == 0:
        yield table, row["id"], ""


def _restore_columns(
    cursor: Cursor[Any], table: str, key: int, before: Row, after: Row
) -> Iterable[Conflict]:
    """The columns that still are as they were left; a primary once given can only be replaced (SPEC §1.4)."""
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE id = %s FOR UPDATE")
    found = cursor.execute(query.format(sql.Identifier(table)), [key]).fetchone()
    if found is None:
        yield table, key, ""
        return
    now, values = json.loads(found[0]), {}
    for name, old in before.items():
        if now[name] == old:
            continue
        if now[name] != after[name] or (name in _PRIMARIES and old is None):
            yield table, key, name
        else:
            values[name] = old
    if values:
        _update(cursor, table, key, values)


def _update(cursor: Cursor[Any], table: str, key: int, values: Row) -> None:
    query = sql.SQL("UPDATE {} t SET {} FROM jsonb_populate_record(NULL::{}, %s) v WHERE t.id = %s")
    pairs = sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(sql.Identifier(name)) for name in values)
    name = sql.Identifier(table)
    cursor.execute(query.format(name, pairs, name), [json.dumps(values), key])


def _delete(cursor: Cursor[Any], image: RowImage) -> Iterable[Conflict]:
    """A new row goes, unless it became somebody's primary since."""
    part = _PARTS.get(image.table)
    if part is not None:
        primary = sql.SQL(
            "SELECT FROM {0} p JOIN directory_membership m ON m.id = p.membership_id AND m.{1} = p.{2} WHERE p.id = %s"
        ).format(sql.Identifier(image.table), sql.Identifier(f"primary_{part}"), sql.Identifier(part))
        if cursor.execute(primary, [image.key]).fetchone() is not None:
            yield image.table, image.key, ""
            return
    cursor.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(image.table)), [image.key])
