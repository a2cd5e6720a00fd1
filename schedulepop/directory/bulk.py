"""The User List's writes, set-wise: what a plan changes, in a handful of statements.

The frames of a plan go by COPY into staging tables, set-based SQL does the rest (directory/sql/bulk_*.sql).
Only `sync.apply` calls this, inside its transaction. Nothing outside payroll's fields is ever named there:
roles, notes, access blocks, pay grants and managers' extras survive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
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
FIELD = {
    "change_no": "int",
    "place": "int",
    "field": "text",
    "old": "text",
    "new": "text",
    "why": "text",
    "params": "text",
}
"""Old and new of every field, with the code and the parameters (JSON) of its reason."""

_STAGED = {"new": NEW, "existing": EXISTING, "person": PERSON, "extra": EXTRA, "field": FIELD}
"""The staging tables of one plan with their columns' types, filled by COPY. No index: each is read whole."""
_MADE = (*_STAGED, "edit", "person_edit", "signed_out", "primary_move")


@dataclass(frozen=True, slots=True)
class Rows:
    """What goes into the staging tables, each frame with (at least) the columns of its table."""

    new: pl.DataFrame
    existing: pl.DataFrame
    person: pl.DataFrame
    extra: pl.DataFrame
    field: pl.DataFrame


@dataclass(frozen=True, slots=True)
class WriteContext:
    """Whose list is written, by which run and when: every statement of a plan may name these."""

    organization: int
    integration: int | None
    run: int
    by: str
    now: datetime
    today: date
    welcome_days: int | None = None  # a welcome goes out so many days before the start; None: at once

    def values(self, **more: Any) -> dict[str, Any]:
        """The parameters of a statement, and those only it has."""
        return asdict(self) | {"ended": sorted(ENDED), "sign_in": sorted(MAY_SIGN_IN)} | more


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
    return names.free(stems, names.taken_like(stems))


def make_codes(cursor: Cursor[Any], wanted: pl.DataFrame, context: WriteContext) -> pl.DataFrame:
    """Make missing duties and zones with their codes: (kind, location_id, code, name) → (kind, location_id, code,
    id).
    """
    arrays = context.values(
        kinds=wanted["kind"].to_list(),
        locations=wanted["location_id"].to_list(),
        codes=wanted["code"].to_list(),
        names=wanted["name"].to_list(),
    )
    execute(cursor, HERE, "bulk_codes", arrays)
    cursor.execute(load(HERE, "bulk_code_ids"))
    made = cursor.fetchall()
    cursor.execute("DROP TABLE bulk_code")
    schema = {"kind": pl.String, "location_id": pl.Int64, "code": pl.String, "id": pl.Int64}
    return pl.DataFrame(made, schema=schema, orient="row")


def stage(cursor: Cursor[Any], rows: Rows) -> None:
    """Fill the staging tables and leave out what already is as planned."""
    for name, types in _STAGED.items():
        definition = ", ".join(f"{column} {kind}" for column, kind in types.items())
        cursor.execute(f"CREATE TEMP TABLE bulk_{name} ({definition}) ON COMMIT DROP".encode())
        copy_in(cursor, f"bulk_{name}", getattr(rows, name).select(list(types)))
    cursor.execute("ANALYZE bulk_existing (membership_id); ANALYZE bulk_person (user_id)")
    if rows.extra.height:
        execute(cursor, HERE, "bulk_extras_unchanged", {})
    cursor.execute(load(HERE, "bulk_compare"), {"ended": sorted(ENDED)})
    cursor.execute(load(HERE, "bulk_unchanged"))


def write(cursor: Cursor[Any], rows: Rows, context: WriteContext, *, letters: bool = True) -> int:
    """Write what is staged; returns how many letters were queued.

    Without `letters` (an undo) nobody is written to; links sent to an address that moves are revoked all the same.

    The order matters: a transfer frees the primary location before another one takes it, and a duty's row is
    there before the primary moves to it and gone only afterwards.
    """
    new = ("bulk_users", "bulk_memberships") if rows.new.height else ()
    existing = ("bulk_rehires", "bulk_primary_parts", "bulk_update", "bulk_previous_primary")
    for name in (
        "bulk_transfers",
        *new,
        "bulk_people",
        *(existing if rows.existing.height else ()),
        *(("bulk_extras",) if rows.extra.height else ()),
        "bulk_primary_location",
        "bulk_revoke_access",
    ):
        execute(cursor, HERE, name, context.values())
    if not letters:
        execute(cursor, HERE, "bulk_revoke_links", context.values())
        return 0
    return sum(execute(cursor, HERE, "bulk_letters", context.values()))


def staged_counts(cursor: Cursor[Any]) -> dict[str, int]:
    """Changes staged, by verb: what `write` writes."""
    cursor.execute(
        "SELECT verb, count(*) FROM (SELECT verb FROM bulk_new UNION ALL SELECT verb FROM bulk_edit) c GROUP BY 1"
    )
    return {row[0]: row[1] for row in cursor.fetchall()}


def drop_staging(cursor: Cursor[Any]) -> None:
    """Drop the staging tables before the transaction ends, so that another plan may follow in it."""
    tables = sql.SQL(", ").join(sql.Identifier("pg_temp", f"bulk_{name}") for name in _MADE)
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


def execute(cursor: Cursor[Any], package: str, name: str, values: Mapping[str, Any]) -> list[int]:
    """Run a file of one or more statements; returns the rows each of them wrote."""
    cursor.execute(load(package, name), values)
    written = [cursor.rowcount]
    while cursor.nextset():
        written.append(cursor.rowcount)
    return written


def array(values: Iterable[str]) -> str:
    """Plain words as a PostgreSQL array, for COPY."""
    return "{" + ",".join(values) + "}"
