"""The User List's writes, set-wise: what a plan changes, in a handful of statements.

The frames of a plan go by COPY into staging tables, set-based SQL does the rest (directory/sql/bulk_*.sql).
Only `sync.apply` calls this, inside its transaction. Nothing outside payroll's fields is ever named there:
roles, notes, access blocks, pay grants and managers' extras survive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from psycopg import Cursor, sql

from schedulepop.directory import columns, names
from schedulepop.directory.columns import load
from schedulepop.employee import ENDED, MAY_SIGN_IN

HERE = "schedulepop.directory"
ROWS_AT_A_TIME = 20_000

_PLACE = {
    **columns.MEMBERSHIP,
    "duty_id": "bigint",
    "zone_id": "bigint",
    **columns.PAY,
    "primary_location": "boolean",
    "welcome": "boolean",
}
_ROW = {
    "change_no": "int",
    "verb": "text",
    "source_id": "text",
    "user_id": "bigint",
    "membership_id": "bigint",
    "from_membership_id": "bigint",
    "location_id": "bigint",
    "what": "text",
}
NEW = {
    **_ROW,
    **columns.PERSON,
    **_PLACE,
    "newcomer": "boolean",
    "makes_user": "boolean",
    "username": "text",
    "sort_name": "text",
}
"""A membership to make; `newcomer`: its user is new too; `makes_user`: the row that makes them."""
EXISTING = {**_ROW, **_PLACE, "fields": "text[]"}
"""A membership that exists; `fields` names what may be written, null: all of it."""
PERSON = {"change_no": "int", "user_id": "bigint", **columns.PERSON, "sort_name": "text", "fields": "text[]"}
"""Somebody who exists, whose own values change."""
EXTRA = {
    "membership_id": "bigint",
    "location_id": "bigint",
    "kind": "text",
    "part_id": "bigint",
    "gone": "boolean",
    **columns.PAY,
}
"""A further duty or zone of payroll's that appears, goes, or whose pay moves."""
FIELD = {"change_no": "int", "place": "int", "field": "text", "old": "text", "new": "text", "why": "text"}
"""Old and new of every field, in words."""

_STAGED = {
    "bulk_new": NEW,
    "bulk_existing": EXISTING,
    "bulk_person": PERSON,
    "bulk_extra": EXTRA,
    "bulk_field": FIELD,
}
"""The staging tables of one plan with their columns' types, filled by COPY. No index: each is read whole."""
_MADE = (*_STAGED, "bulk_edit", "bulk_person_edit", "bulk_signed_out", "bulk_primary_move")


def reserve(cursor: Cursor[Any], table: str, count: int) -> list[int]:
    """The next ids of a table, in order; a rollback leaves a gap."""
    if count == 0:
        return []
    cursor.execute(
        "SELECT array_agg(nextval(s.name)) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) s,"
        " generate_series(1, %s)",
        (table, count),
    )
    row = cursor.fetchone()
    return sorted(row[0]) if row else []


def usernames(cursor: Cursor[Any], stems: Sequence[str]) -> list[str]:
    """A free username for each stem (`directory.names`), in order.

    Holds the installation's username lock until the commit, so that two organizations at once do not clash.
    """
    if not stems:
        return []
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('schedulepop.usernames'))")
    cursor.execute(load(HERE, "bulk_usernames"), {"stems": sorted(set(stems))})
    return names.free(stems, {row[0] for row in cursor.fetchall()})


def make_codes(cursor: Cursor[Any], wanted: pl.DataFrame, given: dict[str, Any]) -> pl.DataFrame:
    """Make missing duties and zones with their codes: (kind, location_id, code, name) → (kind, location_id, code, id).

    `given`: organization, run, by, now.
    """
    arrays = {
        "kinds": wanted["kind"].to_list(),
        "locations": wanted["location_id"].to_list(),
        "codes": wanted["code"].to_list(),
        "names": wanted["name"].to_list(),
    }
    execute(cursor, HERE, "bulk_codes", given | arrays)
    cursor.execute(load(HERE, "bulk_code_ids"))
    made = cursor.fetchall()
    cursor.execute("DROP TABLE bulk_code")
    schema = {"kind": pl.String, "location_id": pl.Int64, "code": pl.String, "id": pl.Int64}
    return pl.DataFrame(made, schema=schema, orient="row")


