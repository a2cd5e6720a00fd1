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
    assert 'value="3,3%"' in page
    assert "Their removals wait when this many people would lose access at one location" in page
    assert "It held somebody in one run of the last" in page
    assert "default" in page
    assert LIMITS in get(client, world.admin, "/integrations/maple-health/payroll/").content.decode()


def test_a_limit_is_set_and_written_down(client, world) -> None:
    answer = post(
        client, world.client_success, LIMITS, removals_location="2, 5%", pay="off", cms="on", week_days="7"
    )
    assert answer.status_code == 302
    assert Integration.objects.get().policy == {"removals_location": {"floor": 2, "share": 0.05}}
    entry = AuditEntry.objects.get(verb="limited")
    assert (entry.by, entry.changes[0]["new"]) == ("Jonah Pell", "2,5%")
    post(client, world.client_success, LIMITS, removals_location="2,5%")
    assert AuditEntry.objects.filter(verb="limited").count() == 1


def test_what_is_no_limit_is_refused_beside_its_field(client, world) -> None:
    answer = post(client, world.admin, LIMITS, removals_location="a few", week_days="9")
    assert answer.status_code == 422
    assert "Leavers at a location: write it as a number and a percentage" in answer.content.decode()
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


@pytest.mark.parametrize("door", ["approve", "release"])
def test_a_run_that_goes_on_elsewhere_is_said_on_its_page(client, world, held, monkeypatch, door) -> None:
    def taken(*args: object) -> None:
        raise lease.LeaseLostError("run 2")

    monkeypatch.setattr(approvals, door, taken)
    more = [_alone(held)[0]] if door == "release" else []
    answer = post(
        client, world.admin, reverse(f"run-{door}", args=[held.pk, *more]), plan=held.plan_hash, checked="1"
    )
    assert answer.status_code == 409
    assert runs.TAKEN_OVER in answer.content.decode()
