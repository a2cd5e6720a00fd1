"""Values held against payroll, undo, and one person of a run, as pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from schedulepop.accounts.models import User
from schedulepop.sync.models import FieldOverride, Run
from tests import standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db
SOON = str(date.today() + timedelta(days=20))


@standing.made_once
def ran():
    """A first night, and a second one with a new phone for somebody."""
    world = maple(synced=False)
    nights.first_night(world)
    nights.night(world, nights.people())
    records = nights.people()
    phone = next(name for name, value in records[0].items() if value.startswith("(515)"))
    records[0][phone] = "(515) 555-0999"
    return world, nights.night(world, records)


def person_of(run: Run) -> User:
    return run.changes.get().user


def test_undo_shows_what_goes_back_and_does_it(client, ran) -> None:
    world, run = ran
    client.force_login(world.admin)
    assert "Undo this run" in client.get(f"/runs/{run.pk}/").content.decode()
    page = client.get(f"/runs/{run.pk}/undo/")
    body = page.content.decode()
    assert "<del>(515) 555-0999</del>" in body
    assert "Nobody gets an email." in body
    wrong = client.post(f"/runs/{run.pk}/undo/", {"plan": "another"})
    assert (wrong.status_code, "has changed since you looked" in wrong.content.decode()) == (422, True)
    done = client.post(f"/runs/{run.pk}/undo/", {"plan": page.context["plan"]}, follow=True).content.decode()
    assert f"It took back run {run.number}" in done
    assert "Run 4 took this run back" in client.get(f"/runs/{run.pk}/").content.decode()
    user = person_of(run)
    assert user.phone != "+15155550999"
    again = client.get(f"/runs/{run.pk}/undo/", follow=True).content.decode()
    assert "undone already" in again
    profile = client.get(f"/users/{user.pk}/", follow=True).content.decode()
    assert f"Run {run.number} was undone" in profile
    assert "Stays as it is while payroll sends the value that was undone." in profile
    assert "as before an undone run" in profile


def test_an_undo_says_first_who_could_no_longer_sign_in(client) -> None:
    world = maple(synced=False)
    first = nights.first_night(world)
    client.force_login(world.admin)
    page = client.get(f"/runs/{first.pk}/undo/").content.decode()
    assert "<b>130 people could no longer sign in.</b> Nobody gets an email." in page


def test_undo_of_one_person_and_who_may_not(client, ran) -> None:
    world, run = ran
    source = run.changes.get().source_id
    client.force_login(world.manager)
    assert client.get(f"/runs/{run.pk}/undo/").status_code == 403
    client.force_login(world.admin)
    address = reverse("run-undo-person", args=[run.pk, source])
    page = client.get(address)
    assert "Take back what run 3 did to" in page.content.decode()
    client.post(address, {"plan": page.context["plan"]})
    run.refresh_from_db()
    assert (run.state, FieldOverride.objects.get().field) == ("applied", "phone")


def test_a_person_of_a_run_is_explained(client, ran) -> None:
    world, run = ran
    client.force_login(world.admin)
    source = run.changes.get().source_id
    assert reverse("run-person", args=[run.pk, source]) in client.get(f"/runs/{run.pk}/").content.decode()
    body = client.get(reverse("run-person", args=[run.pk, source])).content.decode()
    assert "Linked: the payroll ID is known to be" in body
    assert "Row 2 of the file" in body
    assert "<ins>(515) 555-0999</ins>" in body
    assert client.get(reverse("run-person", args=[run.pk, "nobody"])).status_code == 404


def test_a_value_is_held_listed_and_released(client, world) -> None:
    client.force_login(world.admin)
    where = [world.ines.pk, world.grove.pk]
    assert (
        "Payroll speaks for everything here." in client.get(reverse("profile", args=where)).content.decode()
    )
    hold = reverse("override-set", args=where)
    assert 'name="field"' in client.get(hold).content.decode()
    form = client.get(hold + "?field=duty").content.decode()
    assert "LPN" in form
    lpn = world.grove.duties.get(name="LPN")
    given = {"field": "duty", "value": lpn.pk, "reason": "On probation", "until": SOON}
    late = client.post(hold, {**given, "until": ""})
    assert (late.status_code, "Choose the day" in late.content.decode()) == (422, True)
    assert client.post(hold, {**given, "reason": " "}).status_code == 422
    page = client.post(hold, given, follow=True).content.decode()
    assert "Held against payroll until" in page
    assert "Primary duty held against payroll" in page
    listed = client.get("/users/held/").content.decode()
    assert "stays <b>LPN</b>" in listed
    assert "On probation" in listed
    done = client.post(reverse("override-release", args=[*where, "duty"]), follow=True).content.decode()
    assert "comes from payroll again with the next sync" in done
    assert (
        "is not held"
        in client.post(reverse("override-release", args=[*where, "duty"]), follow=True).content.decode()
    )
    assert "Payroll speaks for everybody" in client.get("/users/held/").content.decode()


def test_managers_see_what_is_held_and_cannot_hold(client, world) -> None:
    where = [world.ines.pk, world.grove.pk]
    client.force_login(world.admin)
    for field, value in (("phone", "515 555 0144"), ("hire_date", "2020-01-01"), ("status", "furlough")):
        hold = {"field": field, "value": value, "reason": "Agreed", "until": SOON}
        client.post(reverse("override-set", args=where), hold)
    client.force_login(world.manager)
    page = client.get(reverse("profile", args=where)).content.decode()
    assert "(515) 555-0144" in page
    assert "Release" not in page
    assert client.get(reverse("override-set", args=where)).status_code == 404
    assert client.post(reverse("override-release", args=[*where, "phone"])).status_code == 404
    assert client.get("/users/held/").status_code in (403, 404)
