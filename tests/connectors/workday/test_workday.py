"""Workday keeps the laws, and reads what is its own: one whole report, aliases that drift, columns that are missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schedulepop.connectors.contract import ConnectorError, SourceBusyError, UnreadableAnswerError
from schedulepop.connectors.testing import Fault, Laws, Reply, recorded
from schedulepop.connectors.testing.running import QUICK
from schedulepop.connectors.workday import WORKDAY, Config
from schedulepop.connectors.workday.worker import NEEDED
from schedulepop.lib.http.errors import TooLargeError
from tests.connectors.workday.stub import ORIGIN, PASSWORD, PATH, URL, USER, WorkdayStub

Row = dict[str, str]


class TestWorkday(Laws):
    CONNECTOR = WORKDAY
    STUB = WorkdayStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"report_url": URL, "user": USER}
    SECRETS = {"password": PASSWORD}
    NEVER = ("1983-08-19", "000-00-6677", "7 Tamarack Way", "99917")
    PAGE = 4
    WHOLE = True
    CANNOT = {
        "endless": "a report has no pages",
        "changed": "a report is one answer",
        "oversize": "read as it comes: what is no report is refused by its first sign (a long report: see below)",
    }

    def people(self, **more: Any) -> dict[str, Row]:
        """By first name; of several jobs the last row."""
        with self.running(**more) as run:
            return {row["First_Name"]: row for row in run.rows()}

    def changed(self, *edits: dict[str, Any], gone: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The recording with edits of its first rows, and without columns."""
        rows = [json.loads(json.dumps(one)) for one in self.RECORDING]
        for row, edit in zip(rows, edits, strict=False):
            row.update(edit)
        return [{name: value for name, value in row.items() if name not in gone} for row in rows]

    # What Workday says of people ----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("name", "status", "hired", "ended"),
        [
            ("Marguerite", "Active", "2017-03-06", ""),  # dates come with a zone, of which the day is taken
            ("Philippa", "On Leave", "2016-10-03", ""),  # Active, and On Leave is yes
            ("Thalia", "On Leave", "2021-04-19", ""),
            ("Quentin", "Terminated", "2018-01-15", "2026-07-31"),
            ("Ruth", "Upcoming", "2099-01-04", ""),  # to come, and inactive so far
            ("Sander", "Active", "2023-09-11", ""),  # the last day was of an earlier employment
            ("Vesna", "Upcoming", "2099-03-01", ""),  # left in 2024, comes back
            ("Wendell", "Canceled", "2099-02-02", "2099-02-02"),  # withdrawn before the first day
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, ended: str) -> None:
        row = self.people()[name]
        found = (row["Worker_Status"], row["Hire_Date"], row["Termination_Date"])
        assert found == (status, hired, ended)

    @pytest.mark.parametrize(
        ("name", "rate", "unit"),
        [
            ("Marguerite", "37.5", "Hourly"),
            ("Philippa", "222000.00", "Annual"),  # 9,250 twice a month: nobody counts pay by that
            ("Sander", "78000", "Annual"),
            ("Ugo", "", ""),
        ],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str) -> None:
        row = self.people()[name]
        assert (row["Pay_Rate"], row["Pay_Frequency"]) == (rate, unit)

    def test_a_row_per_position_with_its_mark(self) -> None:
        osei = self.RECORDING[1]
        second = osei | {"Position_ID": "P-00311", "Primary_Job": "0", "Job_Code": "DA", "Pay_Rate": 17}
        with self.running(recording=[*self.RECORDING, second]) as run:
            rows = [row for row in run.rows() if row["First_Name"] == "Osei"]
            assert run.checked().people == 10
        assert [(row["Job_Code"], row["Primary_Job"], row["Pay_Rate"]) for row in rows] == [
            ("CNA", "1", "20.25"),
            ("DA", "0", "17"),
        ]

    def test_one_email_and_one_phone_of_work_and_of_the_mobile_first(self) -> None:
        people = self.people()
        assert people["Marguerite"]["Email"] == "marguerite.ellingsen@maplehealth.example"
        assert people["Ruth"]["Email"] == "ruth@home.example"
        assert people["Quentin"]["Phone"] == "+1 (570) 555-0124"

    # Columns that drift -------------------------------------------------------------------------------------

    def test_aliases_may_be_written_otherwise(self) -> None:
        drifted = [
            {name.replace("_", " ").title() if index % 2 else name.replace("_", "").lower(): value
             for index, (name, value) in enumerate(row.items()) if name in WORKDAY.columns}
            for row in self.RECORDING
        ]  # fmt: skip
        straight, other = self.people(), self.people(recording=drifted)
        assert {name: {c: row[c] for c in WORKDAY.columns} for name, row in other.items()} == {
            name: {c: row[c] for c in WORKDAY.columns} for name, row in straight.items()
        }

    @pytest.mark.parametrize("column", ["Termination_Date", "Cost_Center", "Last_Day_of_Leave", "CMS_Code"])
    def test_a_column_that_nobody_has_may_be_missing(self, column: str) -> None:
        """It stays in the feed, blank, as if Workday had sent it: it is not gone only because nobody has left."""
        with self.running(recording=self.changed(gone=(column,))) as run:
            assert run.checked().ok
            assert column in run.collected().columns

    @pytest.mark.parametrize("column", sorted(NEEDED))
    def test_a_column_that_somebody_must_have_is_missed(self, column: str) -> None:
        with self.running(recording=self.changed(gone=(column,))) as run:
            answer = run.checked()
            assert not answer.ok
            assert f"the report has no {column}" in answer.sentence
            with pytest.raises(ConnectorError, match="Ask payroll for this report"):
                run.collected()

    def test_further_columns_come_along_but_for_private_ones_and_money(self) -> None:
        more = {
            "Shift_Preference": "Nights",
            "birthDate": "canary",
            "Bank_Account": "canary",
            "Email_Alias": "m.e",
        }
        row = self.people(recording=self.changed(more))["Marguerite"]
        assert {name: value for name, value in row.items() if name.startswith("Custom")} == {
            "Custom: Mask_Size": "N95-S",
            "Custom: Shift_Preference": "Nights",
            "Custom: Email_Alias": "m.e",
        }

    def test_a_column_with_several_values_is_told_by_its_name(self) -> None:
        several = self.changed({"Cost_Center": [{"Descriptor": "100"}, {"Descriptor": "200"}]})
        with (
            self.running(recording=several) as run,
            pytest.raises(UnreadableAnswerError, match="Cost_Center"),
        ):
            run.collected()

    def test_rows_that_differ_for_one_job_are_a_mistake_in_the_report(self) -> None:
        twice = [*self.RECORDING, self.RECORDING[0]]
        with self.running(recording=twice) as run:
            assert run.collected().people == 10
        differing = [*self.RECORDING, self.RECORDING[0] | {"Cost_Center": "CC-900"}]
        with (
            self.running(recording=differing) as run,
            pytest.raises(ConnectorError, match="rows that differ"),
        ):
            run.collected()

    # One whole answer ---------------------------------------------------------------------------------------

    def test_a_report_beyond_the_limit_is_refused(self) -> None:
        with self.running(count=2_000, limits=replace(QUICK, body=2**20)) as run:
            with pytest.raises(TooLargeError, match="more than 1 MB"):
                run.collected()
            assert not (run.source.workdir / "feed").exists()

    def test_a_report_that_breaks_off_is_no_feed(self) -> None:
        with self.running(Fault("broken_off"), count=2_000) as run, pytest.raises(SourceBusyError):
            run.collected()

    def test_the_check_tells_the_tenant_and_who_is_to_come(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == (
                "Workday answers: tenant maple_health, 10 people. 3 of them start after today."
            )
            assert len(run.stub.asked) == 1
        nobody = [row for row in self.RECORDING if row["Hire_Date"] < "2099"]
        with self.running(recording=nobody) as run:
            assert (
                "if somebody is hired for a day ahead, the report leaves them out" in run.checked().sentence
            )

    def test_a_check_that_takes_too_long_tells_how_far_it_came(self) -> None:
        with self.running(Fault("broken_off"), count=2_000) as run:
            answer = run.checked()
        assert answer.ok
        assert answer.people is None
        assert "a preview takes its time" in answer.sentence

    def test_prompts_in_the_address_are_answered_and_the_format_is_ours(self) -> None:
        with self.running() as run:
            url = f"{ORIGIN}{PATH}?Effective_as_of_Date={{today}}&Company!WID=abc&format=simplexml"
            config = run.source.config.model_copy(update={"report_url": url})
            run.source = replace(run.source, config=config, today=date(2026, 12, 1))
            assert run.collected().people == 10
            assert run.stub.asked[0].query == {
                "Effective_as_of_Date": "2026-12-01",
                "Company!WID": "abc",
                "format": "json",
            }

    @pytest.mark.parametrize(
        "url",
        [
            "http://wd5-services1.myworkday.com" + PATH,
            "https://evil.example" + PATH,
            "https://workday.com.evil.example" + PATH,
            "https://u:p@wd5-services1.myworkday.com" + PATH,
            "https://wd5-services1.myworkday.com:8443" + PATH,
            "https://wd5-services1.myworkday.com/ccx/api/v1/maple_health/workers",
            "https://evilworkday.com" + PATH,
        ],
    )
    def test_an_address_that_is_no_report_of_workdays_is_refused(self, url: str) -> None:
        with pytest.raises(ValidationError, match="JSON address of a report"):
            Config(report_url=url, user=USER)

    def test_a_page_for_people_is_told(self) -> None:
        page = Reply(200, b"<!DOCTYPE html><title>Workday</title>", {"Content-Type": "text/html"})
        with self.running() as run:
            run.stub.page = lambda asked: page  # type: ignore[method-assign]
            with pytest.raises(UnreadableAnswerError, match="a page for people"):
                run.collected()
