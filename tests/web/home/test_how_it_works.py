"""The article about User Sync says what is so here, in every state, and only what its reader may know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.connectors import REGISTRY, offers
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, Issue, Link
from tests import made
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
COMES = ["first_name", "last_name", "email", "duty", "zone", "status", "hire_date"]


def words(page: str) -> str:
    """The article without its tags, in one line."""
    body = page[page.index("<article") : page.index("</article>")]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split()).replace(" .", ".").replace(" ,", ",")


def article(client: Client) -> str:
    answer = client.get(reverse("how-it-works"))
    assert answer.status_code == 200
    return words(answer.content.decode())


def named(client: Client) -> str:
    """The whole page, with the names of its tables."""
    return client.get(reverse("how-it-works")).content.decode()


def part(said: str, start: str, end: str) -> str:
    """From one heading to the next."""
    return said[said.index(start) : said.index(end, said.index(start))]


def change(world: World, **values: object) -> Integration:
    Integration.objects.filter(pk=world.integration.pk).update(**values)
    world.integration.refresh_from_db()
    return world.integration


def fetched(world: World, **values: object) -> Integration:
    """Read every night from a file of the server."""
    return change(world, config={"path": "payroll.csv"}, last_good={"columns": COMES}, **values)


class TestStates:
    def test_nobody_has_connected_payroll(self, client: Client) -> None:
        place = made.location()
        client.force_login(made.manager(place))
        said = article(client)
        assert "No payroll is connected yet." in said
        assert "Nothing runs yet." in said
        assert "on your list tomorrow" not in said

    def test_being_set_up(self, client: Client) -> None:
        world = maple(synced=False)
        change(world, mapping={"columns": {"phone": "Mobile"}})
        client.force_login(world.manager)
        said = article(client)
        assert "It is being set up." in said
        assert "Next sync None by itself" in said
        assert "Last sync None yet" in said
        assert "Phone Set up; the first sync will bring it." in said
        assert "Which of the other fields come is known after the first sync." in said
        assert "Email" not in part(said, "What comes from payroll", "What you may edit")

    def test_applied_and_not_switched_on(self, world: World, client_of: ClientOf) -> None:
        fetched(world, state="first_applied")
        assert "The nightly sync is not switched on yet" in article(client_of("manager"))

    def test_every_night_with_its_time_in_the_organizations_zone(
        self, world: World, client_of: ClientOf
    ) -> None:
        fetched(world)
        page = client_of("manager").get(reverse("how-it-works")).content.decode()
        said = words(page)
        assert "It runs by itself about every 24 hours" in said
        assert re.search(r"Next sync (at|tomorrow|on)? ?.*; on a usual night at [2-4]:\d\d AM", said)
        assert re.search(r'<time datetime="[^"]+" title="[A-Z]\w+day, [^"]+ C[SD]T">', page)
        assert "Times are those of Chicago" in " ".join(page.split())

    def test_paused_has_no_next_sync(self, world: World, client_of: ClientOf) -> None:
        fetched(world, state="paused")
        said = article(client_of("manager"))
        assert "It is paused." in said
        assert "Next sync None by itself" in said

    def test_source_trouble_is_tried_again(self, world: World, client_of: ClientOf) -> None:
        fetched(world, state="quarantined", failing_since=now() - timedelta(hours=2))
        said = article(client_of("manager"))
        assert "Payroll cannot be read right now." in said
        assert "Next sync None" not in said

    def test_after_four_weeks_of_trouble_nobody_tries_any_more(
        self, world: World, client_of: ClientOf
    ) -> None:
        fetched(world, state="quarantined", failing_since=now() - timedelta(days=29))
        said = article(client_of("manager"))
        assert "It is switched off" in said
        assert "Next sync None by itself" in said

    def test_upload_only_waits_for_a_file_and_says_when_it_reminds(
        self, world: World, client_of: ClientOf
    ) -> None:
        change(world, policy={"upload_reminder": 14})
        said = article(client_of("manager"))
        assert "It does not run at night." in said
        assert "Next sync When the next file is uploaded" in said
        assert "After 14 days without a file" in said
        change(world, policy={"upload_reminder": None})
        assert "without a file, HR" not in article(client_of("manager"))

    def test_on_hold(self, client: Client) -> None:
        world = maple(synced=False)
        nights.bad_night(world)
        client.force_login(world.manager_elsewhere)
        said = article(client)
        assert "Part of its newest file is on hold." in said
        assert "Right now:" in said

    def test_retired(self, world: World, client_of: ClientOf) -> None:
        change(world, state="retired")
        said = article(client_of("manager"))
        assert "Payroll is not read here any more." in said
        assert "No payroll is connected yet" not in said


class TestFields:
    def test_what_comes_and_what_does_not(self, world: World, client_of: ClientOf) -> None:
        fetched(world, mapping={"columns": {"phone": "Mobile"}})
        fields = part(article(client_of("manager")), "What comes from payroll", "What you may edit")
        assert "Email From payroll You may edit it. The next sync puts payroll’s email back." in fields
        assert "Phone Set up, but not in payroll’s last file. Enter it by hand." in fields
        assert "Employee number No column of payroll is set up for it." in fields

    def test_a_column_blank_for_everybody_is_not_called_coming(
        self, world: World, client_of: ClientOf
    ) -> None:
        change(world, last_good={"columns": COMES, "blank": {"email": 1.0}})
        assert "Email The column comes, but it is blank for everybody." in article(client_of("manager"))

    def test_what_the_platform_cannot_give_is_said_in_its_name(
        self, world: World, client_of: ClientOf
    ) -> None:
        lacking = next(
            one for one in REGISTRY.values() if offers.is_platform(one) and "leave_end" not in one.provides
        )
        change(world, connector=lacking.kind, last_good={"columns": COMES[:4]})
        said = article(client_of("manager"))
        assert f"Payroll is {lacking.title}." in said
        assert f"Return from leave Not available from {lacking.title}." in said
        assert "The duty comes from payroll here. You enter the zone." in said

    def test_blanks_that_clear_are_named(self, world: World, client_of: ClientOf) -> None:
        change(world, mapping={"blank_clears": ["phone"]})
        assert "A blank in payroll empties phone." in article(client_of("manager"))
        change(world, mapping={})
        assert "A blank in payroll keeps what is here." in article(client_of("manager"))

    def test_seniority_and_cms_follow_the_organization(self, world: World, client_of: ClientOf) -> None:
        said = article(client_of("manager"))
        assert "ranked by their original hire date" in said
        assert "Maple Grove 4 of 5 duties have a code" in said
        world.organization.seniority_by, world.organization.cms_codes = "latest", False
        world.organization.save()
        said = article(client_of("manager"))
        assert "ranked by their latest hire date" in said
        assert "CMS" not in said

    def test_codes_not_set_up_are_counted_where_they_occur(self, world: World, client_of: ClientOf) -> None:
        assert "Maple Grove 5 duties, 3 zones; 1 code of payroll not set up" in article(client_of("manager"))
        Issue.objects.filter(code="unmapped_zone").update(resolved_at=now())
        assert "not set up Seniority" not in article(client_of("manager"))

    def test_the_welcome_goes_out_when_the_integration_says(self, world: World, client_of: ClientOf) -> None:
        assert "as soon as payroll shows the new hire" in article(client_of("manager"))
        change(world, policy={"welcome_days_before": 5})
        assert "5 days before the first day" in article(client_of("manager"))


class TestReaders:
    def test_pay_is_told_to_those_who_see_it(self, world: World, client_of: ClientOf) -> None:
        change(world, policy={"pay": True}, last_good={"columns": [*COMES, "pay_rate"]})
        for role in ("manager", "client_success"):
            assert "Pay rate" not in article(client_of(role)), role
        assert "Pay rates come from payroll." in article(client_of("admin"))
        Membership.objects.filter(user=world.manager).update(may_see_pay=True)
        assert "Pay rate From payroll" in article(client_of("manager"))
        change(world, policy={"pay": False}, last_good={"columns": COMES})
        said = article(client_of("manager"))
        assert "No pay rate comes from payroll here" in said
        assert "Pay rate From payroll" not in said

    def test_a_payroll_of_another_location_does_not_exist_for_its_manager(
        self, world: World, client_of: ClientOf
    ) -> None:
        change(world, mapping={"default_location": "MG"})
        hill = Integration.objects.create(
            organization=world.organization,
            name="Oak Hill payroll",
            slug="hill",
            connector="file",
            mapping={"default_location": "OH"},
        )
        assert "Oak Hill payroll" not in named(client_of("manager"))
        assert "Oak Hill payroll" in named(client_of("manager_elsewhere"))
        assert "Payroll export" not in named(client_of("manager_elsewhere"))
        both = named(client_of("admin"))
        assert "Oak Hill payroll" in both
        assert "Payroll export" in both
        hill.mapping = {}
        hill.save()
        agnes = world.hill.memberships.get(user__last_name="Hillman")
        Link.objects.filter(user=agnes.user).delete()
        Link.objects.create(organization=world.organization, integration=hill, source_id="9", user=agnes.user)
        assert "Oak Hill payroll" not in named(client_of("manager"))
        assert "Oak Hill payroll" in named(client_of("manager_elsewhere"))

    def test_nothing_of_another_location_is_named(self, world: World, client_of: ClientOf) -> None:
        assert "Oak Hill" not in article(client_of("manager"))

    def test_staff_read_about_themselves(self, world: World, client_of: ClientOf) -> None:
        said = article(client_of("staff"))
        assert "come from payroll at Maple Health" in said
        assert "Tell HR." in said
        Membership.objects.filter(user=world.staff).update(payroll_owned=False)
        assert "entered here by hand" in article(client_of("staff"))

    def test_whom_to_ask(self, world: World, client_of: ClientOf) -> None:
        page = client_of("manager").get(reverse("how-it-works")).content.decode()
        assert "mailto:dana@schedulepop.example" in page
        assert "Jonah Pell" in page

    @pytest.mark.parametrize("address", ["home", "whereis"])
    def test_the_ways_to_it(self, world: World, client_of: ClientOf, address: str) -> None:
        assert reverse("how-it-works") in client_of("manager").get(reverse(address)).content.decode()

    def test_from_a_profile(self, world: World, client_of: ClientOf) -> None:
        page = client_of("manager").get(reverse("profile", args=[world.ines.pk, world.grove.pk]))
        assert f"{reverse('how-it-works')}#yours" in page.content.decode()


def test_every_entry_of_the_contents_leads_to_its_heading(world: World, client_of: ClientOf) -> None:
    page = client_of("admin").get(reverse("how-it-works")).content.decode()
    linked = re.findall(r'<a href="#([a-z]+)">([^<]+)</a>\s*</li>', page)
    titles = dict(re.findall(r'<h2 id="([a-z]+)-h">([^<]+)</h2>', page))
    assert len(linked) >= 13
    assert dict(linked) == titles


def syllables(word: str) -> int:
    """About as many as are spoken."""
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


@pytest.mark.parametrize("role", ["manager", "admin", "staff"])
def test_it_reads_like_grade_eight_or_below(world: World, client_of: ClientOf, role: str) -> None:
    """Flesch-Kincaid over the paragraphs and lists."""
    fetched(world, policy={"pay": True})
    page = client_of(role).get(reverse("how-it-works")).content.decode()
    told = re.findall(r"<(?:p|li)[ >].*?</(?:p|li)>", page[page.index("<article") :], re.DOTALL)
    text = " ".join(re.sub(r"<[^>]+>", " ", one) for one in told)
    sentences = [one for one in re.split(r"[.:?!](?:\s|$)", text) if len(one.split()) > 1]
    spoken = re.findall(r"[A-Za-z’]+", text)
    grade = 0.39 * len(spoken) / len(sentences) + 11.8 * sum(map(syllables, spoken)) / len(spoken) - 15.59
    assert grade <= 8, grade


def test_it_asks_no_more_of_the_database_with_more_people(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_of("manager")
    client.get(reverse("how-it-works"))
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        client.get(reverse("how-it-works"))
