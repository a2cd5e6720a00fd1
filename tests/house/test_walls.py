"""Two walls between customers: row level security for the pages, and for the worker's SQL a look at every statement.

The worker's role passes row level security (ADR 0013), so each statement of ours that touches a table of an
organization has to say whose rows it means: the organization, an integration or a run of it (composite keys keep those
inside one organization), or the transaction's own `bulk_…` tables, which one run's plan filled.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection

from schedulepop.postgres.row_security import SHARED_TABLES, TENANT_TABLES, unprotected
from tests.house.documents import ROOT

TENANT = re.compile(rf"\b({'|'.join(TENANT_TABLES)})\b")
SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|INSERT|COPY|FROM|JOIN)\b")
WHOSE = re.compile(
    r"organization_id|%\((organization|integration|run|undone)\)s|\b(integration|run)_id = %s|\bbulk_\w+"
)
BY_DEFINITION = ("truths", "truths_undone", "recorded_at", "recorded_at_undone", "row_security")
"""Files that make constraints, triggers and policies: they touch no row."""

EXCEPTIONS = {
    "apply_touched": "the marks of links that this run has read for its own integration",
    "doctor.py: SELECT has_table_privilege": "asks for a right, reads no row",
    "customers": "a lead is told of all customers, as counts, days and states; slugs are of the whole installation",
    "due_late": "asked of all integrations by the minute's job, which tells each one's own people",
    "installation_figures": "sizes of tables: no row of anybody is read",
    "job_remove_dead": "jobs of dead workers, whosever run they name",
    "journal.py: membership_id IN (SELECT id FROM directory_membership WHERE user_id = ANY (%s))": "people of one undo",
    "journal.py: SELECT FROM {0} p JOIN directory_membership m": "a part of a membership the journal of one run names",
    "row_security.py: AND EXISTS (SELECT FROM accounts_organization o WHERE o.vendor": "a policy: whose visit it is",
    "row_security.py: id = ANY (ARRAY (SELECT user_id": "a policy: the grants it reads are bound themselves",
    "staging.py: SELECT user_id, location_id, id FROM directory_membership": "people whom the plan of this run names",
    "tenancy.py: SELECT nextval(pg_get_serial_sequence('accounts_organization'": "the ID of one to be added, no row",
    "write.py: DELETE FROM directory_membership WHERE id = %s": "one that the merge of two people has just read",
}
"""Statements without one of these words, each with what keeps it inside an organization."""


def _statements() -> Iterator[tuple[str, str]]:
    """Name and text of every statement of ours that touches a table of an organization."""
    for path in sorted((ROOT / "schedulepop").rglob("*.sql")):
        if path.stem not in BY_DEFINITION:
            for statement in re.sub(r"--.*", "", path.read_text("utf-8")).split(";\n"):
                if TENANT.search(statement):
                    yield path.stem, " ".join(statement.split())
    for path in sorted((ROOT / "schedulepop").rglob("*.py")):
        if "migrations" not in path.parts:
            for text in _texts(ast.parse(path.read_text("utf-8"))):
                if TENANT.search(text) and SQL.search(text):
                    yield f"{path.name}: {' '.join(text.split())}", text


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every string, an f-string as a whole: what stands in its braces does not show."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def test_every_statement_says_whose_rows_it_means() -> None:
    found = list(_statements())
    assert len(found) > 60, "the search has gone blind"
    loose = [name for name, text in found if not WHOSE.search(text)]
    unexplained = [name for name in loose if not any(name.startswith(known) for known in EXCEPTIONS)]
    assert unexplained == []
    unused = [known for known in EXCEPTIONS if not any(name.startswith(known) for name in loose)]
    assert unused == [], "an exception that nothing needs any more"


def test_every_model_has_a_side() -> None:
    tables = {one._meta.db_table for one in apps.get_models(include_auto_created=True)}
    assert tables - set(TENANT_TABLES) - set(SHARED_TABLES) == set()
    with_organization = {
        one._meta.db_table
        for one in apps.get_models()
        if any(field.column == "organization_id" for field in one._meta.concrete_fields)
    }
    assert with_organization <= {t for t, owner in TENANT_TABLES.items() if owner == "organization_id"}


@pytest.mark.django_db
class TestDatabase:
    """What stands in the database itself, after every migration."""

    def test_every_table_has_a_side(self) -> None:
        """A new table needs one line in `postgres/row_security.py`, or it is closed to the pages."""
        tables = self._column(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        assert tables == set(TENANT_TABLES) | set(SHARED_TABLES)
        assert not set(TENANT_TABLES) & set(SHARED_TABLES)

    def test_every_tenant_table_has_a_forced_policy(self) -> None:
        with connection.cursor() as cursor:
            assert unprotected(cursor) == []

    def test_every_policy_also_checks_what_is_written(self) -> None:
        """A policy for all commands without WITH CHECK would take its USING; ours say both."""
        assert (
            self._column(
                "SELECT polrelid::regclass::text FROM pg_policy WHERE polcmd = '*' AND polwithcheck IS NULL"
            )
            == set()
        )
        assert self._column("SELECT polname FROM pg_policy WHERE NOT polpermissive") == set()
        assert self._column("SELECT polname FROM pg_policy WHERE polcmd <> '*'") == {
            "vendor_staff",
            "vendor",
            "of_all_seen",
        }

    def test_no_view_looks_over_the_wall(self) -> None:
        """A view shows what its owner sees, unless it is told to ask as its reader; a stored one shows it to all."""
        views = self._column("""
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
               AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}')""")
        assert views == set()

    def test_what_the_policies_ask_is_stable(self) -> None:
        """A volatile function would be asked for every row, and no index could be used."""
        assert self._column(
            "SELECT provolatile::text FROM pg_proc WHERE proname = 'visited_organizations'"
        ) == {"s"}

    def test_the_doors_are_pinned_and_closed_to_the_public(self) -> None:
        doors = "FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        assert self._column(f"SELECT proname {doors}") == {
            "organizations_of_users",
            "organizations_of_login",
            "organizations_of_link",
            "organizations_of_drop",
            "organizations_of_letter",
            "organizations_of_demo",
            "erase_audit",
            "erase_word_in_audit",
            "stored_sizes",
            "is_all_demo",
            "next_generation",
            "usernames_like",
            "slugs_like",
            "is_lead",
            "all_customers_standing",
            "all_customers_nights",
            "all_customers_in_trouble",
            "organizations_of_assigning",
            "seconds_since_worker_beat",
            "installation_figures",
            "expire_audit",
        }
        assert (
            self._column(
                f"SELECT proname {doors} AND NOT proconfig @> '{{\"search_path=pg_catalog, public\"}}'"
            )
            == set()
        )
        assert (
            self._column(f"SELECT proname {doors} AND has_function_privilege('public', oid, 'EXECUTE')")
            == set()
        )

    def test_what_is_unique_is_unique_inside_an_organization(self) -> None:
        """Uniqueness ignores row level security: a refused value would tell that another customer has it."""
        named = self._column(
            """
            SELECT c.relname || ': ' || i.relname
              FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
             WHERE x.indisunique AND NOT x.indisprimary AND c.relname = ANY (%s)
               AND NOT EXISTS (SELECT FROM pg_attribute a
                                WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey::smallint[])
                                  AND a.attname ~ '_id$' AND a.attname <> 'source_id')""",
            list(TENANT_TABLES),
        )
        assert named == GLOBALLY_UNIQUE

    def test_a_job_names_runs_or_integrations_and_no_person(self) -> None:
        """The queue is shared: what stands in a job's arguments, everybody's worker and page may read."""
        from schedulepop import jobs

        ours = [
            task.func for task in jobs.app.tasks.values() if task.func.__module__.startswith("schedulepop")
        ]
        assert {name for function in ours for name in inspect.signature(function).parameters} == {
            "run_id",
            "integration_id",
            "erasure_id",
            "timestamp",
        }

    @staticmethod
    def _column(statement: str, *given: object) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(statement, given or None)
            return {row[0] for row in cursor.fetchall()}


GLOBALLY_UNIQUE = {
    "accounts_organization: accounts_organization_slug_key",  # in addresses
    "accounts_user: accounts_user_username_key",  # whoever signs in has not said where
    "accounts_invitation: accounts_invitation_token_hash_key",  # 256 random bits
    "sync_dropaddress: sync_dropaddress_code_key",  # random, and nobody chooses it
}
"""What names somebody or something in the whole installation, on purpose."""


def test_nothing_is_read_after_the_requests_transaction() -> None:
    """A streamed answer and a hook on the commit run when the database shows the web nothing any more."""
    late = re.compile(r"StreamingHttpResponse|FileResponse|\bon_commit\b|TemplateResponse")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "schedulepop").rglob("*.py")
        if late.search(path.read_text("utf-8"))
    }
    assert found == set()
