"""Customers: the list, one's own and a lead's; a new one on one page; assigning and handing over."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry, Grant, Organization, User
from schedulepop.directory.models import LocationCode
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Run
from tests import made
from tests.reading import one_space
from tests.web.world import World

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Birch Care",
    "timezone": "America/Denver",
    "location": ["Birch House", "Birch Hill", ""],
    "codes": ["101, BH", "102", ""],
    "admin_first_name": "Una",
    "admin_last_name": "Birch",
    "admin_email": "una@birch.example",
    "support_name": "",
    "support_email": "",
    "support_phone": "",
}


def read(answer: Any) -> str:
    """The page as read."""
    return unescape(one_space(answer.content.decode()))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lead(world: World) -> User:
    return made.lead()


@pytest.fixture
def cedar(world: World) -> Organization:
    """Another customer, of somebody else."""
    cedar = made.organization("Cedar Care")
    made.client_success(cedar, "Carl Cedar")
    made.person(made.location(cedar, "Cedar Point", "CP"), "Paul Stranger")
    return cedar


def integration(org: Organization, **more: Any) -> Integration:
    values = {"name": "Payroll", "slug": "payroll", "connector": "adp_wfn", "state": "active"}
    return Integration.objects.create(organization=org, **(values | more))


def run(one: Integration, number: int, state: str, **more: Any) -> Run:
    return Run.objects.create(
        organization=one.organization,
        integration=one,
        number=number,
        trigger="schedule",
        state=state,
        local_date=(now() - timedelta(days=number)).date(),
        requested_by="schedule",
        **more,
    )


class TestList:
    def test_ones_own_customers_with_state_people_and_nights(self, world: World, cedar: Organization) -> None:
        page = read(client_of(world.client_success).get("/customers/"))
        assert "Maple Health" in page
        assert "Cedar Care" not in page
        assert "1 night applied." in page
        assert 'Customers <span id="count">(1)</span>' in page

    def test_what_needs_attention_comes_first_and_each_has_its_filter(self, world: World) -> None:
        at, user = now(), world.client_success
        for name in ("Held House", "Late Lodge", "Trouble Terrace", "New Nook"):
            org = made.organization(name)
            Grant.objects.create(user=user, role=Grant.CLIENT_SUCCESS, organization=org)
            if name == "Held House":
                run(integration(org, last_success_at=at), 1, "held")
            elif name == "Late Lodge":
                integration(org, last_success_at=at - timedelta(hours=27))
            elif name == "Trouble Terrace":
                integration(org, state="quarantined", last_success_at=at, failing_since=at)
        client = client_of(user)
        names = re.findall(r'<a class="cover"[^>]*>([^<]+)<', client.get("/customers/").content.decode())
        assert names == [
            "Held House", "Trouble Terrace", "Late Lodge", "Maple Health", "New Nook",
        ]  # fmt: skip
        for show, name in (
            ("on_hold", "Held House"),
            ("source_trouble", "Trouble Terrace"),
            ("late", "Late Lodge"),
            ("setting_up", "New Nook"),
        ):
            found = client.get(f"/customers/?show={show}").content.decode()
            assert re.findall(r'<a class="cover"[^>]*>([^<]+)<', found) == [name]
        assert "None just now." not in client.get("/customers/?q=held").content.decode()
        assert "No customer matches" in client.get("/customers/?q=zzz").content.decode()

    def test_payroll_that_sends_the_same_for_too_long_is_late(self, world: World) -> None:
        at = now()
        one = integration(
            world.organization, slug="adp", last_success_at=at, last_source_time=at - timedelta(days=9)
        )
        for number in range(1, 5):
            run(one, number, "applied", source_time=at - timedelta(days=8 + number))
        assert "Late" in read(client_of(world.client_success).get("/customers/?show=late"))
        page = read(client_of(world.client_success).get("/customers/of/maple-health/"))
        assert "Payroll has sent nothing new since" in page

    def test_as_many_statements_for_five_customers_as_for_one(self, world: World) -> None:
        client = client_of(world.client_success)
        client.get("/customers/")
        with CaptureQueriesContext(connection) as few:
            client.get("/customers/")
        for number in range(4):
            org = made.organization(f"Care {number}", requires_second_factor=False)
            Grant.objects.create(user=world.client_success, role=Grant.CLIENT_SUCCESS, organization=org)
            run(integration(org, last_success_at=now()), 1, "applied")
        with CaptureQueriesContext(connection) as many:
            client.get("/customers/")
        assert len(many) == len(few)


class TestLead:
    def test_sees_how_all_are_and_who_looks_after_them(
        self, world: World, cedar: Organization, lead: User
    ) -> None:
        made.organization("Orphan Oaks")
        page = read(client_of(lead).get("/customers/"))
        for said in (
            "Maple Health",
            "Jonah Pell",
            "Cedar Care",
            "Carl Cedar",
            "Orphan Oaks",
            "Nobody assigned",
        ):
            assert said in page
        assert page.index("Orphan Oaks") < page.index("Cedar Care"), "nobody assigned comes first"

    def test_sees_no_person_anywhere(self, world: World, cedar: Organization, lead: User) -> None:
        client = client_of(lead)
        people = [f"/users/{world.ines.pk}/", f"/users/{world.ines.pk}/{world.grove.pk}/"]
        run_page = f"/runs/{world.run.pk}/"
        integration_page = "/integrations/maple-health/payroll/"
        for address in (
            "/users/", *people, run_page, "/runs/", "/issues/", "/where/?q=ines", "/activity/", "/cms/",
            "/integrations/", integration_page, "/users/duplicates/", "/users/held/", "/customers/add/",
        ):  # fmt: skip
            assert client.get(address).status_code == 404, address
        assert client.get("/").headers["Location"] == "/customers/"
        pages = [
            client.get("/customers/"),
            client.get("/customers/of/maple-health/"),
            client.get("/account/"),
        ]
        for page in pages:
            said = page.content.decode()
            for person in User.objects.filter(organization__vendor=False):
                assert person.full_name not in said
                assert not person.email or person.email not in said

    def test_without_the_grant_the_database_answers_nothing(self, world: World, cedar: Organization) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM all_customers_standing(%s)", [world.client_success.pk])
            assert cursor.fetchone()[0] == 0


class TestAssigning:
    def test_a_customer_that_is_not_ones_own_does_not_exist(self, world: World, cedar: Organization) -> None:
        client = client_of(world.client_success)
        assert client.get("/customers/of/cedar-care/").status_code == 404
        carl = User.objects.get(last_name="Cedar")
        for address in ("/customers/of/cedar-care/assign/", "/customers/of/maple-health/assign/"):
            assert client.post(address, {"colleague": carl.pk}).status_code == 404
        assert client.get("/customers/hand-over/").status_code == 404
        assert client.post("/customers/hand-over/", {"from": carl.pk}).status_code == 404

    def test_nobody_of_the_customer_has_such_a_page(self, world: World) -> None:
        for user in (world.admin, world.manager, world.staff):
            assert client_of(user).get("/customers/").status_code == 404
            assert client_of(user).get("/customers/of/maple-health/").status_code == 404

    def test_the_lead_assigns_and_takes_away(self, world: World, cedar: Organization, lead: User) -> None:
        client, carl = client_of(lead), User.objects.get(last_name="Cedar")
        assert client_of(carl).get("/customers/of/maple-health/").status_code == 404
        client.post("/customers/of/maple-health/assign/", {"colleague": carl.pk})
        assert client_of(carl).get("/customers/of/maple-health/").status_code == 200
        entry = AuditEntry.objects.get(verb="granted", user=carl)
        assert (entry.organization, entry.by, entry.door) == (world.organization, lead.full_name, "web")
        client.post("/customers/of/maple-health/assign/", {"take": carl.pk})
        assert not Grant.objects.filter(user=carl, organization=world.organization, ended_at=None).exists()
        assert client_of(carl).get("/customers/").status_code == 200, (
            "still signed in, with the other customer"
        )
        answer = client.post("/customers/of/cedar-care/assign/", {"take": carl.pk})
        assert "is the only one who looks after Cedar Care" in read(answer)

    def test_a_lead_assigns_nothing_to_themselves(self, world: World, lead: User) -> None:
        answer = client_of(lead).post("/customers/of/maple-health/assign/", {"colleague": lead.pk})
        assert answer.status_code == 422
        assert "You cannot assign customers to yourself" in read(answer)
        assert not lead.grants.filter(role=Grant.CLIENT_SUCCESS).exists()

    def test_all_of_somebodys_customers_in_one_action(
        self, world: World, cedar: Organization, lead: User
    ) -> None:
        jonah, carl = world.client_success, User.objects.get(last_name="Cedar")
        Grant.objects.create(user=jonah, role=Grant.CLIENT_SUCCESS, organization=cedar)
        page = read(client_of(lead).get(f"/customers/hand-over/?from={jonah.pk}"))
        ticked = re.findall(r'name="customer" value="(\d+)" checked', page)
        answer = client_of(lead).post(
            "/customers/hand-over/", {"from": jonah.pk, "to": carl.pk, "customer": ticked}, follow=True
        )
        assert "2 customers went from Jonah Pell to Carl Cedar." in read(answer)
        held = Grant.objects.filter(role=Grant.CLIENT_SUCCESS, ended_at=None)
        assert set(held.values_list("user", "organization")) == {
            (carl.pk, world.organization.pk), (carl.pk, cedar.pk),
        }  # fmt: skip
        assert client_of(jonah).get("/customers/").status_code in (302, 404)


class TestNewCustomer:
    def test_all_of_it_in_one_step_and_on_to_payroll(self, world: World) -> None:
        client = client_of(world.client_success)
        answer = client.post("/customers/add/", FORM, follow=True)
        assert answer.redirect_chain == [("/integrations/add/", 302)]
        assert "Birch Care is here, and Una Birch gets a welcome email at una@birch.example." in read(answer)
        org = Organization.objects.get(slug="birch-care")
        assert org.timezone == "America/Denver"
        codes = LocationCode.objects.filter(organization=org).order_by("code")
        assert [(one.code, one.location.name) for one in codes] == [
            ("101", "Birch House"), ("102", "Birch Hill"), ("bh", "Birch House"),
        ]  # fmt: skip
        una = User.objects.get(last_name="Birch")
        assert una.grants.get().role == Grant.ADMIN
        assert Message.objects.get(user=una).kind == "welcome"
        assert world.client_success.grants.filter(organization=org, role=Grant.CLIENT_SUCCESS).exists()
        assert client.get("/customers/of/birch-care/").status_code == 200

    def test_errors_by_field_and_nothing_half_made(self, world: World) -> None:
        wrong = FORM | {
            "name": " ",
            "location": ["Birch House", "birch house", "Birch Hill"],
            "codes": ["101", "102", "101"],
            "admin_email": "una",
            "support_email": "nobody@",
        }
        answer = client_of(world.client_success).post("/customers/add/", wrong)
        page = read(answer)
        assert answer.status_code == 422
        for said in (
            "The organization's name is missing.", "birch house is here twice.",
            "The payroll code 101 names Birch House already.", "“una” is not an email address.", "5 fields need",
        ):  # fmt: skip
            assert said in page, said
        assert 'value="birch house"' in page, "what was typed stays"
        assert not Organization.objects.filter(slug__startswith="birch").exists()
        assert not User.objects.filter(last_name="Birch").exists()

    def test_more_lines_for_locations_without_a_script(self, world: World) -> None:
        answer = client_of(world.client_success).post("/customers/add/", FORM | {"more": "yes"})
        page = read(answer)
        assert page.count('name="location"') == 6
        assert 'value="Birch Hill"' in page

    def test_a_name_taken_by_a_customer_of_others_gets_another_short_name(
        self, world: World, cedar: Organization
    ) -> None:
        client_of(world.client_success).post("/customers/add/", FORM | {"name": "Cedar Care"})
        assert Organization.objects.filter(name="Cedar Care", slug="cedar-care-2").exists()
