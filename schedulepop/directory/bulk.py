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

from schedulepop.directory import names
from schedulepop.employee import ENDED, MAY_SIGN_IN, NEXT_PAY
from schedulepop.lib.sql import load

HERE = "schedulepop.directory"
ROWS_AT_A_TIME = 20_000

_PLACE = (
    "employee_number",
    "status",
    "hire_date",
    "original_hire_date",
    "termination_date",
    "ends_on",
    "leave_end",
    "cms_code",
    "duty_id",
    "zone_id",
    "pay_rate",
    "pay_unit",
    "pay_currency",
    *NEXT_PAY,
    "primary_location",
)
_ROW = (
    "change_no",
    "verb",
    "source_id",
    "user_id",
    "membership_id",
    "from_membership_id",
    "location_id",
    "what",
)
NEW = (
    *_ROW,
    "first_name",
    "last_name",
    "email",
    "phone",
    *_PLACE,
    "welcome",
    "newcomer",
    "makes_user",
    "username",
    "sort_name",
)
"""Columns of a membership to make; `newcomer`: its user is new too; `makes_user`: the row that makes them."""
KNOWN = (*_ROW, *_PLACE, "welcome", "fields")
"""Columns of a membership that exists; `fields` as a PostgreSQL array, null: all of them."""
OWN = ("change_no", "user_id", "first_name", "last_name", "sort_name", "email", "phone", "fields")
EXTRA = (
    "membership_id",
    "location_id",
    "kind",
    "part_id",
    "gone",
    "pay_rate",
    "pay_unit",
    "pay_currency",
    *NEXT_PAY,
)
"""Columns of a further duty or zone of payroll's that appears, goes, or whose pay moves."""
FIELD = ("change_no", "place", "field", "old", "new", "why")

_TABLES = ("bulk_new", "bulk_known", "bulk_own", "bulk_extra", "bulk_field")
_MADE = (*_TABLES, "bulk_edit", "bulk_person", "bulk_out", "bulk_pass")


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
    cursor.execute(load(HERE, "bulk_codes_made"))
    made = cursor.fetchall()
    cursor.execute("DROP TABLE bulk_code")
    schema = {"kind": pl.String, "location_id": pl.Int64, "code": pl.String, "id": pl.Int64}
    return pl.DataFrame(made, schema=schema, orient="row")


def stage(
    cursor: Cursor[Any],
    new: pl.DataFrame,
    known: pl.DataFrame,
    own: pl.DataFrame,
    extras: pl.DataFrame,
    told: pl.DataFrame,
) -> None:
    """Fill the staging tables (columns NEW, KNOWN, OWN, EXTRA, FIELD) and leave out what already is as planned."""
    cursor.execute(load(HERE, "bulk_tables"))
    frames, columns = (new, known, own, extras, told), (NEW, KNOWN, OWN, EXTRA, FIELD)
    for name, frame, wanted in zip(_TABLES, frames, columns, strict=True):
        copy_in(cursor, name, frame.select(wanted))
    cursor.execute("ANALYZE bulk_known (membership_id); ANALYZE bulk_own (user_id)")
    if extras.height:
        execute(cursor, HERE, "bulk_extras_settled", {})
    cursor.execute(load(HERE, "bulk_edits"), {"ended": sorted(ENDED)})
    cursor.execute(load(HERE, "bulk_settled"))


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
    execute(cursor, HERE, "bulk_leave", given)
    if new:
        execute(cursor, HERE, "bulk_users", given)
        execute(cursor, HERE, "bulk_memberships", given)
    execute(cursor, HERE, "bulk_own", given)
    if known:
        for name in ("bulk_back", "bulk_edit_parts", "bulk_edit", "bulk_edit_left"):
            execute(cursor, HERE, name, given)
    if extras:
        execute(cursor, HERE, "bulk_extras", given)
    execute(cursor, HERE, "bulk_primary_on", given)
    execute(cursor, HERE, "bulk_ends", given)
    if not letters:
        execute(cursor, HERE, "bulk_unsent", given)
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
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), columns)
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
