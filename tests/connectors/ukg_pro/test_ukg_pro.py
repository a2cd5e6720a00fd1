"""UKG Pro keeps the laws, and reads what is its own: joined lists, companies, statuses, pay, user-defined fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from schedulepop.connectors.contract import NotGrantedError, SignInRefusedError, SourceBusyError
from schedulepop.connectors.testing import Asked, Laws, Reply, recorded
from schedulepop.connectors.ukg_pro import UKG_PRO
from schedulepop.connectors.ukg_pro.lists import COMPENSATION, CUSTOM, EMPLOYMENT, PERSON, keys
from tests.connectors.ukg_pro.stub import CUSTOMER_KEY, PASSWORD, USER, UkgProStub


class TestUkgPro(Laws):
    CONNECTOR = UKG_PRO
    STUB = UkgProStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"host": "service4.ultipro.com", "user": USER}
    SECRETS = {"password": PASSWORD, "customer_api_key": CUSTOMER_KEY}
    NEVER = (
        "1979-11-02",
        "000-00-7742",
        "Thistle Row",
        "MEDLV",
        "QUITX",
        "Sign-on Bonus",
        "5705550177",
        "5705550141",
    )
    PAGE = 4

    def people(self) -> dict[str, list[dict[str, str]]]:
        """First name → rows."""
        with self.running() as run:
            rows = run.rows()
        found: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            found.setdefault(row["First Name"], []).append(row)
        return found

    @pytest.mark.parametrize(
        ("name", "status", "hired", "rehired", "original", "ended"),
        [
            ("Saoirse", "Active", "2021-03-01", "", "2021-03-01", ""),
            ("Bastien", "Leave", "2018-09-17", "", "2018-09-17", ""),
            ("Cordelia", "Terminated", "2019-02-11", "", "2019-02-11", "2025-08-30"),
            ("Dashiell", "Active", "2022-06-06", "2022-06-06", "2012-05-07", ""),  # ended before the rehire
            ("Fintan", "Active", "2099-01-11", "", "2099-01-11", ""),  # to come, and UKG says A
            ("Hamish", "Suspended", "2023-05-02", "", "2023-05-02", ""),
            ("Ines", "Active", "2020-07-20", "", "2020-07-20", "2099-12-31"),  # told ahead
        ],
    )
    def test_status_and_dates(
        self, name: str, status: str, hired: str, rehired: str, original: str, ended: str
    ) -> None:
        (row,) = self.people()[name]
        names = ("Status", "Hire Date", "Rehire Date", "Original Hire Date", "Termination Date")
        assert [row[one] for one in names] == [status, hired, rehired, original, ended]

    def test_one_hire_date_is_no_rehire(self) -> None:
        once = self.RECORDING[0]["employment"] | {"originalHireDate": None}
        with self.running(recording=[self.RECORDING[0] | {"employment": once}]) as run:
            (row,) = run.rows()
        assert (row["Hire Date"], row["Rehire Date"]) == ("2021-03-01", "")

    def test_in_another_company_somebody_has_another_employment(self) -> None:
        """UKG's spec: employment and pay are of a company; a person has one record, of the home company."""
        rows = self.people()["Giselle"]
        assert [(row["Employment ID"], row["Status"], row["Pay Rate"]) for row in rows] == [
            ("MPL1E-8KD2S70000K0", "Terminated", "33.0"),
            ("MPL2W-8KD2S70000K0", "Active", "35.75"),
        ]
        assert {row["Last Name"] for row in rows} == {"Trueba"}

    @pytest.mark.parametrize(
        ("name", "rate", "unit"),
        [
            ("Saoirse", "34.5", "Hourly"),
            ("Cordelia", "18", "Hourly"),
            ("Dashiell", "27.3525", "Hourly"),
            ("Evadne", "92500.0", "Annual"),  # UKG derives an hourly rate for salaried people, too
        ],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str) -> None:
        (row,) = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Currency"]) == (rate, unit, "USD")

    def test_a_rate_that_is_not_there_has_no_unit(self) -> None:
        paid = self.RECORDING[0]["compensation"] | {"hourlyPayRate": None}
        with self.running(recording=[self.RECORDING[0] | {"compensation": paid}, self.RECORDING[1]]) as run:
            row = run.rows()[0]
        assert (row["Pay Rate"], row["Pay Unit"]) == ("", "")

    def test_every_org_level_is_a_column(self) -> None:
        (row,) = self.people()["Saoirse"]
        assert [row[f"Org Level {level} Code"] for level in (1, 2, 3, 4)] == ["EAST", "MC", "D", "N7"]

    def test_user_defined_fields_are_columns_but_for_numbers(self) -> None:
        """UKG's spec: fields 03, 04, 10 and 11 are numbers, of which nobody knows whether they are pay."""
        (row,) = self.people()["Saoirse"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Badge Since": "2021-03-08",
        }

    def test_further_phones_are_columns_by_the_companys_own_codes_but_for_private_ones(self) -> None:
        """UKG's spec: employee-multi-phone-numbers. Which code is a mobile is the company's, and the mapping's."""
        people = self.people()
        assert people["Saoirse"][0]["Phone: CEL"] == "5705550131"
        assert people["Saoirse"][0]["Phone: PGR"] == "5705550132"
        assert people["Bastien"][0]["Phone: CEL"] == ""

    def test_the_other_email_stands_in_and_a_private_phone_is_not_read(self) -> None:
        people = self.people()
        assert people["Bastien"][0]["Email"] == "bastien@home.example"
        assert people["Bastien"][0]["Home Phone"] == "5705550119"
        assert people["Hamish"][0]["Home Phone"] == ""

    @pytest.mark.parametrize(
        "names",
        [("companyID", "employeeID"), ("companyId", "employeeId"), ("CompanyId", "EmployeeID")],
        ids=",".join,
    )
    def test_ids_are_told_whatever_case_their_names_have(self, names: tuple[str, str]) -> None:
        """UKG's spec: companyID in employments and pay, companyId in persons."""
        assert keys(dict(zip(names, ("MPL1E", "8KD2L10000K0"), strict=True))) == ("MPL1E", "8KD2L10000K0")

    @pytest.mark.parametrize("wrong", ["password", "customer_api_key"])
    def test_the_service_account_and_the_customers_key_are_both_needed(self, wrong: str) -> None:
        """UKG's spec: Authorization and US-Customer-Api-Key."""
        with self.running() as run:
            secrets = run.source.secrets.model_copy(update={wrong: SecretStr("another")})
            with pytest.raises(SignInRefusedError):
                run.connector.check(replace(run.source, secrets=secrets))

    def test_the_check_names_the_companies_and_asks_three_times(self) -> None:
        with self.running(page=50) as run:
            assert run.checked().sentence == (
                "UKG Pro answers: Maple Health East, Maple Health West, at least 10 people."
            )
            assert [one.path for one in run.stub.asked] == [EMPLOYMENT.path, PERSON.path, COMPENSATION.path]

    @pytest.mark.parametrize(("gone", "columns"), [("custom", "Custom: "), ("phones", "Phone: ")])
    def test_further_lists_that_are_not_granted_are_no_columns(self, gone: str, columns: str) -> None:
        stripped = [one | {gone: None} for one in self.RECORDING]
        with self.running(recording=stripped) as run:
            assert not [name for name in run.rows()[0] if name.startswith(columns)]

    @pytest.mark.parametrize("listed", [PERSON, COMPENSATION, CUSTOM], ids=lambda one: one.path)
    def test_what_is_refused_in_the_middle_is_no_missing_permission(self, listed: Any) -> None:
        def refuses(asked: Asked, reply: Reply) -> Reply:
            return Reply(403) if asked.path == listed.path and asked.query["page"] == "2" else reply

        with self.running() as run:
            _answering(run.stub, refuses)
            with pytest.raises(NotGrantedError):
                run.collected()

    def test_an_employment_without_its_person_is_read_anew_and_then_not_used(self) -> None:
        """A list of persons that came to its end too early would be a feed without names."""

        def forgets(asked: Asked, reply: Reply) -> Reply:
            return Reply(200, reply.body[:-1]) if asked.path == PERSON.path else reply

        with self.running() as run:
            _answering(run.stub, forgets)
            with pytest.raises(SourceBusyError, match="person details it did not give"):
                run.collected()
        assert [one.path for one in run.stub.asked].count(EMPLOYMENT.path) == 2

    def test_a_server_that_gives_fewer_at_once_than_it_is_asked_for_is_read_to_its_end(self) -> None:
        with self.running(count=9, page=2) as run:
            assert len(run.rows()) == 9
        pages = [one.query for one in run.stub.asked if one.path == PERSON.path]
        assert [one["page"] for one in pages] == ["1", "2", "3", "4", "5"]
        assert {one["per_Page"] for one in pages} == {"200"}


def _answering(stub: UkgProStub, changes: Callable[[Asked, Reply], Reply]) -> None:
    """From now on the stub's answers are these."""
    real = stub.page
    stub.page = lambda asked: changes(asked, real(asked))  # type: ignore[method-assign]
