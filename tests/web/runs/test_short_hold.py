"""A file that lacks people: accepted in the browser, by location and name, with a tick that the server checks."""

from __future__ import annotations

import pytest

from schedulepop.sync.models import Link
from tests import standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db


@standing.made_once
def world():
    return maple(synced=False)


@standing.made_once
def short(world):
    """The file of one location lost all but five of its 65 people; nobody else changes."""
    nights.first_night(world)
    records = nights.people()
    hill = [one["Emp #"] for one in records if one["Facility"] == "OH"]
    return nights.night(world, [one for one in records if one["Emp #"] not in hill[5:]])


def page(client, who, address):
    client.force_login(who)
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def accepted():
    return Link.objects.filter(short_accepted=True).count()


def test_the_run_leads_to_the_list_of_those_who_are_no_longer_expected(client, world, short):
    run = page(client, world.admin, f"/runs/{short.pk}/")
    assert "Payroll’s file is on hold" in run
    assert "Accept the file as it is" in run
    asked = page(client, world.admin, f"/runs/{short.pk}/approve/")
    assert "These 60 are no longer expected" in asked
    assert "<h3>Oak Hill</h3>" in asked
    assert "It takes nobody’s sign-in away" in asked
    assert asked.count('<span class="muted num">') == 60


def test_it_is_searched_and_paged(client, world, short, monkeypatch):
    found = page(client, world.admin, f"/runs/{short.pk}/approve/?q=castellane")
    assert 0 < found.count('<span class="muted num">') < 60
    assert "These 60 are no longer expected" in found
    monkeypatch.setattr("schedulepop.web.runs.expected.PAGE", 25)
    last = page(client, world.admin, f"/runs/{short.pk}/approve/?from=50")
    assert last.count('<span class="muted num">') == 10
    assert "Previous" in last
    assert ">Next<" not in last


def test_without_the_tick_nothing_is_accepted(client, world, short):
    client.force_login(world.admin)
    refused = client.post(f"/runs/{short.pk}/approve/", {"plan": short.plan_hash})
    assert (refused.status_code, accepted()) == (422, 0)
    done = client.post(f"/runs/{short.pk}/approve/", {"plan": short.plan_hash, "checked": "1"}, follow=True)
    said = " ".join(done.content.decode().split())
    assert "60 people are no longer expected." in said
    assert accepted() == 60


def test_afterwards_the_page_says_who_decided_and_not_why_it_waits(client, world, short):
    client.force_login(world.admin)
    client.post(f"/runs/{short.pk}/approve/", {"plan": short.plan_hash, "checked": "1"})
    after = page(client, world.admin, f"/runs/{short.pk}/")
    assert "Payroll’s file was accepted as it is" in after
    assert "matched payroll" not in after
    assert "What was on hold" in after
    assert f"Approved by {world.admin.full_name}" in after
    assert "Why it is on hold" not in after
    assert "If they left, approve" not in after


def test_a_manager_cannot_open_it_and_can_send_it_to_hr(client, world, short):
    client.force_login(world.manager_elsewhere)
    assert client.get(f"/runs/{short.pk}/approve/").status_code == 403
    assert "HR answers this." in page(client, world.manager_elsewhere, f"/runs/{short.pk}/")


def test_an_undo_speaks_of_an_undo(client, world, short):
    client.force_login(world.admin)
    first = world.integration.runs.order_by("number").first()
    asked = client.get(f"/runs/{first.pk}/undo/").content.decode()
    plan = asked.partition('name="plan" value="')[2].partition('"')[0]
    undone = " ".join(
        client.post(f"/runs/{first.pk}/undo/", {"plan": plan}, follow=True).content.decode().split()
    )
    for shown in (asked, undone):
        assert "approve" not in shown.lower().replace("approved", ""), "nobody is asked to approve an undo"
    assert f"as before run {first.number}" in undone


def test_who_approves_a_hire_reads_that_others_are_no_longer_expected(client, world):
    nights.first_night(world)
    records = nights.people()
    gone = [one["Emp #"] for one in records if one["Facility"] == "OH"][5:]
    hire = records[0] | {
        "Emp #": "009911",
        "Legal Last Name": "Zetterlund",
        "Work Email": "z@example.com",
        "Mobile": "",
    }
    run = nights.night(world, [*(one for one in records if one["Emp #"] not in gone), hire])
    said = page(client, world.admin, f"/runs/{run.pk}/")
    assert "Approving also says that payroll’s file is right without 60 people." in said
