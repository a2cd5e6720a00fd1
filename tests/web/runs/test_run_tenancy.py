"""A night in which people of two locations are mixed up: a manager of one reads of nobody who is at the other alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Run
from schedulepop.sync.run import runs
from tests.web import nights
from tests.web.world import World

pytestmark = pytest.mark.django_db
CODES = ("found_elsewhere", "possible_match", "recycled_id", "id_changed")


@pytest.fixture
def mixed_up(world: World) -> Run:
    """At Maple Grove: one like Ines Prewitt of Oak Hill, Ferris Tuke's ID, a job of Odalys Ibarra, Noor moving in."""
    everybody = nights.people(60)
    for record in everybody:
        if record["Facility"] == "OH":
            record["Legal Last Name"] = f"Hill{record['Legal Last Name']}"
            record["Work Email"] = f"hill.{record['Work Email']}"
    run = nights.preview(world, everybody)
    runs.approve(run, plan_hash=run.plan_hash, actor=Actor.of(world.client_success))
    hill = [record for record in everybody if record["Facility"] == "OH"]
    grove = [record for record in everybody if record["Facility"] == "MG"]
    alike = hill[1] | {"Emp #": "X2", "Facility": "MG", "Legal Last Name": "Newname"}
    second = hill[3] | {"Facility": "MG", "Job Title": "LPN", "Dept": "East Wing"}
    grove[0]["Emp #"], hill[2]["Emp #"] = hill[2]["Emp #"], grove[0]["Emp #"]
    hill[4] |= {"Facility": "MG"}
    night = runs.request(
        world.integration,
        trigger="manual",
        actor=Actor.of(world.client_success),
        upload=(nights.as_csv([*everybody, alike, second]), "mixed-up.csv"),
    )
    return runs.drive(night.pk)


def names_of_the_hill(run: Run) -> list[str]:
    """People no record of this night names at Maple Grove."""
    plan = runs.stored_plan(run)
    assert plan is not None
    codes = set(plan.problems["code"].to_list())
    assert {"found_elsewhere", "recycled_id"} <= codes, "or the night mixes up nobody"
    return ["Ines Hill", "Ferris Hill", "ferris.hill"]


def test_the_pages_of_the_run(mixed_up: Run, client_of: Callable[[str], Client]) -> None:
    hidden = [*names_of_the_hill(mixed_up), "Oak Hill"]
    client, here = client_of("manager"), f"/runs/{mixed_up.pk}/"
    pages = [
        here,
        *(f"{here}?code={code}" for code in CODES),
        *(f"{here}?show={show}" for show in ("held", "move")),
    ]
    for address in pages:
        for headers in ({}, {"HX-Request": "true"}):
            body = client.get(address, headers=headers).content.decode()
            assert not [name for name in hidden if name in body], address
    everything = client_of("admin").get(here).content.decode()
    assert [name for name in hidden if name in everything], "an admin reads who it is"


def test_one_person_of_the_run_explained(mixed_up: Run, client_of: Callable[[str], Client]) -> None:
    hidden = [*names_of_the_hill(mixed_up), "Oak Hill", ">OH<"]
    client, plan = client_of("manager"), runs.stored_plan(mixed_up)
    assert plan is not None
    told = 0
    for source_id in plan.records["source_id"].drop_nulls().unique().sort().to_list():
        page = client.get(f"/runs/{mixed_up.pk}/people/{source_id}/")
        told += page.status_code == 200
        body = page.content.decode()
        assert not [name for name in hidden if name in body], source_id
    assert told > 3
