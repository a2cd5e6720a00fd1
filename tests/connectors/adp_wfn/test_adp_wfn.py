"""ADP Workforce Now keeps the laws, and reads what is its own: assignments, leave, units, custom fields, pay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.connectors.contract import SignInRefusedError
from schedulepop.connectors.testing import Fault, Laws, recorded
from tests.connectors.adp_wfn import certificates
from tests.connectors.adp_wfn.stub import CLIENT_ID, CLIENT_SECRET, AdpStub

CERTIFICATE, KEY = certificates.client()


class TestAdp(Laws):
    CONNECTOR = ADP_WFN
    STUB = AdpStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"region": "us", "client_id": CLIENT_ID}
    SECRETS = {"client_secret": CLIENT_SECRET, "certificate": CERTIFICATE, "private_key": KEY}
    NEVER = ("000-00-0011", "1971-07-21", "Larkspur Court", "Uniform Allowance")
    PAGE = 8

    def people(self) -> dict[str, list[dict[str, str]]]:
        """First name → rows."""
        with self.running() as run:
            rows = run.rows()
        found: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            found.setdefault(row["First Name"], []).append(row)
        return found

    def test_a_row_per_assignment_one_of_them_primary(self) -> None:
        people = self.people()
        casimir = [(row["Job Code"], row["Primary Assignment"]) for row in people["Casimir"]]
        assert casimir == [("CNA", "false"), ("LPN", "true")]
        assert all([row["Primary Assignment"] for row in rows].count("true") == 1 for rows in people.values())

    def test_of_somebody_who_works_here_the_primary_assignment_has_not_ended(self) -> None:
        rows = self.people()["Thaddeus"]
        assert [(row["Status"], row["Primary Assignment"]) for row in rows] == [
            ("Terminated", "false"),
            ("Active", "true"),
        ]

    @pytest.mark.parametrize(
        ("name", "status", "hired", "ended"),
        [
            ("Ottilie", "Active", "2021-03-01", ""),
            ("Priya", "Active", "2099-01-04", ""),  # the day is told, so that a plan sees that it is to come
            ("Desmond", "Leave", "2018-09-17", ""),
            ("Marguerite", "Terminated", "2019-02-11", "2024-08-30"),
            ("Ingvar", "Active", "2023-05-02", ""),
            ("Yusra", "Active", "2022-11-14", ""),
            ("Bartholomew", "Active", "2024-02-05", ""),
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, ended: str) -> None:
        (row,) = self.people()[name]
        assert (row["Status"], row["Hire Date"], row["Termination Date"]) == (status, hired, ended)

    def test_a_name_that_adp_does_not_have_is_its_code(self) -> None:
        (row,) = self.people()["Yusra"]
        assert (row["Job"], row["Job Title"], row["Home Department"]) == ("AC", "AC", "004130")

    def test_every_unit_and_every_custom_field_is_a_column(self) -> None:
        people = self.people()
        (ottilie,), (solveig,) = people["Ottilie"], people["Solveig"]
        assert (ottilie["Home Department Code"], ottilie["Home Business Unit"]) == ("004110", "Nursing")
        assert (solveig["Home Neighborhood Code"], solveig["Home Neighborhood"]) == ("N2", "North Two")
        assert {name: ottilie[name] for name in ottilie if "ustom: " in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Locker": "3.5",
            "Custom: Float Pool": "true",
            "Custom: License Until": "2024-05-31",
            "Job custom: CMS Code": "",
        }
        assert people["Casimir"][1]["Job custom: CMS Code"] == "9"

    @pytest.mark.parametrize(
        ("name", "rate", "unit"),
        [
            ("Ottilie", "24.5", "Hourly"),
            ("Desmond", "152", "Daily"),
            ("Ingvar", "1640.0", "Biweekly"),
            ("Solveig", "610.5", "Weekly"),
            ("Thaddeus", "48000", "Annual"),
            ("Bartholomew", "", ""),
            ("Yusra", "", ""),
        ],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str) -> None:
        row = self.people()[name][-1]
        assert (row["Pay Rate"], row["Pay Unit"]) == (rate, unit)

    def test_contacts_at_work_before_private_ones_and_phones_abroad_with_their_country(self) -> None:
        people = self.people()
        assert people["Ottilie"][0]["Email"] == "ottilie.brandvold@maplehealth.example"
        assert people["Priya"][0]["Email"] == "priya.lindqvist@home.example"
        assert people["Solveig"][0]["Email"] == ""
        assert people["Ottilie"][0]["Phone"] == "(570) 555-0011"
        assert people["Solveig"][0]["Phone"] == "+47 22123456"

    def test_a_wrong_secret_is_refused_at_the_first_try(self) -> None:
        with self.running() as run:
            run.source.secrets.client_secret = type(run.source.secrets.client_secret)("canary-wrong")
            with pytest.raises(SignInRefusedError):
                run.checked()
            assert len(run.stub.asked) == 1

    def test_a_total_that_adp_does_not_tell_is_not_asked_for(self) -> None:
        class Silent(AdpStub):
            def page(self, asked: Any) -> Any:
                reply = super().page(asked)
                return reply if reply.status == 204 else type(reply)(200, reply.body | {"meta": None})

        with Silent(self.RECORDING) as stub, self.running() as run:
            run.stub.page = stub.page  # type: ignore[method-assign]
            assert run.collected().people == len(self.RECORDING)
            assert "at least" in run.checked().sentence

    def test_the_check_names_the_company(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "ADP Workforce Now answers: company code K7Q, 10 people."

    def test_unavailable_for_two_seconds_is_waited_for(self) -> None:
        with self.running(Fault("unavailable_for_2_seconds", 1, 1)) as run:
            assert run.checked().ok
        assert run.slept == [2.0]
