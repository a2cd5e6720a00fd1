"""The web's role itself, over connections of its own: what it sees before, in and after a transaction (ADR 0013)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from schedulepop.accounts import invitations, tenancy
from schedulepop.accounts.models import Invitation, User
from schedulepop.postgres import Urls
from schedulepop.postgres.row_security import SETTING, TENANT_TABLES, reason_against_serving, unprotected
from tests import made
from tests.made import NOON

TELL = f"SELECT set_config('{SETTING}', %s, true)"


class TestRole:
    """A connection as the web makes it."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def people(self) -> tuple[User, User]:
        """Two customers, one person each."""
        return made.person(made.location()), made.person(made.location(made.organization("Birch Care")))

    @pytest.fixture
    def web(self, people: tuple[User, User], database_urls: Urls) -> Iterator[psycopg.Connection]:
        with psycopg.connect(database_urls.web, autocommit=True) as there:
            yield there

    @pytest.mark.parametrize("told", [None, "", "{}", "{0}"])
    def test_who_told_nothing_sees_nothing(self, web: psycopg.Connection, told: str | None) -> None:
        with web.transaction():
            if told is not None:
                web.execute(TELL, [told])
            for table in TENANT_TABLES:
                assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table

    def test_what_was_told_ends_with_its_transaction(
        self, web: psycopg.Connection, people: tuple[User, User]
    ) -> None:
        mine, theirs = people
        for ends_well in (True, False):
            with web.transaction(force_rollback=not ends_well):
                web.execute(TELL, [f"{{{mine.organization_id}}}"])
                assert web.execute("SELECT id FROM accounts_user").fetchall() == [(mine.pk,)]
            assert web.execute("SELECT id FROM accounts_user").fetchall() == []
        web.execute(
            TELL, [f"{{{theirs.organization_id}}}"]
        )  # outside of a transaction it holds for itself alone
        assert web.execute("SELECT id FROM accounts_user").fetchall() == []

    def test_a_word_that_is_no_list_shows_nothing_either(self, web: psycopg.Connection) -> None:
        with web.transaction(force_rollback=True):
            web.execute(TELL, ["everybody"])
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                web.execute("SELECT id FROM accounts_user")

    def test_it_is_nobody_else(self, web: psycopg.Connection) -> None:
        for statement in (
            "SET ROLE schedulepop_app",
            "SET ROLE schedulepop_migrate",
            "SET SESSION AUTHORIZATION schedulepop_owner",
            "CREATE TABLE mine (id int)",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "COPY accounts_user TO PROGRAM 'cat'",
            "UPDATE accounts_auditentry SET by = 'nobody'",
            "DELETE FROM accounts_auditentry",
            "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
            "SELECT * FROM auth_group",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(statement)

    def test_only_this_role_may_serve(self, web: psycopg.Connection, database_urls: Urls) -> None:
        assert reason_against_serving(web.cursor()) == ""
        for url in (database_urls.app, database_urls.migrate, database_urls.owner):
            with psycopg.connect(url) as other:
                assert "passes row level security" in reason_against_serving(other.cursor())

    def test_an_owner_may_not_serve_either(self, web: psycopg.Connection, database_urls: Urls) -> None:
        with psycopg.connect(database_urls.owner) as owner, owner.transaction(force_rollback=True):
            owner.execute("CREATE ROLE plain NOLOGIN; GRANT USAGE ON SCHEMA public TO plain")
            owner.execute("ALTER TABLE sync_issue OWNER TO plain; SET LOCAL ROLE plain")
            assert "served as plain, who owns the tables" in reason_against_serving(owner.cursor())

    @pytest.mark.parametrize(
        "fault",
        [
            "ALTER TABLE sync_issue DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE sync_issue NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY of_its_organization ON sync_issue",
        ],
    )
    def test_a_table_without_its_wall_is_found(
        self, database_urls: Urls, web: psycopg.Connection, fault: str
    ) -> None:
        with psycopg.connect(database_urls.migrate) as migrate:
            migrate.execute(fault)
        assert unprotected(web.cursor()) == ["sync_issue"]
        assert "sync_issue. Run `schedulepop migrate`" in reason_against_serving(web.cursor())

    @pytest.mark.parametrize("as_whom", ["app", "nobody"])
    def test_pages_are_not_served_as_anybody_else(
        self, web: psycopg.Connection, environment: dict[str, str], as_whom: str
    ) -> None:
        given = {key: value for key, value in environment.items() if key != "DATABASE_WEB_URL"}
        if as_whom == "app":
            given["DATABASE_WEB_URL"] = environment["DATABASE_URL"]
        done = subprocess.run(
            [sys.executable, "-m", "schedulepop", "web", "--port", "1"],
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        said = " ".join((done.stdout + done.stderr).split())
        assert "The pages would be served as schedulepop_app, who passes row level security" in said
        assert "set DATABASE_WEB_URL to its address" in said


@pytest.mark.django_db
class TestDoors:
    """Which organizations each opens; a door answers ids, never a row."""

    def test_a_user_opens_their_own(self) -> None:
        person = made.person(made.location())
        assert _opened(tenancy.of_user(person.pk)) == {person.organization_id}
        assert _opened(tenancy.of_user(0)) == set()

    def test_vendor_staff_open_those_assigned_to_them(self) -> None:
        org, other = made.organization(), made.organization("Birch Care")
        pell = made.client_success(org)
        assert _opened(tenancy.of_user(pell.pk)) == {org.pk, pell.organization_id}
        grant = made.Grant.objects.create(user=pell, role=made.Grant.CLIENT_SUCCESS, organization=other)
        assert other.pk in _opened(tenancy.of_user(pell.pk))
        grant.ended_at = NOON
        grant.save()
        assert other.pk not in _opened(tenancy.of_user(pell.pk))

    def test_a_customers_user_opens_no_other_customer_whatever_they_are_granted(self) -> None:
        person, other = made.person(made.location()), made.organization("Birch Care")
        made.Grant.objects.create(user=person, role=made.Grant.CLIENT_SUCCESS, organization=other)
        assert _opened(tenancy.of_user(person.pk)) == {person.organization_id}

    def test_a_login_is_a_username_or_a_confirmed_address(self) -> None:
        person = made.person(
            made.location(), email="ines@maple.example", confirmed_email="Ines@maple.example"
        )
        twin = made.person(
            made.location(made.organization("Birch Care")), confirmed_email="ines@maple.example"
        )
        assert _opened(tenancy.of_login(f" {person.username.upper()} ")) == {person.organization_id}
        assert _opened(tenancy.of_login("INES@maple.example")) == {
            person.organization_id,
            twin.organization_id,
        }
        assert _opened(tenancy.of_login("")) == set()
        assert _opened(tenancy.of_login("' OR true --\x00")) == set()

    def test_a_contact_address_opens_no_sign_in(self) -> None:
        made.person(made.location(), email="Ines@maple.example")
        assert _opened(tenancy.of_login("ines@maple.example")) == set()

    def test_a_link_opens_its_persons(self) -> None:
        person = made.person(made.location())
        token = invitations.create(person, Invitation.RESET, NOON)
        assert _opened(invitations.opened_by(token)) == {person.organization_id}
        assert _opened(invitations.opened_by("x" * 43)) == set()

    def test_after_a_door_inside_another_the_first_counts_again(self) -> None:
        one, other = made.person(made.location()), made.person(made.location(made.organization("Birch Care")))
        with tenancy.of_user(one.pk):
            assert _opened(tenancy.of_user(other.pk)) == {other.organization_id}
            assert _now() == {one.organization_id}
            with pytest.raises(ZeroDivisionError), tenancy.of_user(other.pk):
                raise ZeroDivisionError
            assert _now() == {one.organization_id}

    def test_throughout_is_over_with_its_block(self) -> None:
        one = made.person(made.location())
        with tenancy.of_user_throughout(one.pk), transaction.atomic():
            assert _now() == {one.organization_id}
        assert _now() == set()
        with pytest.raises(ZeroDivisionError), tenancy.of_user_throughout(one.pk):
            raise ZeroDivisionError
        assert _now() == set()

    def test_a_second_session_in_a_requests_transaction_is_a_fault(self, clone: object) -> None:
        one = made.person(made.location())
        with tenancy.of_user(one.pk), pytest.raises(RuntimeError, match="own_transactions"):
            tenancy.pass_on(connection.connection)


def _opened(door: object) -> set[int]:
    with door:  # type: ignore[attr-defined]
        return _now()


def _now() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT visited_organizations()")
        return set(cursor.fetchone()[0] or ())
