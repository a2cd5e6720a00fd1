"""Nights of payroll over `world.maple`: files as payroll would send them, driven through the real pipeline.

`first_night` previews and approves the first sync; `bad_night` is the morning after a mistake in payroll: nine
people of Oak Hill gone, its only manager among them, beside three hires, some changes and some broken records.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Run
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import runs
from tests import canaries
from tests.web.world import FIRST, LAST, World

HEADER = (
    "Emp #",
    "Legal First Name",
    "Legal Last Name",
    "Work Email",
    "Mobile",
    "Facility",
    "Job Title",
    "Dept",
    "Status",
    "Hire Dt",
    "Term Date",
    *canaries.SENSITIVE,
)
DUTIES = ("RN", "LPN", "CNA", "Med Aide", "Dietary Aide")
ZONES = {"MG": ("Memory Care", "East Wing", "West Wing"), "OH": ("North Hall", "Garden Wing")}
MAPPING = Mapping(create_codes=frozenset({"duty", "zone"}))


def people(count: int = 130) -> list[dict[str, str]]:
    """Records of `count` people, half at Maple Grove and half at Oak Hill."""
    found = []
    for number in range(count):
        place = "MG" if number % 2 else "OH"
        first, last = FIRST[number % len(FIRST)], LAST[(number * 7 + number // len(FIRST)) % len(LAST)]
        values = (
            f"{4000 + number:06d}",
            first,
            last,
            f"{first}.{last}.{number}@maplehealth.example".lower().replace("’", ""),
            f"(515) 555-{number % 100:02d}{number % 90:02d}",
            place,
            DUTIES[number % 5],
            ZONES[place][number % len(ZONES[place])],
            "A",
            f"{1 + number % 12:02d}/{1 + number % 27:02d}/{2012 + number % 13}",
            "",
            *canaries.SENSITIVE.values(),
        )
        found.append(dict(zip(HEADER, values, strict=True)))
    return found


def as_csv(records: list[dict[str, str]]) -> bytes:
    """The records as payroll exports them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def preview(world: World, records: list[dict[str, str]] | None = None) -> Run:
    """A previewed first sync that waits for Client Success."""
    actor = Actor.of(world.client_success)
    lifecycle.save_mapping(world.integration, MAPPING, actor=actor)
    run = runs.request(
        world.integration,
        trigger="manual",
        actor=actor,
        preview=True,
        upload=(as_csv(records or people()), "maple-2026-11-16.csv"),
    )
    return runs.drive(run.pk)


def first_night(world: World) -> Run:
    """The first sync, previewed and approved; the daily sync is active."""
    run = preview(world)
    done = runs.approve(run, plan_hash=run.plan_hash, actor=Actor.of(world.client_success))
    world.integration.refresh_from_db()
    lifecycle.activate(world.integration, actor=Actor.of(world.client_success))
    return done


def bad_records() -> list[dict[str, str]]:
    """The file of the bad night."""
    records = people()
    hill = [record for record in records if record["Facility"] == "OH"]
    for record in hill[:9]:
        record |= {"Status": "T", "Term Date": "11/16/2026"}
    grove = [record for record in records if record["Facility"] == "MG"]
    for record in grove[:4]:
        record["Mobile"] = "515-555-0199"
    for record in grove[4:9]:
        record["Dept"] = "Memory Care"
    grove[9]["Work Email"] = "not an address"
    grove[10]["Hire Dt"] = "31/31/2020"
    grove[11]["Dept"] = "MC-2"
    grove[12]["Emp #"] = "1.23E+05"
    hires = (("Noor", "Sandoval", hill[5]["Mobile"]), ("Bram", "Okonjo", ""), ("Tove", "Lindgren", ""))
    for number, (first, last, phone) in enumerate(
        hires
    ):  # Noor Sandoval has the phone of Noor Castellane, who leaves
        records.append(
            grove[20]
            | {
                "Emp #": f"{9000 + number:06d}",
                "Legal First Name": first,
                "Legal Last Name": last,
                "Work Email": f"{first}@maplehealth.example".lower(),
                "Mobile": phone,
                "Hire Dt": "12/14/2026",
            }
        )
    return records


def night(world: World, records: list[dict[str, str]], *, who: Any = None) -> Run:
    """One more run over these records."""
    run = runs.request(
        world.integration,
        trigger="manual",
        actor=Actor.of(who or world.admin),
        upload=(as_csv(records), "maple-2026-11-17.csv"),
    )
    return runs.drive(run.pk)


def bad_night(world: World) -> Run:
    """A first sync, then the bad night: nine removals are held, the rest is applied."""
    first_night(world)
    lifecycle.save_mapping(
        world.integration, Mapping(create_codes=frozenset({"duty"})), actor=Actor.of(world.client_success)
    )
    return night(world, bad_records())
