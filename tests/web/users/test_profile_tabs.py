"""The tabs of a profile: how somebody was on any day, their rank, duties, pay and account, days of local people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests import made

pytestmark = pytest.mark.django_db


def page(client, world, days_ago: int) -> str:
    day = (world.run.requested_at - timedelta(days=days_ago)).date()
    return client.get(
        reverse("profile-history", args=[world.ines.pk, world.grove.pk]), {"on": day}
    ).content.decode()


def test_the_phone_of_any_day_says_who_made_it_so(client_of, world) -> None:
    client = client_of("manager")
    today, before = page(client, world, -1), page(client, world, 5)
    assert "Payroll replaced what Marisol Tate entered" in today
    assert f'<a href="/runs/{world.run.pk}/">Run 412</a>' in today
    assert "(515) 555-0178" in before
    assert "From before the first entry" in before
    assert "Payroll replaced" not in before.split('id="history"')[0]


def test_what_no_entry_explains_is_said_to_be_uncertain(client_of, world) -> None:
    """A restore or an import wrote the phone: what the last entry says is shown, and doubted."""
    type(world.ines).objects.filter(pk=world.ines.pk).update(phone="+15155550999")
    told = page(client_of("manager"), world, -1)
    assert "Something without an entry changed it later, so this is not certain" in told


def test_another_locations_manager_has_no_such_page(client_of, world) -> None:
    where = reverse("profile-history", args=[world.ines.pk, world.grove.pk])
    assert client_of("manager_elsewhere").get(where).status_code == 404


def test_equal_dates_share_a_rank(client_of, world) -> None:
    duty = made.duty(world.grove, "Night Lead")
    days = (date(2010, 1, 1), date(2012, 1, 1), date(2012, 1, 1), date(2015, 1, 1))
    people = [
        made.person(world.grove, f"Lead {name}", duty=duty, hire_date=day)
        for name, day in zip(("Ash", "Birch", "Cedar", "Elm"), days, strict=True)
    ]
    told = [
        client_of("manager").get(reverse("profile", args=[one.pk, world.grove.pk])).content.decode()
        for one in people
    ]
    places = [f"{place} of 4 with the duty Night Lead" for place in (1, 2, 2, 4)]
    assert [place in body for place, body in zip(places, told, strict=True)] == [True] * 4
    assert "Shared with one more of the same day." in told[1]


def test_each_tab_is_a_page_and_pay_is_nobodys_who_may_not_see_it(client_of, world) -> None:
    at = [world.ines.pk, world.grove.pk]
    shown = {}
    for role in ("admin", "manager", "manager_elsewhere"):
        client = client_of(role)
        tabs = ("duties", "zones", "pay", "history", "account")
        shown[role] = {tab: client.get(reverse(f"profile-{tab}", args=at)).status_code for tab in tabs}
    assert set(shown["admin"].values()) == {200}
    assert set(shown["manager_elsewhere"].values()) == {404}
    assert shown["manager"] == shown["admin"] | {"pay": 404}
    page = client_of("manager").get(reverse("profile", args=at)).content.decode()
    assert ">History</a>" in page
    assert ">Pay</a>" not in page


def test_one_press_adds_and_the_primary_is_locked(client_of, world) -> None:
    client = client_of("manager")
    tab = reverse("profile-duties", args=[world.ines.pk, world.grove.pk])
    lpn = world.grove.duties.get(name="LPN")
    before = client.get(tab).content.decode()
    assert f'name="add" value="{lpn.pk}"' in before
    assert "Primary, from payroll." in " ".join(before.split())
    extra = reverse("profile-extra", args=[world.ines.pk, world.grove.pk, "duty"])
    answer = client.post(extra, {"add": lpn.pk})
    assert answer["Location"].startswith(tab)
    assert f'name="remove" value="{lpn.pk}"' in client.get(tab).content.decode()


def test_a_held_value_is_explained_and_let_go_where_it_stands(client_of, world) -> None:
    at = [world.ines.pk, world.grove.pk]
    hold = {"field": "phone", "value": "515 555 0144", "reason": "Agreed"}
    until = (world.run.requested_at + timedelta(days=20)).date()
    client_of("admin").post(reverse("override-set", args=at), hold | {"until": until})
    row = client_of("admin").get(reverse("profile", args=at)).content.decode()
    row = row.split('id="field-phone"')[1].split('id="field-', 1)[0]
    assert "Agreed. Set by Renata Okoye." in row
    assert reverse("override-release", args=[*at, "phone"]) in row
    row = client_of("manager").get(reverse("profile", args=at)).content.decode()
    assert "Let payroll speak again" not in row
    day = page(client_of("manager"), world, -1)
    assert "Held against payroll until" in day


def test_a_manager_sets_the_last_day_of_somebody_no_payroll_knows(client_of, world) -> None:
    agency = made.person(world.grove, "Ada Gency", duty=world.grove.duties.get(name="RN"))
    at = [agency.pk, world.grove.pk]
    client, today = client_of("manager"), world.run.local_date
    shown = client.get(reverse("profile", args=at)).content.decode()
    assert "Status and last day" in shown
    form = {"status": "active", "hire_date": "2020-01-01", "last_day": today + timedelta(days=9)}
    client.post(reverse("profile-standing", args=at), form)
    member = agency.memberships.get()
    assert (member.status, member.ends_on) == ("active", today + timedelta(days=9))
    refused = client.post(
        reverse("profile-standing", args=at),
        form | {"last_day": "2019-01-01"},
        headers={"HX-Request": "true"},
    )
    assert (refused.status_code, "before the hire date" in refused.content.decode()) == (422, True)
    of_payroll = reverse("profile-standing", args=[world.ines.pk, world.grove.pk])
    client.post(of_payroll, {"status": "terminated"})
    assert world.ines.memberships.get().status == "active"
