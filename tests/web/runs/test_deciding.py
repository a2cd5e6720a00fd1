"""Deciding in parts, and going through everything that waits: who sees and does what."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory
from django.urls import reverse

from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Deferral, Integration, Issue, Run
from schedulepop.sync.run import runs
from schedulepop.web.home import decisions
from schedulepop.web.shell.visit import visit_of
from tests import made, standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db


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


def names(run: Run) -> list[str]:
    return runs.stored_plan(run).held.sort("source_id")["source_id"].to_list()


def decide(client, who, run: Run, **data):
    run.refresh_from_db()
    return post(client, who, reverse("run-decide", args=[run.pk]), plan=run.plan_hash, **data)


def test_people_are_ticked_by_location_and_approved_or_kept_apart(client, world, held) -> None:
    address = reverse("run-decide", args=[held.pk])
    assert address in get(client, world.admin, f"/runs/{held.pk}/").content.decode()
    page = get(client, world.admin, address).content.decode()
    assert page.count('name="person"') == 10
    assert "Approve all 9" in page
    one, two, three, *_ = [source_id for source_id in names(held) if source_id != "009000"]
    decide(client, world.admin, held, decision="approve", person=[one, two])
    answer = decide(client, world.admin, held, decision="defer", person=[three], reason="Asked payroll")
    assert answer.url == address
    held.refresh_from_db()
    assert (held.rest, len(names(held))) == ("waiting", 7)
    kept = Deferral.objects.get()
    assert (kept.by, kept.reason, kept.removal) == ("Renata Okoye", "Asked payroll", True)


def test_who_was_let_go_by_payroll_and_is_kept_in_stands_on_home_until_it_ends(client, world, held) -> None:
    someone = names(held)[0]
    decide(client, world.admin, held, decision="defer", person=[someone], reason="Asked payroll")
    kept = Deferral.objects.get()
    for page in ("/", f"/runs/{held.pk}/"):
        told = get(client, world.admin, page).content.decode()
        assert "Payroll says that the employment has ended; kept in until" in told
        assert kept.name in told
    assert "Kept apart" not in get(client, world.manager_elsewhere, "/").content.decode()
    ends = reverse("deferral-end", args=[kept.pk])
    assert post(client, world.manager_elsewhere, ends).status_code == 404
    assert post(client, made.admin(made.organization("Cedar Care")), ends).status_code == 404
    assert post(client, world.admin, ends).status_code == 302
    assert "Kept apart" not in get(client, world.admin, "/").content.decode()


def test_nothing_ticked_or_no_reason_is_said_and_decides_nothing(client, world, held) -> None:
    someone = names(held)[0]
    assert "Tick at least one" in decide(client, world.admin, held, decision="approve").content.decode()
    answer = decide(client, world.admin, held, decision="defer", person=[someone])
    assert answer.status_code == 422
    assert "Say why they are kept apart" in answer.content.decode()
    assert "checked" in re.sub(r"\s+", " ", answer.content.decode())
    assert len(names(held)) == 10


def test_no_manager_decides_about_a_hold(client, world, held) -> None:
    address = reverse("run-decide", args=[held.pk])
    for who in (world.manager, world.manager_elsewhere, world.manager_of_both, world.staff):
        assert get(client, who, address).status_code == 404
        assert post(client, who, address, person=names(held)[:1], decision="approve").status_code == 404
    stranger = made.admin(made.organization("Cedar Care"))
    assert get(client, stranger, address).status_code == 404
    assert len(names(held)) == 10


def test_a_plan_that_was_not_looked_at_is_refused(client, world, held) -> None:
    answer = post(
        client,
        world.admin,
        reverse("run-decide", args=[held.pk]),
        plan="x",
        decision="approve",
        person="009000",
    )
    assert answer.status_code == 302
    assert "not the plan that waits now" in client.get(answer.url).content.decode()
    assert len(names(held)) == 10


def test_everything_that_waits_comes_one_after_the_other(client, world, held) -> None:
    page = get(client, world.admin, "/decisions/").content.decode()
    total = int(re.search(r"1 of (\d+)", page).group(1))
    assert total >= 10
    onward = re.search(r'name="onward" value="([^"]+)"', page).group(1).replace("&amp;", "&")
    person = re.search(r'name="person" value="([^"]+)"', page).group(1)
    answer = decide(client, world.admin, held, decision="approve", person=person, onward=onward)
    assert answer.url == onward
    assert f"2 of {total}" in client.get(answer.url).content.decode()
    skipped = client.get(f"/decisions/?of={total}&at={total - 1}").content.decode()
    assert "still wait" in skipped
    assert "decided 1 of" in skipped


def test_a_form_leads_onward_to_nowhere_else(client, world, held) -> None:
    answer = decide(
        client,
        world.admin,
        held,
        decision="approve",
        person=names(held)[0],
        onward="//evil.example/decisions/",
    )
    assert answer.url == reverse("run-decide", args=[held.pk])


def test_a_manager_goes_through_their_own_questions_only(client, world, held) -> None:
    told = get(client, world.manager, "/decisions/").content.decode()
    assert "Nothing waits for you" in told or 'name="answer"' in told
    for one in runs.stored_plan(held).held.iter_rows(named=True):
        assert f"{one['first_name']} {one['last_name']}" not in told
    assert get(client, world.staff, "/decisions/").status_code == 404


def test_an_unmapped_code_is_mapped_on_the_way(client, world, held) -> None:
    issue = Issue.objects.get(code="unmapped_zone", resolved_at=None)
    page = get(client, world.admin, f"/decisions/?item=c{issue.pk}").content.decode()
    assert reverse("issue-map", args=[issue.pk]) in page
    onward = re.search(r'name="onward" value="([^"]+)"', page).group(1).replace("&amp;", "&")
    answer = post(
        client, world.admin, reverse("issue-map", args=[issue.pk]), create="Memory Two", onward=onward
    )
    assert answer.url == onward
    runs.drive(Run.objects.at_once().get().pk)
    assert f"c{issue.pk}" not in [one.key for one in decisions.waiting(_visit(world.admin))]


def _visit(who):
    request = RequestFactory().get("/")
    request.user, request.session = who, {}
    return visit_of(request)


def test_pay_is_not_shown_to_who_may_not_see_it(client, world) -> None:
    nights.first_night(world)
    Integration.objects.update(policy={"pay": True, "creates_location": {"floor": 1, "share": 0.01}})
    world.integration.refresh_from_db()
    hire = nights.people()[0] | {
        "Emp #": "009000",
        "Legal First Name": "Bram",
        "Legal Last Name": "Okonjo",
        "Work Email": "bram@maplehealth.example",
    }
    lines = nights.as_csv([*nights.people(), hire]).decode().splitlines()
    with_pay = [f"{line},{'Pay Rate,Pay Unit' if n == 0 else '43.21,Hour'}" for n, line in enumerate(lines)]
    run = runs.request(
        world.integration,
        trigger="manual",
        actor=Actor.of(world.admin),
        upload=("\n".join(with_pay).encode(), "pay.csv"),
    )
    run = runs.drive(run.pk)
    item = f"/decisions/?item=p{run.pk}-009000"
    assert "43.21" in get(client, world.admin, item).content.decode()
    assert "Bram Okonjo" in get(client, world.client_success, item).content.decode()
    assert "43.21" not in get(client, world.client_success, item).content.decode()
