"""Dayforce keeps the laws, and reads what is its own: entries picked by the day, exports, the host one is sent to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import ConnectorError, NotGrantedError, SourceBusyError
from schedulepop.connectors.dayforce import DAYFORCE
from schedulepop.connectors.dayforce.employee import flatten, in_effect
from schedulepop.connectors.testing import Laws, Reply, recorded
from schedulepop.lib.http.errors import RefusedAddressError, UnreadableAnswerError
from tests.connectors.dayforce.stub import HOST, PASSWORD, ROOT, USER, DayforceStub

Row = dict[str, str]


class TestDayforce(Laws):
    CONNECTOR = DAYFORCE
    STUB = DayforceStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"company": "maple", "user": USER}
    SECRETS = {"password": PASSWORD}
    NEVER = ("1979-04-17", "000-00-7788", "12 Quarry Lane", "@annika")
    PAGE = 4

    def people(self, today: date | None = None) -> dict[str, Row]:
        """By first name; of several jobs the last row."""
        with self.running() as run:
            run.source = replace(run.source, today=today or run.source.today)
            return {row["First Name"]: row for row in run.rows()}

    # Entries by the day -------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("name", "status", "own", "hired", "ended", "back"),
        [
            ("Annika", "Active", "Active", "2018-05-07", "", ""),
            ("Celestine", "Leave", "FMLA Leave", "2016-02-01", "", "2099-01-15"),  # group INACTIVE
            ("Dragan", "Terminated", "Terminated", "2019-03-04", "2026-06-12", ""),
            ("Esperanza", "Active", "Active", "2099-02-01", "", ""),  # to come: the entry that begins next
            ("Fitz", "Active", "Active", "2022-08-15", "", ""),  # the last day was of an earlier employment
            ("Guinevere", "Active", "Active", "2021-11-01", "2099-03-01", ""),  # leaves ahead
            ("Hollis", "Active", "Per Diem", "2023-04-03", "", ""),  # the company's word, Dayforce's group
            ("Jarek", "Upcoming", "Pre-Start", "2099-01-05", "", ""),
        ],
    )
    def test_status_and_dates(
        self, name: str, status: str, own: str, hired: str, ended: str, back: str
    ) -> None:
        row = self.people()[name]
        columns = ("Status", "Company Status", "Hire Date", "Termination Date", "Estimated Return Date")
        assert tuple(row[column] for column in columns) == (status, own, hired, ended, back)

    @pytest.mark.parametrize(
        ("today", "department", "rate", "status"),
        [
            (date(2026, 11, 29), "MC", "34", "Active"),
            (date(2098, 12, 31), "MC", "34", "Active"),
            (date(2099, 1, 1), "EW", "40", "Active"),  # moved and raised on its day, not before
            (date(2099, 3, 1), "EW", "40", "Terminated"),
        ],
    )
    def test_what_is_dated_ahead_arrives_on_its_day(
        self, today: date, department: str, rate: str, status: str
    ) -> None:
        row = self.people(today)["Guinevere"]
        assert (row["Department Code"], row["Pay Rate"], row["Status"]) == (department, rate, status)

    def test_who_left_and_is_hired_again_for_a_day_ahead_is_to_come(self) -> None:
        dragan = self.RECORDING[3] | {"HireDate": "2099-05-01T00:00:00"}
        (row,) = flatten(dragan, date(2026, 11, 29))
        own = row["own"]
        assert (own["Status"], own["Hire Date"], own["Termination Date"]) == ("Upcoming", "2099-05-01", None)

    def test_an_email_that_has_ended_is_nobodys(self) -> None:
        row = self.people()["Guinevere"]
        assert row["Email"] == row["Work Email"] == "guinevere.roth@maplehealth.example"

    def test_who_left_keeps_the_last_job(self) -> None:
        row = self.people()["Dragan"]
        assert [row[name] for name in ("Job Code", "Location Code", "Primary Assignment")] == [
            "CNA",
            "AW-EW",
            "true",
        ]

    # Jobs, units, pay ---------------------------------------------------------------------------------------

    def test_a_row_per_job_the_primary_one_as_dayforce_says(self) -> None:
        with self.running() as run:
            rows = [row for row in run.rows() if row["First Name"] == "Boone"]
        assert {row["Job Code"]: (row["Primary Assignment"], row["Pay Rate"]) for row in rows} == {
            "DA": ("false", "16.4"),  # a job's own rate is that job's
            "CNA": ("true", "19.75"),
        }

    def test_of_several_jobs_without_a_mark_none_is_made_primary(self) -> None:
        with self.running() as run:
            rows = [row for row in run.rows() if row["First Name"] == "Ingrid"]
        assert [row["Primary Assignment"] for row in rows] == ["", ""]

    def test_every_unit_has_its_code_and_its_name(self) -> None:
        row = self.people()["Annika"]
        assert {name: row[name] for name in row if name.startswith(("Org ", "Department", "Legal"))} == {
            "Department": "Memory Care",
            "Department Code": "MC",
            "Legal Entity": "Maple Health East LLC",
            "Legal Entity Code": "MAPLE-E",
            "Org Site": "Birchwood",
            "Org Site Code": "BW",
            "Org Region": "East",
            "Org Region Code": "EAST",
        }

    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Annika", "36.25", "Hourly", "2025-01-05"),
            (
                "Celestine",
                "112000",
                "Annual",
                "2024-01-01",
            ),  # PayType Salaried: Dayforce has an hourly rate as well
            ("Esperanza", "27", "Hourly", "2099-02-01"),
            ("Ingrid", "", "", ""),
        ],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str, since: str) -> None:
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Effective Date"]) == (rate, unit, since)

    def test_custom_fields_of_every_kind_are_columns(self) -> None:
        people = self.people()
        own = {name: value for name, value in people["Annika"].items() if "Custom" in name and value}
        assert own == {
            "Custom: CMS Code": "Registered Nurse",
            "Custom: CMS Code Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Float Pool": "true",
            "Custom: Locker": "11",
            "Custom: License Checked": "2025-06-30",
        }
        assert people["Boone"]["Custom: Language Code"] == "ES; PL"

    # The export ---------------------------------------------------------------------------------------------

    def test_an_export_is_ordered_once_and_waited_for(self) -> None:
        with self.running() as run:
            run.stub.polls = 2  # type: ignore[attr-defined]
            assert run.collected().people == 10
            (order,) = run.stub.orders  # type: ignore[attr-defined]
        assert run.slept == [15, 15]
        assert order["PageSize"] == 250
        assert "CompensationSummary" in order["Expand"].split(",")
        assert order["ContextDateRangeFrom"] < str(date.today()) < order["ContextDateRangeTo"]

    @pytest.mark.parametrize(("status", "error"), [(500, SourceBusyError), (403, NotGrantedError)])
    def test_an_order_that_is_not_taken_is_not_repeated(
        self, status: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = DayforceStub.signs_in

        def refused(stub: Any, asked: Any) -> Reply | None:
            return Reply(status, {}) if asked.method == "POST" else whole(stub, asked)

        monkeypatch.setattr(DayforceStub, "signs_in", refused)
        with self.running() as run:
            with pytest.raises(error, match="Dayforce"):
                run.collected()
            assert len([one for one in run.stub.asked if one.method == "POST"]) == 1

    @pytest.mark.parametrize(
        ("state", "error", "said"),
        [
            ({"Status": "Failed"}, SourceBusyError, "did not get the export done"),
            ({"Status": "Completed with errors", "Results": f"{HOST}{ROOT}x"}, SourceBusyError, "not get"),
            ({"Status": "Succeeded", "Results": f"{HOST}/Api/oak/V1/x"}, UnreadableAnswerError, "goes on"),
            (
                {"Status": "Succeeded", "Results": "https://evil.example/Api/maple/V1/x"},
                RefusedAddressError,
                "not",
            ),
        ],
        ids=["failed", "with_errors", "another_company", "another_host"],
    )
    def test_an_export_that_is_none(
        self, state: dict[str, str], error: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(DayforceStub, "status", lambda stub: state)
        with self.running() as run, pytest.raises(error, match=said):
            run.collected()

    def test_an_error_among_the_results_is_told_by_its_code_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = DayforceStub.page

        def page(stub: Any, asked: Any) -> Reply:
            reply = whole(stub, asked)
            wrong = {
                "Code": "HR_Employee_X",
                "Level": "ERROR",
                "Message": "Annika Vandermeer has no position",
            }
            warned = {"Code": "HR_Employee_Y", "Level": "WARN", "Message": "…"}
            return replace(reply, body=reply.body | {"ProcessResults": [warned, wrong]})

        monkeypatch.setattr(DayforceStub, "page", page)
        with (
            self.running() as run,
            pytest.raises(ConnectorError, match=r"everything: HR_Employee_X\.") as raised,
        ):
            run.collected()
        assert "Annika" not in str(raised.value)

    def test_a_link_is_asked_of_the_host_we_are_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Dayforce may write links with the documented host; credentials stay with the one that was judged."""
        whole = DayforceStub.status
        there = {"Results": whole(DayforceStub([]))["Results"].replace("us252-services", "www")}
        monkeypatch.setattr(DayforceStub, "status", lambda stub: whole(stub) | there)
        with self.running() as run:
            assert run.collected().people == 10
            assert len([one for one in run.stub.asked if one.path.endswith("/ClientMetadata")]) == 1

    # The host one is sent on to -----------------------------------------------------------------------------

    def test_the_check_follows_to_the_host_and_is_three_requests(self) -> None:
        with self.running() as run:
            answer = run.checked()
            assert answer.sentence == "Dayforce answers: 10 people."
            paths = [one.path.removeprefix(ROOT) for one in run.stub.asked]
        assert paths == ["ClientMetadata", "Employees", "Employees/004420"]

    def test_an_address_that_does_not_send_on_is_asked_itself(self) -> None:
        with self.running() as run:
            config = run.source.config.model_copy(update={"host": "us252-services.dayforcehcm.com"})
            run.source = replace(run.source, config=config)
            assert run.collected().people == 10

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/Api",
            "https://dayforcehcm.com.evil.example/Api",
            "https://evildayforcehcm.com/Api",
            "https://us1.dayforcehcm.com@evil.example/",
            "https://us1.dayforcehcm.com:8443/Api",
            "http://us252-services.dayforcehcm.com/Api",
            "//evil.example/Api",
            "javascript:alert(1)",
        ],
    )
    def test_credentials_go_nowhere_else(self, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(DayforceStub, "target", target)
        with self.running() as run:
            with pytest.raises(RefusedAddressError, match=r"not below https://…dayforcehcm\.com"):
                run.collected()
            assert len(run.stub.asked) == 1

    def test_a_second_redirect_is_not_followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        again = Reply(302, b"", {"Location": "https://us9-services.dayforcehcm.com/Api/maple/V1/Employees"})
        monkeypatch.setattr(DayforceStub, "page", lambda stub, asked: again)
        with self.running() as run, pytest.raises(RefusedAddressError, match="sent us on to another address"):
            run.collected()


@pytest.mark.parametrize(
    ("entries", "today", "held"),
    [
        ([("a", "2020-01-01", "2025-12-31"), ("b", "2026-01-01", "")], "2025-12-31", "a"),
        (
            [("a", "2020-01-01", "2026-01-01"), ("b", "2026-01-01", "")],
            "2026-01-01",
            "b",
        ),  # an end without its day
        ([("a", "2020-01-01", "2026-01-01")], "2026-01-01", "a"),  # nothing follows: the last day is one
        ([("a", "2020-01-01", ""), ("b", "2024-01-01", "")], "2026-01-01", "ba"),
        ([("c", "2030-01-01", ""), ("b", "2027-01-01", "")], "2026-01-01", "b"),  # begins next
        (
            [("a", "2010-01-01", "2011-01-01"), ("b", "2012-01-01", "2013-01-01")],
            "2026-01-01",
            "b",
        ),  # ended last
        ([], "2026-01-01", ""),
    ],
)
def test_entries_hold_from_their_first_day_to_their_last(
    entries: list[tuple[str, str, str]], today: str, held: str
) -> None:
    made = [
        {"n": name, "EffectiveStart": f"{start}T00:00:00", "EffectiveEnd": end}
        for name, start, end in entries
    ]
    assert "".join(one["n"] for one in in_effect(made, date.fromisoformat(today))) == held
