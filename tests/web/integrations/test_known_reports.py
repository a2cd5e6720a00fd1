"""A file that a profile knows, through the set-up: named and proposed until something is saved, then only named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Mapping
from tests import standing
from tests.web.world import World, maple

SAMPLES = Path(__file__).parents[2] / "connectors/file_profiles/samples"
BASE = "/integrations/maple-health/payroll/"
KNOWN = "The columns are those of a report from QuickBooks, as public notes describe it."
pytestmark = pytest.mark.django_db


@standing.made_once
def world() -> World:
    return maple(synced=False)


def upload(client: Client, world: World, data: bytes) -> str:
    client.force_login(world.client_success)
    client.post(f"{BASE}file/", {"feed": SimpleUploadedFile("staff.csv", data)})
    return page(client)


def page(client: Client) -> str:
    return " ".join(client.get(f"{BASE}columns/").content.decode().split())


def sample(key: str) -> bytes:
    return (SAMPLES / f"{key}.csv").read_bytes()


def test_the_columns_page_names_the_report_and_proposes_its_mapping(client: Client, world: World) -> None:
    shown = upload(client, world, sample("quickbooks"))
    assert KNOWN in shown
    assert "Not in the file: Work Location." in shown
    assert "and propose 11 of 12 columns" in shown
    assert "Proposed: Month/day/year, as reports from QuickBooks write them." in shown


def test_what_is_proposed_is_saved_with_its_status_words_and_then_only_named(
    client: Client, world: World
) -> None:
    upload(client, world, sample("quickbooks"))
    proposed = client.get(f"{BASE}columns/").context["columns"]
    asked = {
        f"column-{one.position}": one.field for one in (*proposed.needs, *proposed.known, *proposed.unused)
    }
    assert client.post(f"{BASE}columns/", asked).url == f"{BASE}codes/"
    saved = Mapping(**Integration.objects.get(slug="payroll").mapping)
    assert saved.columns["source_id"] == "Employee Number"
    assert saved.columns["termination_date"] == "Release Date"
    assert saved.dates == {"hire_date": "%m/%d/%Y", "termination_date": "%m/%d/%Y"}
    assert saved.statuses["Not on payroll"] == "inactive"
    assert saved.pay_unit == "hour"
    later = page(client)
    assert KNOWN in later
    assert "Not in the file" not in later
    assert "and use 11 of 12 columns" in later


def test_a_file_that_may_be_two_reports_is_recognized_by_names(client: Client, world: World) -> None:
    sides = [sample(key).decode().splitlines() for key in ("smartlinx", "netchex")]
    both = "".join(f"{left},{right}\n" for left, right in zip(*sides, strict=True))
    shown = upload(client, world, both.encode())
    assert "The columns fit reports from Netchex and SmartLinx: which of them it is, is not guessed." in shown
    assert "and recognized" in shown


def test_of_a_plain_file_nothing_is_said(client: Client, world: World) -> None:
    shown = upload(client, world, b"Employee ID,First Name,Last Name,Status\n1,Noor,Abdi,Active\n")
    assert "report from" not in shown


def test_the_test_of_a_folder_names_the_report(world: World, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_bytes(sample("quickbooks"))
    operator = Actor.operator("ops")
    one = lifecycle.add(
        world.organization,
        "Folder",
        connector="file",
        config={"path": str(tmp_path / "staff.csv")},
        actor=operator,
    )
    assert KNOWN in lifecycle.test(one, actor=operator).sentence
