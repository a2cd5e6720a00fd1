"""What sql/truths.sql promises is in the database, and every key that a model leaves to it is there."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from tests.house.documents import ROOT

pytestmark = pytest.mark.django_db
PROMISED = re.compile(
    r"ALTER TABLE (\w+) ADD CONSTRAINT (\w+)\s+FOREIGN KEY \(([^)]*)\) REFERENCES (\w+) \(([^)]*)\)"
    r"(?: ON DELETE (\w+))?"
)
ON_DELETE = {"": "a", "CASCADE": "c", "RESTRICT": "r"}
HISTORY = {
    "accounts_auditentry": {"organization_id", "actor_id", "user_id"},
    "outbox_message": {"organization_id"},
    "sync_change": {"organization_id", "run_id", "user_id"},
    "sync_issue": {"location_id", "user_id"},
}
"""Columns without a foreign key on purpose: history outlives what it names, or another key carries them."""

Key = tuple[str, str, tuple[str, ...], str, tuple[str, ...], str]


def _promises() -> set[Key]:
    def names(columns: str) -> tuple[str, ...]:
        return tuple(column.strip() for column in columns.split(","))

    return {
        (table, name, names(columns), target, names(keys), ON_DELETE[then])
        for app in ("directory", "sync")
        for table, name, columns, target, keys, then in PROMISED.findall(_sql(app))
    }


def _sql(app: str) -> str:
    files = sorted((ROOT / f"schedulepop/{app}/sql").glob("truths*.sql"))
    text = "\n".join(file.read_text("utf-8") for file in files if not file.stem.endswith("_undone"))
    return re.sub(r"--.*", "", text)


def _kept() -> set[Key]:
    """Composite foreign keys as the database has them; only those that are checked at once."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.conrelid::regclass::text, c.conname, c.confrelid::regclass::text, c.confdeltype,
                   (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k (no, n)
                      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.no),
                   (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k (no, n)
                      JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.no)
              FROM pg_constraint c
             WHERE c.contype = 'f' AND cardinality(c.conkey) > 1 AND NOT c.condeferrable AND c.convalidated""")
        return {
            (table, name, tuple(columns), target, tuple(keys), then)
            for table, name, target, then, columns, keys in cursor.fetchall()
        }


def test_composite_foreign_keys_are_what_the_sql_promises() -> None:
    assert len(_promises()) > 15
    assert _kept() == _promises()


def test_triggers_are_what_the_sql_promises() -> None:
    promised = {
        name for app in ("directory", "sync") for name in re.findall(r"CREATE TRIGGER (\w+)", _sql(app))
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        enabled = {name for name, state in cursor.fetchall() if state == "O"}
    assert promised
    assert promised <= enabled


def test_a_key_that_a_model_leaves_out_is_in_a_composite_one() -> None:
    from django.apps import apps

    covered: dict[str, set[str]] = {table: set(columns) for table, columns in HISTORY.items()}
    for table, _, columns, *_ in _kept():
        covered.setdefault(table, set()).update(columns)
    bare = [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation
        and not getattr(field, "db_constraint", True)
        and field.column not in covered.get(model._meta.db_table, set())
    ]
    assert not bare


def test_what_takes_the_truths_back_takes_all_of_them_back() -> None:
    for app in ("directory", "sync"):
        files = sorted((ROOT / f"schedulepop/{app}/sql").glob("truths*_undone.sql"))
        undone = "\n".join(file.read_text("utf-8") for file in files)
        made = re.findall(r"(?:ADD CONSTRAINT|CREATE TRIGGER|CREATE FUNCTION) (\w+)", _sql(app))
        assert not [name for name in made if name not in undone]
