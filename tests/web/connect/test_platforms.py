"""The choice of platforms and ways, and the sheet for payroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from schedulepop.connectors import REGISTRY, offers
from schedulepop.connectors.file_profiles import profiles
from schedulepop.web.connect import report_requests
from tests.web.connect.stubbed import by_two_steps
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_everything_that_is_offered_leads_to_its_form(client_of: ClientOf) -> None:
    found = page(client_of("client_success"), "/integrations/add/")
    for one in (*offers.platforms(), *offers.ways()):
        assert f'href="/connect/{one.key}/"' in found
    assert "Checked against vendor&#x27;s spec; not tried live." in found
    for title, (missing, _) in offers.field_grid().rows:
        assert (
            f'<th scope="row" role="rowheader">{title}</th> <td role="cell" data-label="Not available"> {missing}'
            in found
        )


def test_the_form_of_a_platform_says_field_by_field_what_it_gives(client: Client, world: World) -> None:
    client.force_login(by_two_steps(world.client_success))
    found = page(client, "/connect/adp_wfn/")
    assert "What ADP Workforce Now gives, field by field" in found
    assert (
        '<th scope="row" role="rowheader">Pay rate</th> <td role="cell" data-label="Column"> Pay Rate </td> '
        '<td role="cell" data-label="Needs"> Pay rates </td>' in found
    )
    assert "field by field" not in page(client, "/connect/sftp/")


@pytest.mark.parametrize(
    ("typed", "there", "gone"),
    [
        ("bamb", "/connect/bamboohr/", "/connect/adp_wfn/"),
        ("work adp", "/connect/adp_wfn/", "/connect/upload/"),
        ("CSV", "/connect/upload/", "/connect/paylocity/"),
        ("smart", "/connect/smartlinx/report/", "/connect/upload/"),
        ("Peoplesoft", "/connect/other/report/", "/connect/folder/"),
    ],
)
def test_search(client_of: ClientOf, typed: str, there: str, gone: str) -> None:
    found = client_of("client_success").get("/integrations/add/", {"q": typed}).content.decode()
    assert there in found
    assert gone not in found


def test_an_admin_reads_who_connects_platforms(client_of: ClientOf) -> None:
    assert "Platforms and folders are connected by Client Success." in page(
        client_of("admin"), "/integrations/add/"
    )


@pytest.mark.parametrize("key", report_requests.keys())
def test_every_sheet_asks_for_what_a_sync_cannot_do_without(client_of: ClientOf, key: str) -> None:
    sheet = report_requests.sheet(key)
    needed = [one.name for one in sheet.columns if one.need == "Needed"]
    assert len(needed) == 8
    proposed = REGISTRY[key].proposed.get("source_id", "") if key in REGISTRY else "Payroll ID"
    known = profiles().get(key)
    assert (known.columns["source_id"][0] if known else proposed) in needed
    pay = known.columns["pay_rate"] if known else ("Pay Rate", "Pay rate")
    assert not {one.name for one in sheet.columns} & set(pay)
    found = page(client_of("client_success"), f"/connect/{key}/report/")
    assert f"A report from {sheet.title}" in found
    assert "Social Security numbers, birth dates, bank data" in found


def test_the_report_of_workday_is_told_column_by_column_and_step_by_step(client_of: ClientOf) -> None:
    sheet = report_requests.sheet("workday")
    read = {*REGISTRY["workday"].columns} - {"Email", "Phone"}  # made of the others
    assert {one.name for one in sheet.columns} == read
    assert {one.kind for one in sheet.columns} == {"Text", "Date", "Number", "Yes or no"}
    assert {one.name for one in sheet.columns if one.need == "Where pay is synced"} == {
        "Pay_Rate",
        "Pay_Frequency",
        "Pay_Currency",
        "Pay_Effective_Date",
    }
    assert {"Data source", "Future hires", "Filter", "Prompts"} <= {name for name, _ in sheet.rules}
    found = page(client_of("admin"), "/connect/workday/report/")
    assert "<td>Date</td> <td>Hire Date: the latest one, also one ahead</td>" in found
    assert "How it comes" not in found
    assert "&amp;Effective_as_of_Date={today}" in found


def test_the_form_of_workday_leads_to_its_report_first(client_of: ClientOf) -> None:
    client = client_of("client_success")
    assert "Ask payroll for this report" in page(client, "/integrations/add/")
    assert "/connect/workday/report/" in page(client, "/integrations/add/")


def test_a_known_report_says_where_it_is_made_and_asks_for_its_own_columns(client_of: ClientOf) -> None:
    found = page(client_of("client_success"), "/connect/smartlinx/report/")
    assert "Reports → Employee report or a scheduled export" in found
    assert '<th scope="row">Home Facility</th>' in found
    assert "SmartLinx is not connected by an API here" in found


def test_a_way_has_the_general_sheet_and_what_nobody_knows_has_none(client_of: ClientOf) -> None:
    client = client_of("admin")
    assert "A report from Another payroll" in page(client, "/connect/upload/report/")
    assert client.get("/connect/peoplesoft/report/").status_code == 404
