"""Activity: who did what, when, by which door; found, filtered, paged; and what a reader may not know is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.accounts import audit, tenancy
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.postgres import Urls
from schedulepop.sync.models import Run
from tests import as_web, made, standing
from tests.web import many
from tests.web.world import World, maple

ClientOf = Callable[[str], Client]
URL = "/activity/"


def said(client: Client, query: str = "") -> list[str]:
    """What the lines of the page say, newest first."""
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200
    return [f"{line.who} {line.did}" for line in response.context["lines"]]


def did(
    actor: User | Actor,
    verb: str,
    subject: str,
    pk: int | None,
    *,
    user: User | None = None,
    changes: tuple[dict[str, object], ...] = (),
    ago: timedelta = timedelta(0),
) -> AuditEntry:
    """One entry, so long ago."""
    who = Actor.of(actor) if isinstance(actor, User) else actor
    owner = (user or User.objects.get(last_name="Okoye")).organization
    return AuditEntry.objects.create(
        organization=owner,
        at=now() - ago,
        actor=who.user,
        by=who.by,
        door=who.door,
        verb=verb,
        subject=subject,
        subject_id=pk,
        user=user,
        changes=list(changes),
    )


@standing.made_once
def told() -> World:
    """One of everything, and nothing else."""
    world = maple(synced=False)
    world.run = Run.objects.create(
        organization=world.organization,
        integration=world.integration,
        number=1,
        trigger="manual",
        state="applied",
        requested_by="x",
        local_date=now().date(),
    )
    night = Actor(user=None, by=f"sync run {world.run.number}", door="sync")
    phone = audit.change("phone", "+15155550171", "+15155550178")
    pay = audit.change("pay_rate", 180_000, 315_000)
    did(
        world.manager,
        "edited",
        "user",
        world.ines.pk,
        user=world.ines,
        changes=(phone,),
        ago=timedelta(hours=1),
    )
    did(world.admin, "approved", "run", world.run.pk, ago=timedelta(days=3))
    did(Actor.operator("ops"), "paused", "integration", world.integration.pk, ago=timedelta(days=20))
    did(night, "update", "membership", 1, user=world.ines, ago=timedelta(days=2))
    did(Actor(None, "schedule", "sync"), "requested", "run", world.run.pk, ago=timedelta(days=2, minutes=1))
    membership = world.ines.memberships.get().pk
    did(
        world.admin,
        "edited",
        "membership",
        membership,
        user=world.ines,
        changes=(pay,),
        ago=timedelta(days=40),
    )
    audit.record_visit(Actor.of(world.admin), world.organization, "signed_in", "password")
    return world


@pytest.fixture
def client_of(told: World) -> ClientOf:
    """A client signed in as that role."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(told.person(role))
        return client

    return sign_in


