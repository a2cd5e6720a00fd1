"""The page of limits, one new person added alone, and what has changed in a plan: who sees and does what."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.run import approvals, lease, runs
from schedulepop.web.runs import plan_differences
from tests import made, standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db

LIMITS = "/integrations/maple-health/payroll/limits/"


@standing.made_once
def world():
    return maple(synced=False)


@standing.made_once
def held(world):
    return nights.bad_night(world)


def get(client, who, address):
    client.force_login(who)
    return client.get(address)


def post(client, who, address, **data):
    client.force_login(who)
    return client.post(address, data)


def test_every_limit_is_explained_with_its_value_and_default(client, world, held) -> None:
    page = get(client, world.admin, LIMITS).content.decode()
    assert 'name="removals_location_number" value="3"' in " ".join(page.split())
    assert 'name="removals_location_percent" value="3"' in " ".join(page.split())
    assert "Their removals wait when this many people would lose access at one location" in page
    assert "It held somebody in one run of the last" in page
    assert "default" in page
    assert LIMITS in get(client, world.admin, "/integrations/maple-health/payroll/").content.decode()


def test_a_limit_is_set_and_written_down(client, world) -> None:
    answer = post(
        client,
        world.client_success,
        LIMITS,
        removals_location_number="2",
        removals_location_percent=" 5 ",
        pay="off",
    )
    assert answer.status_code == 302
    assert Integration.objects.get().policy == {"removals_location": {"floor": 2, "share": 0.05}}
    entry = AuditEntry.objects.get(verb="limited")
    assert (entry.by, entry.changes[0]["new"]) == ("Jonah Pell", "2,5%")
    post(client, world.client_success, LIMITS, removals_location_number="2", removals_location_percent="5%")
    assert AuditEntry.objects.filter(verb="limited").count() == 1


def test_what_is_no_limit_is_refused_beside_its_field(client, world) -> None:
    answer = post(
        client,
        world.admin,
        LIMITS,
        removals_location_number="a few",
        removals_location_percent="3",
        week_days="9",
    )
    assert answer.status_code == 422
    assert "Leavers at a location: write it as a number and a percentage" in answer.content.decode()
    assert Integration.objects.get().policy == {}


def test_a_limit_says_how_often_it_would_have_held_before_it_is_saved(client, world, held) -> None:
    nights = f"{LIMITS}removals_location/?removals_location_number=%s&removals_location_percent=3"
    assert get(client, world.admin, nights % 9).content.decode() == "The last night would have held."
    assert get(client, world.admin, nights % 10).content.decode() == "Would not have held on the last night."
    assert "write it as a number" in get(client, world.admin, nights % "x").content.decode()
    assert get(client, world.manager, nights % 9).status_code == 404
    assert get(client, world.admin, f"{LIMITS}week_days/?week_days=3").status_code == 404
    typed = {"removals_location_number": "10", "removals_location_percent": "3", "look": "1"}
    page = post(client, world.admin, LIMITS, **typed).content.decode()
    assert "Would not have held on the last night." in page
    assert "Nothing was saved yet" in page
    assert Integration.objects.get().policy == {}


def test_pay_is_not_switched_by_the_way(client, world) -> None:
    Integration.objects.update(policy={"pay": True})
    assert post(client, world.admin, LIMITS, pay="off", week_days="5").status_code == 302
    assert Integration.objects.get().policy == {"pay": True, "week_days": 5}


def test_managers_and_strangers_do_not_know_the_page(client, world) -> None:
    other = made.organization("Cedar Care")
    for who in (world.manager, world.staff, made.admin(other)):
        assert get(client, who, LIMITS).status_code == 404


def _alone(held: Run) -> tuple[str, str]:
    from schedulepop.sync.run import runs

    plan = runs.stored_plan(held)
    assert plan is not None
    row = plan.held.filter(plan.held["verb"] == "create").row(0, named=True)
    return row["source_id"], f"{row['first_name']} {row['last_name']}"


def test_one_new_person_is_added_alone_after_seeing_why_they_wait(client, world, held) -> None:
    source_id, name = _alone(held)
    address = reverse("run-release", args=[held.pk, source_id])
    assert address in get(client, world.admin, f"/runs/{held.pk}/?show=held-join").content.decode()
    page = get(client, world.admin, address).content.decode()
    assert f"Add {name} alone?" in page
    assert "decide on the people leaving first" in page
    assert post(client, world.admin, address).status_code == 422
    assert post(client, world.admin, address, checked="1").status_code == 302
    runs.drive(held.releases.get().pk)
    held.refresh_from_db()
    assert (held.rest, held.counts["held"]) == (Run.Rest.WAITING, 9)
    assert User.objects.filter(links__source_id=source_id).exists()
    assert AuditEntry.objects.get(verb="released", subject="run").by == "Renata Okoye"
    assert not Membership.objects.filter(location=world.hill, status="terminated").exists()
    again = client.get(address, follow=True)
    assert "waits in this run any more" in again.content.decode()


def test_managers_add_nobody_who_is_on_hold(client, world, held) -> None:
    source_id, _ = _alone(held)
    address = reverse("run-release", args=[held.pk, source_id])
    assert post(client, world.manager, address, checked="1").status_code == 403
    assert address not in get(client, world.manager, f"/runs/{held.pk}/?show=held-join").content.decode()


def test_a_plan_that_changed_goes_on_saying_how(client, world, held) -> None:
    gone = Membership.objects.filter(
        location=world.hill, user__links__isnull=False, user__last_name="Abernathy"
    ).first()
    Membership.objects.filter(pk=gone.pk).update(status="terminated", termination_date="2026-11-16")
    post(client, world.admin, f"/runs/{held.pk}/approve/", plan=held.plan_hash, checked="1")
    page = get(client, world.admin, f"/runs/{held.pk}/").content.decode()
    assert "The plan has changed since somebody looked at it." in page
    assert "No longer in it: Delia Abernathy." in page
    assert "No longer in it" not in get(client, world.manager_elsewhere, f"/runs/{held.pk}/").content.decode()


def test_what_differs_in_words_and_pay_only_for_those_who_may_see_it() -> None:
    kept = {
        "people": 4,
        "first": [
            {
                "source_id": "1",
                "name": "Ann Lee",
                "was": "update",
                "now": "deactivate",
                "fields": [
                    {"field": "pay_rate", "old": "20.00", "new": None},
                    {"field": "held_by", "old": "short", "new": None},
                ],
            },
            {"source_id": "2", "name": None, "was": None, "now": "create", "fields": []},
            {"source_id": "3", "name": "Bob Ray", "was": "create", "now": None, "fields": []},
        ],
    }
    seen = plan_differences.read(kept, sees_pay=True)
    assert seen is not None
    assert (seen.more, seen.fewer, seen.rest) == (["Payroll ID 2"], ["Bob Ray"], 1)
    assert seen.other[0].lines == (("Pay rate", "$20.00", "as it is"),)
    assert (seen.other[0].was, seen.other[0].now) == ("changes", "loses sign-in")
    hidden = plan_differences.read(kept, sees_pay=False)
    assert hidden is not None
    assert hidden.other[0].lines == (("Pay rate", "hidden", "as it is"),)
    assert plan_differences.read(None, sees_pay=True) is None


def test_a_run_that_goes_on_elsewhere_is_said_on_its_page(client, world, held, monkeypatch) -> None:
    def taken(*args: object) -> None:
        raise lease.LeaseLostError("run 2")

    monkeypatch.setattr(approvals, "approve", taken)
    answer = post(
        client, world.admin, reverse("run-approve", args=[held.pk]), plan=held.plan_hash, checked="1"
    )
    assert answer.status_code == 409
    assert runs.TAKEN_OVER in answer.content.decode()
