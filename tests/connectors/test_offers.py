"""What is offered: platforms and ways told apart by the registry, tables that say what each connector says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from schedulepop import employee
from schedulepop.connectors import REGISTRY, offers
from schedulepop.connectors.contract import Connector
from schedulepop.connectors.file import FILE

PLATFORMS = [one for one in REGISTRY.values() if one.columns]


def test_every_connector_is_offered_once_and_the_file_two_ways() -> None:
    chosen = [*offers.platforms(), *offers.ways()]
    assert {one.connector.kind for one in chosen} == set(REGISTRY)
    assert [one.key for one in offers.ways()][:2] == ["upload", "folder"]
    assert len({one.key for one in chosen}) == len(chosen)


def test_a_new_way_appears_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "bucket", replace(FILE, kind="bucket", title="Bucket"))
    assert [one.key for one in offers.ways()] == ["upload", "folder", "sftp", "https", "drop", "bucket"]
    assert offers.offer("bucket").assurance == ""
    ways = [name for name, _ in offers.format_grid().rows]
    files = ["Upload", "Folder", "SFTP", "HTTPS", "Drop address", "Bucket"]
    assert ways == ["`schedulepop try`", *files]


@pytest.mark.parametrize("one", PLATFORMS, ids=lambda one: one.kind)
def test_the_table_says_what_the_connector_provides(one: Connector) -> None:
    table = offers.field_table(one)
    cells = {field.name: row[1] for field, row in zip(employee.FIELDS, table.rows, strict=True)}
    given = {name: column for name, (column, _) in cells.items() if name in one.provides}
    assert given == {name: one.proposed[name] for name in one.provides}
    others = {name: column for name, (column, _) in cells.items() if name not in given}
    assert others.pop("full_name") == "in two parts"
    assert set(others.values()) <= {"not available"}
    gated = {name for name, (_, need) in cells.items() if need}
    by_permission = set().union(*one.permissions.values())
    assert gated == {name for name, column in one.proposed.items() if column in by_permission}


def test_a_row_a_platform_says_what_is_not_there_and_what_is_to_be_granted() -> None:
    rows = dict(offers.field_grid().rows)
    assert list(rows) == [one.title for one in offers.platforms()]
    assert rows["ADP Workforce Now"] == (
        "Return date, CMS labor code",
        "Contact data: email and phone. Pay rates: pay rate, pay unit, pay currency and pay effective date.",
    )
    assert dict(offers.capability_grid().rows)["Paycom"] == ("", "yes", "", "yes")
    assert dict(offers.identity_grid().rows)["BambooHR"] == (
        "The ID stays at a rehire and at a transfer.",
        "vendor's spec; not tried live",
    )


@pytest.mark.parametrize("made", [offers.field_grid, offers.capability_grid, offers.identity_grid])
def test_a_further_platform_is_a_row_and_no_column(made: Callable[[], offers.Grid]) -> None:
    """Fourteen columns could be read by nobody."""
    assert len(made().rows) == len(PLATFORMS)
    assert len(made().columns) <= 4


@pytest.mark.parametrize("one", PLATFORMS, ids=lambda one: one.kind)
def test_what_a_platform_lacks_is_what_it_does_not_provide(one: Connector) -> None:
    lacking = {field.name for field in offers.missing_fields(one)}
    assert lacking == {field.name for field in employee.FIELDS} - one.provides - {"full_name"}
    assert offers.lacks(one, "cms_code") is (one.report is None)  # of a report of our own it is a column
    assert not offers.lacks(one, "full_name")


def test_nothing_claims_to_have_been_tried_live() -> None:
    assert all(one.assurance.endswith("not tried live") for one in offers.platforms())
