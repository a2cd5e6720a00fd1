"""Paycom keeps the laws, and reads what is its own: three ways of dates, whose rate it is, what its statuses mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import ConnectorError, NotGrantedError, SignInRefusedError
from schedulepop.connectors.paycom import PAYCOM
from schedulepop.connectors.testing import Fault, Laws, Reply, recorded
from tests.connectors.paycom.stub import SID, TOKEN, PaycomStub, envelope


class TestPaycom(Laws):
    CONNECTOR = PAYCOM
    STUB = PaycomStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"sid": SID}
    SECRETS = {"token": TOKEN}
    NEVER = ("1981-11-30", "arkspur", "LARKSPUR", "Nightingale", "5705559111")
    PAGE = 4
    MANY = 3_000  # each is a request
    CANNOT = {"changed": "a person who is listed twice is asked for twice, and answers the same"}

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    # People -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("name", "said", "hired", "rehired", "ended", "back"),
        [
            ("Rosamund", "Active", "2020-02-10", "", "", ""),
            ("Gideon", "Leave", "2019-07-01", "", "", "2027-01-11"),  # 07/01/2019 beside 2027-01-11
            ("Pilar", "Terminated", "2018-03-12", "", "2024-11-22", ""),
            ("Lucian", "Active", "2015-09-01", "2022-04-04", "", ""),
            ("Wren", "Active", "2099-01-12", "", "", ""),  # to come: only the day says so
            ("Benedikt", "Code I", "2020-05-18", "", "", ""),  # no note explains it: it ends nobody unasked
            ("Corentin", "ON LEAVE", "", "", "", ""),  # 00/00/0000
            ("Juno", "Active", "2025-06-16", "", "2099-06-30", ""),
        ],
    )
    def test_status_and_dates(
        self, name: str, said: str, hired: str, rehired: str, ended: str, back: str
    ) -> None:
        """Dates come as 2024-05-31, as 05/31/2024, and as 0000-00-00 for none."""
        row = self.people()[name]
        found = [row[one] for one in ("Status", "Hire Date", "Rehire Date", "Termination Date", "Leave End")]
        assert found == [said, hired, rehired, ended, back]

    @pytest.mark.parametrize(
        ("name", "rate", "unit"),
        [
            ("Rosamund", "36.75", "Hourly"),  # paid by the hour; the annual salary beside it is worked out
            ("Gideon", "18.5000", "Hourly"),
            ("Lucian", "98000", "Annual"),
            ("Imani", "60000.50", "Annual"),
            ("Wren", "27.4", "Hourly"),  # how is not said in a word, and there is one rate only
            ("Odette", "", ""),  # two rates: which one is hers is not guessed
            ("Corentin", "", ""),  # zeros
        ],
    )
    def test_pay_is_the_rate_that_is_theirs(self, name: str, rate: str, unit: str) -> None:
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"]) == (rate, unit)

    def test_phones_are_figures_and_zero_is_none(self) -> None:
        people = self.people()
        assert people["Rosamund"]["Phone"] == "5705550311"
        assert people["Lucian"]["Phone"] == "(570) 555-0314"
        assert people["Odette"]["Phone"] == ""

    def test_labor_categories_that_are_used_are_columns(self) -> None:
        row = self.people()["Rosamund"]
        assert {name: row[name] for name in row if "Category" in name} == {
            "Category 1 Code": "RN",
            "Category 1": "Registered Nurse",
            "Category 2 Code": "7",
            "Category 2": "RN",
            "Category 4 Code": "D",
            "Category 4": "Days",
        }

    def test_a_job_title_is_the_positions_or_else_the_business_title(self) -> None:
        people = self.people()
        assert people["Rosamund"]["Job Title"] == "Registered Nurse"
        assert people["Imani"]["Job Title"] == "Medical Director"

    # Paging and the envelope --------------------------------------------------------------------------------

    @pytest.mark.parametrize("links", [True, False], ids=["link", "number"])
    def test_206_has_more_and_200_is_the_last(self, links: bool) -> None:
        with self.running(count=self.PAGE * 3) as run:
            run.stub.links = links
            assert len(run.rows()) == self.PAGE * 3
            pages = [one.query for one in run.stub.asked if one.path.endswith("/employeedirectory")]
        assert [one["page"] for one in pages] == ["1", "2", "3"]
        assert [one.get("requestid") for one in pages] == [None, *(["r-7"] * 2 if links else [None] * 2)]

    def test_an_envelope_that_says_no_is_an_error_although_the_status_is_200(self) -> None:
        with self.running() as run:
            told = envelope([], result=False, errors=["Rosamund Ekwueme"], errorCount=1)
            run.stub.page = lambda asked: Reply(200, told)  # type: ignore[method-assign]
            with pytest.raises(ConnectorError, match="says that it failed") as raised:
                run.collected()
            assert "Rosamund" not in str(raised.value)

    def test_another_person_than_was_asked_for_is_no_person(self) -> None:
        with self.running() as run:
            real = run.stub.page

            def page(asked: Any) -> Reply:
                reply = real(asked)
                if asked.path.endswith("/0A1C"):
                    return Reply(200, envelope([self.RECORDING[0]["employee"]]))
                return reply

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(ConnectorError, match="another person"):
                run.collected()

    # What Paycom means by its statuses ----------------------------------------------------------------------

    @pytest.mark.parametrize(("at", "function"), [(1, "Employee Directory"), (2, "Employee")])
    def test_413_is_a_function_that_is_not_switched_on(self, at: int, function: str) -> None:
        with self.running(Fault("not_enabled", at=at)) as run, pytest.raises(NotGrantedError) as raised:
            run.collected()
        assert f"has not switched on the function {function} for this SID" in str(raised.value)
        assert "0A1B" not in str(raised.value)

    def test_401_is_first_of_all_an_address_that_is_not_allowed(self) -> None:
        with self.running(Fault("unauthorized")) as run, pytest.raises(SignInRefusedError) as raised:
            run.checked()
        assert "have this server's address allowed for the SID first" in str(raised.value)

    def test_the_check_is_two_requests(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Paycom answers: 10 people."
            assert len(run.stub.asked) == 2
