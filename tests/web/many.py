"""Thousands of people in one statement per table, where what counts is how many there are."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection, transaction

from schedulepop.directory.models import Location
from tests import made

TABLES = ("accounts_user", "directory_membership", "directory_membershipduty", "directory_membershipzone")


@transaction.atomic
def people_at(place: Location, count: int) -> None:
    """So many more people at this location, each a copy of one with a duty and a zone, but for the name."""
    who = made.person(place, "Given Family", duty=made.duty(place), zone=made.zone(place))
    membership = who.memberships.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL schedulepop.applying = 'on'")  # no mark for the next run per row
        cursor.execute("CREATE TEMP TABLE many ON COMMIT DROP AS SELECT n, 0::bigint AS u, 0::bigint AS m "
                       "FROM generate_series(1, %s) n", [count])  # fmt: skip
        for column, table in (("u", TABLES[0]), ("m", TABLES[1])):
            cursor.execute(f"UPDATE many SET {column} = nextval(pg_get_serial_sequence('{table}', 'id'))")
        named = {
            "id": "u",
            "username": "username || '-' || n",
            "last_name": "last_name || n %% 4999",
            "sort_name": "'family' || n %% 4999 || ' given'",
        }
        _copy(cursor, "accounts_user", "id", who.pk, named)
        owned = {"id": "m", "user_id": "u", "primary_duty_id": "NULL", "primary_zone_id": "NULL"}
        _copy(cursor, "directory_membership", "id", membership.pk, owned)
        for table in TABLES[2:]:
            _copy(cursor, table, "membership_id", membership.pk, {"membership_id": "m"})
        cursor.execute(
            "UPDATE directory_membership SET primary_duty_id = %s, primary_zone_id = %s FROM many WHERE id = m",
            [membership.primary_duty_id, membership.primary_zone_id],
        )


def _copy(cursor: Any, table: str, key: str, pk: int, other: dict[str, str]) -> None:
    """The row of that key as often as there are people, with these columns otherwise; a number of its own by itself."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall() if name != "id" or "id" in other]
    values = ", ".join(other.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f'INSERT INTO {table} ({names}) SELECT {values} FROM {table}, many WHERE "{key}" = %s', [pk]
    )


def analyze(migrate_url: str, *more: str) -> None:
    """What autovacuum does at night, of `more` tables too; only the schema's owner may."""
    with psycopg.connect(migrate_url) as migrate:
        migrate.execute(
            f"ANALYZE {', '.join((*TABLES, *more))}, accounts_organization, directory_location, accounts_grant"
        )
