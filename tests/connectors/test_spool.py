"""From parts to a feed: whole or nothing, text as it was written, and what is not granted is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schedulepop.connectors import source_of
from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.connectors.contract import (
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    Done,
    Form,
    NoSecrets,
    NotGranted,
    Part,
    Records,
    Source,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.connectors.paging import ChangedWhileReadingError
from schedulepop.connectors.spool import Collected, collect

ADA, BOB = {"id": "007", "name": "Ada", "pay": {"rate": "24.10"}}, {"id": "008", "name": "Bob"}


def connector(*parts: Part | Exception, **more: Any) -> Connector:
    def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
        for part in parts:
            if isinstance(part, Exception):
                raise part
            yield part

    made = Connector(
        kind="acme",
        title="Acme",
        since="2026-11-29",
        checked_against="public notes",
        config=Form,
        secrets=NoSecrets,
        provides=frozenset({"source_id"}),
        check=lambda source: Checked(True, "Yes."),
        fetch=fetch,
        columns={"ID": "id", "Name": "name", "Rate": "pay.rate"},
        record_id="id",
        permissions={"Pay": frozenset({"Rate"})},
    )
    return replace(made, **more)


def spooled(of: Connector) -> tuple[str, Collected]:
    with source_of(of, {}, today=date(2026, 3, 1)) as source:
        collected = collect(of, source)
        return collected.files[0].path.read_text("utf-8"), collected


def test_a_feed_has_the_columns_and_the_text_as_it_was_written() -> None:
    text, collected = spooled(connector(Records([ADA]), Records([BOB]), Done(expected=2)))
    assert text == "ID,Name,Rate\n007,Ada,24.10\n008,Bob,\n"
    assert (collected.people, collected.columns) == (2, ("ID", "Name", "Rate"))
    assert not collected.not_granted


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ((Records([ADA]),), SourceBusyError),
        ((Records([ADA]), Done(complete=False)), SourceBusyError),
        ((Records([ADA]), Done(expected=2)), SourceBusyError),
        ((Records([ADA, ADA]), Done(expected=2)), SourceBusyError),
        ((Records([ADA]), Done(), Records([BOB])), SourceBusyError),
        ((Records([]), Done()), ConnectorError),
        ((Done(),), ConnectorError),
        ((Records([None]), Done()), UnreadableAnswerError),
        ((Records(["Ada"]), Done()), UnreadableAnswerError),
        ((Records([ADA, dict.fromkeys(BOB)]), Done()), UnreadableAnswerError),
        ((Records([ADA, {}]), Done(expected=2)), UnreadableAnswerError),
        ((Records([ADA | {"name": {"first": "Ada"}}]), Done()), UnreadableAnswerError),
        ((Records([ADA | {"name": ["Ada"]}]), Done()), UnreadableAnswerError),
        ((Records([ADA]), SourceBusyError("Later.")), SourceBusyError),
        ((Records([ADA, ADA | {"name": "Eve"}]), Done()), ConnectorError),
    ],
)
def test_half_a_list_is_no_feed(parts: tuple[Any, ...], error: type[Exception]) -> None:
    with source_of(connector(*parts), {}) as source:
        with pytest.raises(error):
            collect(connector(*parts), source)
        assert not list(source.workdir.iterdir())


def test_what_nobody_has_for_want_of_a_permission_is_no_column() -> None:
    text, collected = spooled(connector(Records([BOB]), Done()))
    assert text == "ID,Name\n008,Bob\n"
    assert collected.not_granted == {"Pay": frozenset({"Rate"})}


def test_what_a_joined_endpoint_refused_is_no_column_although_some_have_it() -> None:
    text, collected = spooled(connector(Records([ADA]), NotGranted("Pay"), Done()))
    assert text == "ID,Name\n007,Ada\n"
    assert collected.not_granted == {"Pay": frozenset({"Rate"})}


def test_a_blank_that_was_given_is_a_blank() -> None:
    assert spooled(connector(Records([BOB | {"pay": {"rate": ""}}]), Done()))[0] == "ID,Name,Rate\n008,Bob,\n"


def test_a_copy_of_payroll_is_as_old_as_its_platform_says() -> None:
    at = datetime(2026, 2, 27, 3, 55, tzinfo=UTC)
    _, collected = spooled(connector(Records([ADA]), Done(source_time=at)))
    (file,) = collected.files
    assert (file.source_time, file.name) == (at, "acme-2026-02-27-0355.csv")


def test_columns_found_on_the_way_are_there_for_everybody() -> None:
    def found(row: dict[str, Any]) -> dict[str, Any]:
        return {f"Custom: {name}": value for name, value in row.get("custom", {}).items()}

    of = connector(Records([ADA, BOB | {"custom": {"CMS Code": "07", "Cap": True}}]), Done(), found=found)
    assert spooled(of)[0] == (
        "ID,Name,Rate,Custom: CMS Code,Custom: Cap\n007,Ada,24.10,,\n008,Bob,,07,true\n"
    )


def test_a_value_is_one_line_and_one_cell() -> None:
    odd = ADA | {"name": 'A "d"\r\n\ta,\x00b'}
    assert spooled(connector(Records([odd]), Done()))[0].splitlines()[1] == '007,"A ""d""   a, b",24.10'


@pytest.mark.parametrize("value", [7, ["Ada"], {"first": "Ada"}], ids=["a number", "a list", "a record"])
def test_a_form_that_a_platform_does_not_document_is_a_sentence_without_values(value: Any) -> None:
    """Where a connector takes a record apart itself, it may stumble over what it never saw."""
    stumbles = connector(
        Records([ADA | {"name": value}]), Done(), flatten=lambda one, _: [{"id": one["name"] + "!"}]
    )
    logged: list[dict[str, Any]] = []
    with source_of(stumbles, {}) as source, pytest.raises(UnreadableAnswerError) as told:
        collect(stumbles, replace(source, log=lambda event, **more: logged.append({"event": event, **more})))
    assert str(told.value) == (
        "User Sync could not take a record of Acme apart. That is ours to mend, not payroll’s: tell Client Success. "
        "The log says where it happened."
    )
    (line,) = logged
    assert (line["event"], line["error"]) == ("spool.stumbled", "TypeError")
    assert line["at"][0].startswith("flat.py:")
    assert line["at"][-1].startswith("test_spool.py:")


def test_a_value_that_is_no_line_of_a_list_is_named_with_its_record_and_column() -> None:
    long = connector(Records([BOB, ADA | {"name": "A" * 1_100_000}]), Done())
    with pytest.raises(UnreadableAnswerError) as told:
        spooled(long)
    assert str(told.value) == (
        "Acme sent a record with more than 250,000 characters: Name of the one with the ID 007. Shorten it there, or "
        "leave it out."
    )


def test_a_list_that_changed_is_read_once_more() -> None:
    reads = iter([[ADA, ADA | {"name": "Eve"}], [ADA, BOB]])

    def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
        yield Records(next(reads))
        yield Done()

    assert spooled(connector(fetch=fetch))[1].people == 2


def test_two_records_under_one_id_need_a_person_when_it_stays_so() -> None:
    """What comes again in the same way did not change while it was read: waiting would help nobody."""
    twice = connector(Records([BOB, ADA, ADA | {"name": "Eve"}]), Done())
    with pytest.raises(ConnectorError) as told:
        spooled(twice)
    assert str(told.value) == (
        "Acme lists two different records under one ID (007), which differ in Name, also when the list is read "
        "again. Correct one of the two there, or take it out. Until then nothing of the list is used."
    )


def test_two_records_under_another_id_each_time_are_a_list_that_goes_on_changing() -> None:
    reads = iter([[ADA, ADA | {"name": "Eve"}], [ADA, BOB, BOB | {"name": "Rob"}]])

    def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
        yield Records(next(reads))
        yield Done()

    with pytest.raises(ChangedWhileReadingError, match=r"under one ID \(008\)"):
        spooled(connector(fetch=fetch))


def test_a_permission_without_columns_is_a_mistake_of_the_connector() -> None:
    with pytest.raises(KeyError):
        spooled(connector(Records([ADA]), NotGranted("Bonus"), Done()))


def test_settings_that_do_not_fit_are_named_without_their_values() -> None:
    with pytest.raises(ConnectorError) as raised, source_of(ADP_WFN, {"region": "canary", "more": "canary"}):
        pass
    assert str(raised.value) == "ADP Workforce Now: missing or not fitting: Region, Client ID, more."