def stage(
    cursor: Cursor[Any],
    new: pl.DataFrame,
    existing: pl.DataFrame,
    people: pl.DataFrame,
    extras: pl.DataFrame,
    fields: pl.DataFrame,
) -> None:
    """Fill the staging tables (NEW, EXISTING, PERSON, EXTRA, FIELD) and leave out what already is as planned."""
    frames = (new, existing, people, extras, fields)
    for (name, types), frame in zip(_STAGED.items(), frames, strict=True):
        definition = ", ".join(f"{column} {kind}" for column, kind in types.items())
        cursor.execute(f"CREATE TEMP TABLE {name} ({definition}) ON COMMIT DROP".encode())
        copy_in(cursor, name, frame.select(list(types)))
    cursor.execute("ANALYZE bulk_existing (membership_id); ANALYZE bulk_person (user_id)")
    if extras.height:
        execute(cursor, HERE, "bulk_extras_unchanged", {})
    cursor.execute(load(HERE, "bulk_compare"), {"ended": sorted(ENDED)})
    cursor.execute(load(HERE, "bulk_unchanged"))


def write(
    cursor: Cursor[Any],
    given: dict[str, Any],
    *,
    new: bool,
    known: bool,
    extras: bool = False,
    letters: bool = True,
) -> int:
    """Write what is staged; returns how many letters were queued. `given`: organization, run, by, now, today,
    welcome_days (before the start, None: at once).

    Without `letters` (an undo) nobody is written to; links sent to an address that moves are revoked all the same.

    The order matters: a transfer frees the primary location before another one takes it, and a duty's row is
    there before the primary moves to it and gone only afterwards.
    """
    given = given | {"ended": sorted(ENDED), "sign_in": sorted(MAY_SIGN_IN)}
    execute(cursor, HERE, "bulk_transfers", given)
    if new:
        execute(cursor, HERE, "bulk_users", given)
        execute(cursor, HERE, "bulk_memberships", given)
    execute(cursor, HERE, "bulk_people", given)
    if known:
        for name in ("bulk_rehires", "bulk_primary_parts", "bulk_update", "bulk_previous_primary"):
            execute(cursor, HERE, name, given)
    if extras:
        execute(cursor, HERE, "bulk_extras", given)
    execute(cursor, HERE, "bulk_primary_location", given)
    execute(cursor, HERE, "bulk_revoke_access", given)
    if not letters:
        execute(cursor, HERE, "bulk_revoke_links", given)
        return 0
    return sum(execute(cursor, HERE, "bulk_letters", given))


def counted(cursor: Cursor[Any]) -> dict[str, int]:
    """Changes staged, by verb: what `write` writes."""
    cursor.execute(
        "SELECT verb, count(*) FROM (SELECT verb FROM bulk_new UNION ALL SELECT verb FROM bulk_edit) c GROUP BY 1"
    )
    return {row[0]: row[1] for row in cursor.fetchall()}


def clear(cursor: Cursor[Any]) -> None:
    """Drop the staging tables before the transaction ends, so that another plan may follow in it."""
    tables = sql.SQL(", ").join(sql.Identifier("pg_temp", name) for name in _MADE)
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(tables))


def copy_in(cursor: Cursor[Any], table: str, frame: pl.DataFrame) -> None:
    """COPY a frame into the table's columns of the same names. Null is unquoted nothing, an empty text is quoted."""
    if frame.is_empty():
        return
    named = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), named)
    with cursor.copy(command) as copy:
        for part in frame.iter_slices(ROWS_AT_A_TIME):
            copy.write(part.write_csv(include_header=False))


def execute(cursor: Cursor[Any], package: str, name: str, given: dict[str, Any]) -> list[int]:
    """Run a file of one or more statements; returns the rows each of them wrote."""
    cursor.execute(load(package, name), given)
    written = [cursor.rowcount]
    while cursor.nextset():
        written.append(cursor.rowcount)
    return written


def array(values: Iterable[str]) -> str:
    """Plain words as a PostgreSQL array, for COPY."""
    return "{" + ",".join(values) + "}"