@pytest.mark.django_db
class TestPage:
    def test_what_people_did_comes_first_and_the_nights_are_one_chip_away(
        self, told: World, client_of: ClientOf
    ) -> None:
        client, number = client_of("admin"), told.run.number
        assert said(client) == [
            "You signed in",
            "Marisol Tate changed phone of Ines Calloway",
            f"You approved run {number}",
            "The operator (ops) paused the integration Payroll export",
            "You changed pay rate of Ines Calloway",
        ]
        assert said(client, "?door=payroll") == [f"Payroll, by run {number} changed Ines Calloway"]
        assert said(client, "?door=job") == [f"The schedule started run {number}"]
        assert said(client, "?door=cli") == ["The operator (ops) paused the integration Payroll export"]
        assert len(said(client, "?door=all")) == 7

    @pytest.mark.parametrize(
        ("query", "lines"),
        [
            ("?q=marisol", ["Marisol Tate changed phone of Ines Calloway"]),
            ("?q=calloway&period=7", ["Marisol Tate changed phone of Ines Calloway"]),
            ("?kind=integrations", ["The operator (ops) paused the integration Payroll export"]),
            ("?kind=access", ["You signed in"]),
            ("?kind=runs&period=1", []),
            ("?kind=files", []),
            ("?q=nobody", []),
            ("?kind=nonsense&door=nonsense&person=x&q=tate", ["Marisol Tate changed phone of Ines Calloway"]),
        ],
    )
    def test_filters(self, told: World, client_of: ClientOf, query: str, lines: list[str]) -> None:
        assert said(client_of("admin"), query) == lines

    def test_by_person_and_the_choice_names_who_wrote(self, told: World, client_of: ClientOf) -> None:
        client = client_of("admin")
        assert said(client, f"?person={told.manager.pk}") == ["Marisol Tate changed phone of Ines Calloway"]
        offered = [one.label for one in client.get(URL).context["bar"].selects[0].options]
        assert offered == ["Renata Okoye", "Marisol Tate"]

    def test_old_and_new_the_exact_time_and_where_it_leads(self, told: World, client_of: ClientOf) -> None:
        page = client_of("admin").get(f"{URL}?q=marisol").content.decode()
        assert "phone: (515) 555-0171 → (515) 555-0178" in page
        assert reverse("profile", args=[told.ines.pk, told.grove.pk]) in page
        assert " CST" in page.split("<time", 1)[1].split(">", 1)[0] or " CDT" in page
        runs = client_of("admin").get(f"{URL}?kind=runs").content.decode()
        assert reverse("run", args=[told.run.pk]) in runs

    def test_pay_is_said_to_admins_only(self, told: World, client_of: ClientOf) -> None:
        pages = {
            role: client_of(role).get(f"{URL}?period=365").content.decode()
            for role in ("admin", "client_success")
        }
        assert "31.50" in pages["admin"]
        assert "changed pay rate of Ines Calloway" in pages["client_success"]
        assert "31.50" not in pages["client_success"]
        assert "315000" not in pages["client_success"]

    def test_a_mapping_names_what_changed_and_a_state_is_said_once(
        self, told: World, client_of: ClientOf
    ) -> None:
        mapped = (audit.change("columns", "{}", "{'Emp #': 'source_id'}"), audit.change("dates", "{}", "{}"))
        did(told.admin, "mapped", "integration", told.integration.pk, changes=mapped)
        paused = audit.change("state", "active", "paused")
        did(told.admin, "paused", "integration", told.integration.pk, changes=(paused,))
        lines = client_of("admin").get(f"{URL}?kind=integrations&period=1").context["lines"]
        assert [line.detail for line in lines] == ["", "columns, dates"]

    def test_who_came_in_is_the_admins_alone(self, told: World, client_of: ClientOf) -> None:
        assert said(client_of("client_success"), "?kind=access&door=all") == []

    def test_nothing_of_another_organization(self, told: World) -> None:
        cedar = made.organization("Cedar Care")
        client = Client()
        client.force_login(made.admin(cedar, "Una Cedar"))
        assert not [line for line in said(client, "?door=all") if "Calloway" in line or "run" in line]
        assert said(client, f"?door=all&person={told.manager.pk}") == []

    def test_a_page_at_a_time(self, told: World, client_of: ClientOf) -> None:
        for number in range(60):
            did(
                told.admin,
                "edited",
                "user",
                told.ines.pk,
                user=told.ines,
                ago=timedelta(days=50, minutes=number),
            )
        client = client_of("admin")
        first, second = client.get(URL), client.get(f"{URL}?page=2")
        assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 15)
        assert "Older" in first.content.decode()
        assert "51 to 65 of 65" in second.content.decode()

    def test_a_part_of_the_page_for_htmx(self, told: World, client_of: ClientOf) -> None:
        response = client_of("admin").get(f"{URL}?q=tate", headers={"HX-Request": "true"})
        assert response.headers["HX-Push-Url"] == f"{URL}?q=tate"
        assert "<h1>" not in response.content.decode()

    def test_nothing_yet(self, told: World) -> None:
        client = Client()
        client.force_login(made.admin(made.organization("Cedar Care"), "Una Cedar"))
        assert "Nothing has been done here yet." in client.get(URL).content.decode()
        assert "Nothing matches “zzz”." in client.get(f"{URL}?q=zzz").content.decode()

    def test_who_is_gone_is_no_link(self, told: World, client_of: ClientOf) -> None:
        did(told.admin, "edited", "user", 987654321)
        assert said(client_of("admin"))[0] == "You changed somebody or something that is gone"


@pytest.mark.django_db(transaction=True)
def test_fifty_thousand_entries(database_urls: Urls) -> None:
    """The first page, a person's and a period's are read along an index; the page asks little."""
    world = maple(people=2)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_auditentry
                      (organization_id, at, by, door, verb, subject, subject_id, user_id, actor_id, changes)
               SELECT %(org)s, now() - n * interval '1 minute',
                      CASE WHEN n %% 5 = 0 THEN 'Renata Okoye' ELSE 'sync run 1' END,
                      CASE WHEN n %% 5 = 0 THEN 'web' ELSE 'sync' END, 'update', 'membership', n, %(user)s,
                      CASE WHEN n %% 5 = 0 THEN %(admin)s END, '[]'
                 FROM generate_series(1, 50000) n""",
            {"org": world.organization.pk, "user": world.ines.pk, "admin": world.admin.pk},
        )
    many.analyze(database_urls.migrate, "accounts_auditentry")
    client = Client()
    client.force_login(world.admin)
    for query in ("", "?door=all", f"?person={world.admin.pk}&period=7", "?door=payroll&page=3"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{URL}{query}").status_code == 200
        assert len(asked) < 45
        selects = [
            one["sql"]
            for one in asked
            if one["sql"].startswith("SELECT")
            and "ORDER BY" in one["sql"]
            and '"accounts_auditentry"."at" DESC' in one["sql"]
        ]
        assert len(selects) == 1
        with tenancy.of_user(world.admin.pk), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {as_web.ROLE}")
            cursor.execute(f"EXPLAIN {selects[0]}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("RESET ROLE")
        assert "Index Scan" in plan, plan
        assert "Seq Scan on accounts_auditentry" not in plan, plan
