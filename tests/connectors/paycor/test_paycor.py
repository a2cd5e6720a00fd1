"""Paycor keeps the laws, and reads what is its own: lists without an end, references, phones apart, rates by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import ConnectorError, NotGrantedError, SignInRefusedError
from schedulepop.connectors.paycor import PAYCOR
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing import Asked, Laws, Reply, recorded
from tests.connectors.paycor.stub import (
    CLIENT_ID,
    CLIENT_SECRET,
    ENTITY,
    REFRESH_TOKEN,
    SUBSCRIPTION_KEY,
    PaycorStub,
)


class TestPaycor(Laws):
    CONNECTOR = PAYCOR
    STUB = PaycorStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"legal_entity_id": "133900", "client_id": CLIENT_ID}
    SECRETS = {
        "client_secret": CLIENT_SECRET,
        "subscription_key": SUBSCRIPTION_KEY,
        "refresh_token": REFRESH_TOKEN,
    }
    NEVER = ("1983-03-14", "000005150", "Larkspur Court")
    PAGE = 4
    MANY = 3_000  # each is three requests

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    # Statuses and days: the vendor's specification, Employee Status and Employment Date Data
    @pytest.mark.parametrize(
        ("name", "status", "hired", "rehired", "ended"),
        [
            ("Marguerite", "Active", "2020-02-10", "", ""),
            ("Cornelius", "FMLA", "2019-07-01", "", ""),
            ("Thelonious", "Leave", "2022-02-21", "", ""),
            ("Ignatius", "Leave", "2021-08-02", "", ""),  # workers' compensation: employed
            ("Rosalba", "Resigned", "2018-03-12", "", "2024-11-22"),
            ("Ottoline", "Retired", "2004-10-04", "", "2025-06-30"),
            ("Solveig", "Laid off", "2023-08-14", "", "2025-03-31"),
            ("Lucian", "Active", "2015-09-01", "2022-04-04", "2021-06-30"),  # left once, and came back
            (
                "Wren",
                "Active",
                "2099-01-12",
                "",
                "",
            ),  # the day is told, so that a plan sees that it is to come
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, rehired: str, ended: str) -> None:
        row = self.people()[name]
        told = (row["Status"], row["Hire Date"], row["Rehire Date"], row["Termination Date"])
        assert told == (status, hired, rehired, ended)

    def test_a_status_of_which_nobody_says_what_it_means_is_told_as_it_is(self) -> None:
        state = self.RECORDING[0]["employee"] | {"StatusData": {"Status": "ThirdPartyPayable"}}
        with self.running(recording=[self.RECORDING[0] | {"employee": state}]) as run:
            assert [row["Status"] for row in run.rows()] == ["ThirdPartyPayable"]

    # Pay: the vendor's specification, Employee Payrates
    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Marguerite", "37.525", "Hourly", "2025-01-05"),  # of four: the first one's that is in force
            ("Lucian", "98000", "Annual", "2025-01-05"),  # and not the amount of each pay
            ("Philippa", "2100.5", "Pay period", "2025-01-05"),  # of which nobody knows how long it is
            ("Wren", "29.25", "Hourly", "2099-01-12"),  # begins with the job
            ("Rosalba", "16", "Hourly", "2022-01-02"),  # ended with the job
            ("Solveig", "", "", ""),
        ],
    )
    def test_pay_is_the_rate_in_force_with_its_unit(
        self, name: str, rate: str, unit: str, since: str
    ) -> None:
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Effective Date"]) == (rate, unit, since)

    @pytest.mark.parametrize(("today", "rate"), [("2099-01-03", "37.525"), ("2099-01-04", "39.0")])
    def test_a_raise_ahead_arrives_on_its_day(self, today: str, rate: str) -> None:
        with self.running(recording=self.RECORDING[:1]) as run:
            source = replace(run.source, today=date.fromisoformat(today))
            (file,) = collect(run.connector, source).files
            assert f",{rate}," in file.path.read_text("utf-8")

    # Departments: the vendor's specification, Employee.Department is a reference
    def test_a_department_is_looked_up_with_the_one_above_it(self) -> None:
        people = self.people()
        told = (
            "Department",
            "Department Code",
            "Department Level",
            "Parent Department",
            "Parent Department Code",
        )
        assert [people["Marguerite"][name] for name in told] == ["Memory Care", "110", "3", "Nursing", "100"]
        assert [people["Cornelius"][name] for name in told] == ["Kitchen", "200", "2", "", ""]

    def test_a_department_that_is_not_listed_is_its_id(self) -> None:
        moved = self.RECORDING[0]["employee"] | {"Department": {"Id": "000000cb-gone"}}
        with self.running(recording=[self.RECORDING[0] | {"employee": moved}]) as run:
            (row,) = run.rows()
        assert (row["Department"], row["Department Code"]) == ("000000cb-gone", "000000cb-gone")

    # Phones: the vendor's specification, in which only a Person has them
    def test_phones_and_the_private_email_are_the_persons(self) -> None:
        people = self.people()
        told = {name: (people[name]["Email"], people[name]["Phone"]) for name in people}
        assert told["Marguerite"] == ("marguerite.oyelaran@maplehealth.example", "570 555-0501")
        assert told["Cornelius"][1] == "570 555-0190"
        assert told["Wren"] == ("wren@home.example", "570 555-0505")
        assert told["Solveig"][1] == "+47 22123456"
        assert told["Thelonious"][1] == ""

    def test_nothing_but_phones_and_email_is_asked_of_a_person(self) -> None:
        with self.running() as run:
            run.collected()
        persons = [one for one in run.stub.asked if one.path.endswith("/person")]
        assert {one.query["include"] for one in persons} == {"Email"}  # the last of two
        assert len(persons) == len(self.RECORDING)

    # Custom fields: the vendor's specification, their DataType
    def test_custom_fields_are_columns_but_for_money(self) -> None:
        row = self.people()["Marguerite"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: License Until": "2027-05-31",
            "Custom: Float Pool": "Yes",
        }

    def test_custom_fields_that_come_in_pages_are_all_read(self) -> None:
        first, second = self.RECORDING[0]["customfields"][:2]
        with self.running(recording=self.RECORDING[:1]) as run:
            whole = run.stub.page

            def page(asked: Asked) -> Reply:
                if not asked.path.endswith("/customfields"):
                    return whole(asked)
                return Reply(
                    200, run.stub._page([second] if asked.query else [first], None if asked.query else "n")
                )

            run.stub.page = page  # type: ignore[method-assign]
            (row,) = run.rows()
        assert [row["Custom: CMS Code"], row["Custom: Mask Size"]] == ["7", "N95-S"]

    # Names: large in the specification, small in what others have read
    def test_names_that_begin_large_are_read_as_well(self) -> None:
        small = self.people()
        with self.running() as run:
            run.stub.large = True
            assert {row["First Name"]: row for row in run.rows()} == small

    # Lists without an end: the vendor's specification answered by a mock server
    @pytest.mark.parametrize(
        ("page", "sentence"),
        [
            ({"records": [], "hasMoreResults": True, "continuationToken": "new"}, "does not come to an end"),
            ({"records": None, "hasMoreResults": True, "continuationToken": "new"}, "without the list"),
            ({"records": [{"id": "7"}], "hasMoreResults": True, "continuationToken": None}, "not where"),
            ({"records": [{"id": "7"}], "hasMoreResults": None}, "whether there is more"),
            ({"records": [{"firstName": "Wren"}], "hasMoreResults": False}, "id is missing"),
        ],
        ids=["empty", "null", "no token", "not said", "no ID"],
    )
    def test_a_list_that_says_more_and_gives_nothing_is_no_feed(self, page: Any, sentence: str) -> None:
        with self.running() as run:
            whole = run.stub.page
            run.stub.page = lambda asked: (  # type: ignore[method-assign]
                Reply(200, page) if asked.path == f"{ENTITY}/employees" else whole(asked)
            )
            with pytest.raises(ConnectorError, match=sentence):
                run.collected()

    def test_a_list_that_says_more_for_ever_ends_when_nobody_new_comes(self) -> None:
        with self.running() as run:
            whole = run.stub.page
            everybody = [one["employee"] for one in self.RECORDING]

            def page(asked: Asked) -> Reply:
                if asked.path != f"{ENTITY}/employees":
                    return whole(asked)
                return Reply(200, run.stub._page(everybody, f"token-{len(run.stub.asked)}"))

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(ConnectorError, match="does not come to an end"):
                run.collected()
            assert len([one for one in run.stub.asked if one.path.endswith("/employees")]) == 2

    # Refused: the vendor's specification, 403 for want of Data Access
    @pytest.mark.parametrize(
        ("refused", "permission", "gone", "kept"),
        [
            ("departments", "Departments", "Department Code", "Work Location"),
            ("person", "Phones and private email", "Phone", "Email"),
            ("payrates", "Pay rates", "Pay Rate", "FLSA"),
        ],
    )
    def test_what_is_not_granted_is_named_and_its_columns_gone(
        self, refused: str, permission: str, gone: str, kept: str
    ) -> None:
        with self.running() as run:
            run.stub.refused = (refused,)
            collected = run.collected()
        assert list(collected.not_granted or ()) == [permission]
        assert gone not in collected.columns
        assert kept in collected.columns
        assert len([one for one in run.stub.asked if one.path.endswith(refused)]) == 1

    def test_custom_fields_that_are_not_granted_are_no_columns(self) -> None:
        with self.running() as run:
            run.stub.refused = ("customfields",)
            assert not [name for name in run.collected().columns if name.startswith("Custom")]

    def test_custom_fields_granted_for_some_and_refused_for_others_are_no_feed(self) -> None:
        rows = [*self.RECORDING[:3], self.RECORDING[3] | {"customfields": None}]
        with self.running(recording=rows) as run, pytest.raises(NotGrantedError):
            run.collected()

    def test_somebody_without_phone_and_rate_is_no_want_of_a_permission(self) -> None:
        nobody = self.RECORDING[0]["person"] | {"Phones": [], "Email": None}
        with self.running(recording=[self.RECORDING[0] | {"person": nobody, "payrates": []}]) as run:
            assert run.checked().not_granted == ()

    # Signing in: public notes; the refresh token dies with its use
    def test_the_newest_refresh_token_is_kept_and_used(self) -> None:
        with self.running() as run:
            assert run.checked().ok
            assert run.kept == {"refresh_token": "canary-token-1-refresh"}
            assert run.collected().people == len(self.RECORDING)
            assert run.kept == {"refresh_token": "canary-token-2-refresh"}

    def test_a_wrong_subscription_key_is_refused_and_not_shown(self) -> None:
        with self.running() as run:
            run.source.secrets.subscription_key = type(run.source.secrets.subscription_key)("canary-wrong")
            with pytest.raises(SignInRefusedError) as raised:
                run.checked()
            assert "canary-wrong" not in f"{raised.value!r}{run.logged}"
            assert len(run.stub.asked) == 1

    @pytest.mark.parametrize(("page", "told"), [(10, "10 people"), (4, "at least 4 people")])
    def test_the_check_says_what_a_page_says(self, page: int, told: str) -> None:
        with self.running(page=page) as run:
            assert run.checked().sentence == f"Paycor answers: legal entity 133900, {told}."
            assert [one.path.rpartition("/")[2] for one in run.stub.asked] == [
                "token",
                "employees",
                "person",
                "payrates",
            ]
