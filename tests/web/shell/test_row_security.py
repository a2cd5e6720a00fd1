"""A page whose author forgot the organization shows nothing of another customer, and changes nothing there (ADR 0013).

Everything here goes through the whole stack of a request, as the role that serves pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from schedulepop.accounts.models import Invitation, Organization, SecondFactor, User
from schedulepop.directory.models import DutyCode, EmploymentPeriod, LocationCode, ZoneCode
from schedulepop.messages.models import MailStop
from schedulepop.postgres.row_security import TENANT_TABLES
from schedulepop.sync import models as sync
from tests import made, standing
from tests.web.shell.row_security_views import tenant_models
from tests.web.world import World, maple

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.shell.row_security_views")]
READERS = ("admin", "manager", "staff", "client_success")


@standing.made_once
def foreign() -> World:
    """Another customer, with a row in every table that has an organization."""
    world = maple(people=2)
    Organization.objects.filter(pk=world.organization.pk).update(slug="birch-care", name="Birch Care")
    membership = world.ines.memberships.get()
    here: dict[str, Any] = {"organization": world.organization, "integration": world.integration}
    Invitation.objects.create(
        user=world.ines, purpose=Invitation.RESET, token_hash="f" * 64, expires_at=now() + timedelta(days=1)
    )
    SecondFactor.objects.create(user=world.ines, secret="x")
    MailStop.objects.create(organization=world.organization, by="x", reason="x", ended_at=now())
    LocationCode.objects.create(organization=world.organization, location=world.grove, code="BC")
    DutyCode.objects.create(location=world.grove, duty=membership.primary_duty, code="RN")
    ZoneCode.objects.create(location=world.grove, zone=membership.primary_zone, code="MC")
    EmploymentPeriod.objects.create(membership=membership, status="terminated", ended_on=date(2020, 1, 1))
    sync.MappingVersion.objects.create(integration=world.integration, version=1, mapping={}, by="x")
    sync.Fetch.objects.create(**here)
    sync.IntegrationSecret.objects.create(**here, name="x", value=b"x", key_id="x", set_by="x")
    raw = sync.RawFeed.objects.create(
        **here, sha256="a", size=1, content=b"x", kind="file", source_time=now()
    )
    sync.DropAddress.objects.create(**here, code="0123abcd", token_hash="0" * 64, made_by="x")
    sync.Arrival.objects.create(**here, raw=raw, name="a.csv", size=1, records=1, source_time=now())
    sync.Fingerprints.objects.create(integration=world.integration, rules_hash="a", blob=b"x")
    sync.Answer.objects.create(**here, source_id="1", kind="same", user=world.ines, by="x")
    sync.IdChange.objects.create(
        **here, user=world.ines, old_id="1", new_id="2", changed_on=date(2026, 1, 1), by="x"
    )
    sync.FieldOverride.objects.create(
        organization=world.organization,
        user=world.ines,
        location=world.grove,
        field="phone",
        kind="override",
        by="x",
    )
    for model in (sync.Merge, sync.DistinctPair):
        one, other = sorted((world.ines, world.both), key=lambda user: user.pk)
        names = ("kept", "merged") if model is sync.Merge else ("one", "other")
        model.objects.create(
            organization=world.organization, by="x", **dict(zip(names, (one, other), strict=True))
        )
    sync.Deferral.objects.create(
        **here, source_id="1", verb="create", reason="x", until=date(2026, 1, 8), by="x"
    )
    sync.PartMerge.objects.create(
        organization=world.organization, location=world.grove, kind="duty", kept_id=1, merged_id=2, by="x"
    )
    sync.Erasure.objects.create(organization=world.organization, by="x")
    sync.Tombstone.objects.create(**here, mark="x")
    sync.ErasedEmployment.objects.create(organization=world.organization, location=world.grove)
    sync.MissingLink.objects.create(integration=world.integration, source_id="9", since=date(2026, 1, 1))
    link = sync.Link.objects.filter(integration=world.integration).first()
    sync.Touched.objects.get_or_create(link=link)
    return world


@standing.made_once
def world(foreign: World) -> World:
    """The customer whose people ask."""
    return maple(people=2)


def ids_of_foreign(foreign: World) -> dict[str, set[int]]:
    """Table → the primary keys that are the other customer's; asked as the app's role, which sees all."""
    found: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        for model in tenant_models():
            table, key = model._meta.db_table, model._meta.pk.column
            owner = TENANT_TABLES[table]
            named = (
                f"t.{owner} = %s"
                if isinstance(owner, str)
                else (f"(SELECT organization_id FROM {owner[1]} p WHERE p.id = t.{owner[0]}) = %s")
            )
            cursor.execute(f"SELECT t.{key} FROM {table} t WHERE {named}", [foreign.organization.pk])
            found[table] = {pk for (pk,) in cursor.fetchall()}
    return found


def test_the_other_customer_has_a_row_in_every_table(foreign: World) -> None:
    found = ids_of_foreign(foreign)
    assert set(found) == set(TENANT_TABLES)
    assert [table for table, ids in found.items() if not ids] == []


@pytest.mark.parametrize("reader", READERS)
def test_all_rows_are_the_visitors_own(
    world: World, foreign: World, client_of: Callable[[str], Client], reader: str
) -> None:
    shown = client_of(reader).get("/everything/").json()
    of_others = ids_of_foreign(foreign)
    assert {
        table: of_others[table] & set(ids) for table, ids in shown.items() if of_others[table] & set(ids)
    } == {}
    assert world.ines.pk in shown["accounts_user"], "the wall is no blindfold"
    assert world.client_success.pk in shown["accounts_user"], (
        "whom to ask is seen, though a user of the vendor"
    )
    assert foreign.client_success.pk not in shown["accounts_user"] or reader == "client_success"


def test_aggregates_and_rows_by_number(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("admin")
    own = client.get("/everything/").json()
    assert client.get("/counted/").json() == {table: len(ids) for table, ids in own.items()}
    for table, ids in ids_of_foreign(foreign).items():
        assert client.get(f"/found/{table}/{min(ids)}/").json() == {"found": False}, table


@pytest.mark.parametrize(
    "select",
    [
        "SELECT last_name FROM accounts_user WHERE last_name = 'Hillman' AND organization_id = {foreign}",
        "SELECT u.id FROM directory_membership m JOIN accounts_user u ON u.id = m.user_id "
        "WHERE m.location_id = {place}",
        "SELECT u.id FROM accounts_organization o LEFT JOIN accounts_user u ON u.organization_id = o.id "
        "WHERE o.id = {foreign}",
        "SELECT id FROM accounts_user WHERE organization_id = {foreign} UNION ALL SELECT id FROM sync_run "
        "WHERE organization_id = {foreign}",
        "WITH all_of_them AS MATERIALIZED (SELECT * FROM directory_membership) "
        "SELECT id FROM all_of_them WHERE organization_id = {foreign}",
        "SELECT count(*) FROM sync_change WHERE organization_id = {foreign} HAVING count(*) > 0",
        "SELECT id FROM accounts_user WHERE id = {person} FOR UPDATE",
    ],
)
def test_no_statement_shows_a_row(
    world: World, foreign: World, client_of: Callable[[str], Client], select: str
) -> None:
    assert _ask(client_of("admin"), select, foreign)["rows"] == []


def test_no_update_or_delete_reaches_a_row(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    client, before = client_of("admin"), ids_of_foreign(foreign)
    for model in tenant_models():
        table, key = model._meta.db_table, model._meta.pk.column
        for sql in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
            if table == "accounts_auditentry":
                assert _ask(client, sql, foreign) == {"refused": "InsufficientPrivilege"}
                continue
            ids = ", ".join(map(str, before[table]))
            assert _ask(client, f"{sql} WHERE {key} IN ({ids})", foreign) == {"rows": [], "changed": 0}, sql
    assert ids_of_foreign(foreign) == before


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO accounts_grant (user_id, role, organization_id) VALUES ({reader}, 'admin', {foreign})",
        "INSERT INTO sync_distinctpair (organization_id, one_id, other_id, by, at) "
        "VALUES ({foreign}, {person}, {person} + 1, 'x', now())",
        "INSERT INTO directory_dutycode (location_id, duty_id, code) SELECT {place}, {duty}, 'STOLEN'",
        "INSERT INTO sync_mappingversion (integration_id, version, mapping, by, at) "
        "VALUES ({integration}, 99, '{{}}', 'x', now())",
        "INSERT INTO accounts_organization (name, slug, timezone, vendor, cms_codes, seniority_by, support_name, "
        "support_email, support_phone, created_at) VALUES ('N', 'n', 'UTC', false, true, 'latest', '', '', '', now())",
        "UPDATE accounts_grant SET organization_id = {foreign}",
        "UPDATE directory_location SET organization_id = {foreign} WHERE organization_id = {own}",
        "UPDATE accounts_user SET organization_id = {foreign} WHERE id = {reader}",
        "COPY accounts_grant (user_id, role, organization_id) FROM STDIN",
        "TRUNCATE accounts_grant",
        "ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON accounts_user USING (true)",
        "SET row_security = off; SELECT * FROM accounts_user",
        "SET ROLE schedulepop_migrate",
    ],
)
def test_no_write_gets_across(
    world: World, foreign: World, client_of: Callable[[str], Client], write: str
) -> None:
    before = ids_of_foreign(foreign)
    answer = _ask(client_of("admin"), write, foreign, own=world)
    # PostgreSQL's word for both a missing right and a row that no policy allows; COPY it does not do under policies.
    assert answer in ({"refused": "InsufficientPrivilege"}, {"refused": "FeatureNotSupported"})
    assert ids_of_foreign(foreign) == before


def test_vendor_staff_see_those_assigned_to_them_and_no_other(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    seen = set(client_of("client_success").get("/everything/").json()["accounts_organization"])
    assert seen == {world.organization.pk, world.client_success.organization_id}
    made.Grant.objects.create(
        user=world.client_success, role=made.Grant.CLIENT_SUCCESS, organization=foreign.organization
    )
    assert (
        foreign.organization.pk
        in client_of("client_success").get("/everything/").json()["accounts_organization"]
    )


def test_a_grant_that_ended_opens_nothing(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    made.Grant.objects.create(
        user=world.client_success,
        role=made.Grant.CLIENT_SUCCESS,
        organization=foreign.organization,
        ended_at=now(),
    )
    shown = client_of("client_success").get("/everything/").json()["accounts_organization"]
    assert foreign.organization.pk not in shown


def test_what_broke_is_rolled_back_and_nothing_outlives_the_request(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500
    assert User.objects.get(pk=world.admin.pk).first_name == "Renata"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('schedulepop.organizations', true), current_user")
        assert cursor.fetchone() in [("", "schedulepop_app"), (None, "schedulepop_app")]


def test_a_new_person_gets_a_name_that_is_free_everywhere(
    world: World, foreign: World, client_of: Callable[[str], Client]
) -> None:
    """Usernames are unique in the installation; the one that is taken is another customer's."""
    taken = made.user(foreign.organization, "Quilla Brandt")
    User.objects.filter(pk=taken.pk).update(username="quilla.brandt")
    asked = _ask(client_of("admin"), "SELECT usernames_like(ARRAY['quilla.brandt'])", foreign)
    assert asked["rows"] == [["quilla.brandt"]]


def _ask(client: Client, sql: str, foreign: World, own: World | None = None) -> dict[str, Any]:
    given = {
        "foreign": foreign.organization.pk,
        "person": foreign.ines.pk,
        "place": foreign.grove.pk,
        "duty": foreign.ines.memberships.get().primary_duty_id,
        "integration": foreign.integration.pk,
        "reader": own.admin.pk if own else 0,
        "own": own.organization.pk if own else 0,
    }
    answer: dict[str, Any] = client.post(
        "/statement/", {"sql": sql.format(**given).replace("{{}}", "{}")}
    ).json()
    return answer
