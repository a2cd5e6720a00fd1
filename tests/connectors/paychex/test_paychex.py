"""Paychex keeps the laws, and reads what is its own: wrapped and bare answers, statuses, lists of names, rates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import ConnectorError, NotGrantedError
from schedulepop.connectors.paychex import PAYCHEX
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing import Fault, Laws, Reply, recorded
from tests.connectors.paychex.stub import ACCOUNT, CLIENT_ID, CLIENT_SECRET, COMPANY, PaychexStub


class TestPaychex(Laws):
    CONNECTOR = PAYCHEX
    STUB = PaychexStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"account_number": ACCOUNT, "client_id": CLIENT_ID}
    SECRETS = {"client_secret": CLIENT_SECRET}
    NEVER = ("1983-03-14", "000005150", "Larkspur Court")
    PAGE = 4
    MANY = 3_000  # each is two requests

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    # Statuses and days: the vendor's specification, Worker; its reasons: a published SDK (WorkerStatusReason)
    @pytest.mark.parametrize(
        ("name", "status", "hired", "rehired", "ended"),
        [
            ("Henrietta", "Active", "2020-02-10", "", ""),
            ("Lucian", "Active", "2015-09-01", "2022-04-04", ""),
            ("Bettina", "Leave", "2019-07-01", "", ""),  # inactive: employed, and away
            ("Ottoline", "Furlough", "2022-02-21", "", ""),  # inactive, for work is slow
            ("Pilar", "Resigned", "2018-03-12", "", "2024-11-22"),
            ("Wren", "Pending", "2099-01-12", "", ""),
            ("Ignatius", "Pending", "2099-02-01", "", ""),  # in progress: not yet whole in Flex
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, rehired: str, ended: str) -> None:
        row = self.people()[name]
        told = (row["Status"], row["Hire Date"], row["Rehire Date"], row["Termination Date"])
        assert told == (status, hired, rehired, ended)

    def test_a_rehire_that_is_to_come_has_no_hire_date_of_the_time_before(self) -> None:
        """A day that has passed would make somebody active who only comes back."""
        pending = {"statusType": "PENDING", "statusReason": "PENDING_REHIRE"}
        worker = self.RECORDING[3]["worker"] | {"currentStatus": pending}
        with self.running(recording=[self.RECORDING[3] | {"worker": worker}, self.RECORDING[0]]) as run:
            row = run.rows()[0]
        assert (row["Status"], row["Hire Date"]) == ("Pending", "")

    def test_a_status_that_nobody_documents_is_told_as_it_is(self) -> None:
        moved = {"statusType": "TRANSFERRED", "statusReason": "EMPLOYEE_TRANSFER"}
        worker = self.RECORDING[0]["worker"] | {"currentStatus": moved}
        with self.running(recording=[self.RECORDING[0] | {"worker": worker}]) as run:
            assert [row["Status"] for row in run.rows()] == ["TRANSFERRED"]

    # Pay: the vendor's specification, Worker Pay Rates and Worker Pay Standards
    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Henrietta", "38.10", "Hourly", "2025-01-05"),  # the default one of two, not the raise ahead
            ("Lucian", "98000.00", "Annual", "2025-01-05"),
            ("Solveig", "50412.00", "Annual", "2025-01-05"),  # 2,100.50 twice a month
            ("Thelonious", "410.00", "Daily", "2024-06-01"),
            ("Casimir", "22.85", "Hourly", "2025-07-06"),  # none is the default: the first rate, its latest
            ("Wren", "29.25", "Hourly", "2099-01-12"),  # begins with the job
            ("Ottoline", "", "", ""),  # piecework
            ("Ignatius", "", "", ""),  # nobody needs a rate
        ],
    )
    def test_pay_is_the_rate_in_force_with_its_unit(
        self, name: str, rate: str, unit: str, since: str
    ) -> None:
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Effective Date"]) == (rate, unit, since)

    def test_a_raise_ahead_arrives_on_its_day(self) -> None:
        with self.running() as run:
            (file,) = collect(run.connector, replace(run.source, today=date(2099, 1, 4))).files
            assert "39.60" in file.path.read_text("utf-8")

    # Units: the vendor's specification, Company Locations, Organizations, Labour Assignments, Jobs
    def test_ids_become_the_names_that_the_company_gave_them(self) -> None:
        people = self.people()
        henrietta, pilar = people["Henrietta"], people["Pilar"]
        assert [henrietta[name] for name in ("Location", "Location ID")] == ["Birchwood", "970001701620675"]
        assert pilar["Location"] == "Alderway"
        units = ("Organization", "Organization Number", "Organization Level")
        assert [henrietta[name] for name in units] == ["1 Nursing", "1", "Department"]
        assert [henrietta[name] for name in ("Labor Assignment", "Job")] == ["Nights", "Memory Care"]
        assert [pilar[name] for name in ("Labor Assignment", "Job")] == ["", ""]

    def test_a_location_that_is_no_longer_listed_is_its_id(self) -> None:
        moved = self.RECORDING[0]["worker"] | {"locationId": "970009"}
        with self.running(recording=[self.RECORDING[0] | {"worker": moved}]) as run:
            assert [row["Location"] for row in run.rows()] == ["970009"]

    # Contacts: the vendor's example of workers with communications
    def test_contacts_at_work_before_private_ones_and_phones_abroad_with_their_country(self) -> None:
        people = self.people()
        told = {name: (people[name]["Email"], people[name]["Phone"]) for name in people}
        assert told["Henrietta"] == ("henrietta.okafor@maplehealth.example", "570 5550411")
        assert told["Bettina"] == ("bettina@home.example", "570 5550190")
        assert told["Thelonious"][1] == "+47 22123456"
        assert told["Wren"] == ("", "")

    # Custom fields: the vendor's example, in which a worker's value has no name
    def test_custom_fields_are_columns_by_the_names_in_the_companys_list(self) -> None:
        people = self.people()
        assert {name: people["Henrietta"][name] for name in people["Henrietta"] if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Float Pool": "false",
            "Custom: License Until": "2027-05-31",
        }
        assert people["Lucian"]["Custom: CMS Code"] == ""

    # Refused: what one of the joined endpoints says, API-2
    def test_lists_that_are_not_granted_are_named_and_their_columns_gone(self) -> None:
        with self.running() as run:
            run.stub.refused = ("locations", "laborassignments", "jobs")
            collected = run.collected()
        assert collected.not_granted == {"Locations": frozenset({"Location", "Location ID"})}
        assert not {"Location", "Labor Assignment", "Job"} & set(collected.columns)
        assert {"Labor Assignment ID", "Job ID"} <= set(collected.columns)

    @pytest.mark.parametrize("number", [None, 0], ids=["company", "worker"])
    def test_custom_fields_that_are_not_granted_are_no_columns(self, number: int | None) -> None:
        rows = [one | {"customfields": None} for one in self.RECORDING]
        with self.running(recording=None if number is None else rows) as run:
            if number is None:
                run.stub.refused = ("customfields",)
            assert not [name for name in run.collected().columns if name.startswith("Custom")]

    def test_custom_fields_granted_for_some_and_refused_for_others_are_no_feed(self) -> None:
        rows = [*self.RECORDING[:3], self.RECORDING[3] | {"customfields": None}]
        with self.running(recording=rows) as run, pytest.raises(NotGrantedError):
            run.collected()

    def test_pay_that_is_refused_in_the_middle_is_not_granted_at_all(self) -> None:
        rows = [*self.RECORDING[:3], self.RECORDING[3] | {"payrates": None}]
        with self.running(recording=rows) as run:
            assert list(run.collected().not_granted or ()) == ["Pay rates"]
            assert len([one for one in run.stub.asked if one.path.endswith("payrates")]) == 4

    # Shape: a published fixture has the wrapper, the specification the bare object
    @pytest.mark.parametrize("shape", ["one object", "a list", "a list in pages", "no paging told"])
    def test_an_answer_without_its_wrapper_is_read_as_well(self, shape: str) -> None:
        def bare(reply: Reply) -> Any:
            if shape == "no paging told":
                return reply.body | {"metadata": {"contentItemCount": len(reply.body["content"])}}
            rows = reply.body["content"]
            return rows[0] if shape == "one object" and rows else rows

        rows = self.RECORDING[:1] if shape == "one object" else self.RECORDING
        with self.running(recording=rows, page=4 if shape == "a list in pages" else 50) as run:
            whole = run.stub.page
            run.stub.page = lambda asked: replace(  # type: ignore[method-assign]
                whole(asked), body=bare(whole(asked))
            )
            assert run.collected().people == len(rows)

    @pytest.mark.parametrize(
        "body", [{"content": None}, {"content": {}}, {"content": ["x"]}, {"content": [{"name": {}}]}, "text"]
    )
    def test_any_other_shape_is_no_feed(self, body: Any) -> None:
        with self.running() as run:
            run.stub.page = lambda asked: Reply(200, body)  # type: ignore[method-assign]
            with pytest.raises(ConnectorError, match="answered"):
                run.collected()

    # Paging: limits below the one that was asked for are seen in the wild; a published SDK sends the ETag along
    def test_a_page_that_is_shorter_than_asked_for_is_not_the_last(self) -> None:
        with self.running(count=23, page=5) as run:
            assert run.collected().people == 23
        pages = [one for one in run.stub.asked if one.path.endswith("/workers")]
        assert [one.query["offset"] for one in pages] == ["0", "5", "10", "15", "20"]

    def test_a_list_that_changes_between_two_pages_is_read_once_more(self) -> None:
        second = 1 + 2 * 4 + 1  # the first page, two requests for each of four people, the second page
        with self.running(Fault("changed", second, 1), count=8) as run:
            assert run.collected().people == 8
        assert len([one for one in run.stub.asked if one.path.endswith("/workers")]) == 4

    def test_the_media_type_leaves_out_birth_dates_and_tax_numbers(self) -> None:
        with self.running() as run:
            run.collected()
        views = {
            one.headers["accept"] for one in run.stub.asked if one.path == f"/companies/{COMPANY}/workers"
        }
        assert views == {"application/vnd.paychex.workers.nonpii_communications.v1+json"}

    def test_the_check_names_the_company_and_asks_for_the_pay_of_one_who_works_here(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Paychex Flex answers: Maple Health, Inc, 10 people."
            assert [one.path.rpartition("/")[2] for one in run.stub.asked] == [
                "token",
                "companies",
                "workers",
                "payrates",
            ]

    def test_somebody_without_a_rate_is_no_want_of_a_permission(self) -> None:
        with self.running(recording=[self.RECORDING[0] | {"payrates": []}]) as run:
            assert run.checked().not_granted == ()

    @pytest.mark.parametrize("often", [[], [{"payFrequency": None}]], ids=["nothing", "null"])
    def test_a_salary_of_which_nobody_says_how_often_it_is_paid_has_no_unit_that_counts(
        self, often: Any
    ) -> None:
        (salaried,) = [one for one in self.RECORDING if "paystandards" in one]
        with self.running(recording=[salaried | {"paystandards": often}]) as run:
            assert [(row["Pay Rate"], row["Pay Unit"]) for row in run.rows()] == [("2100.50", "Pay period")]

    def test_an_account_number_that_the_app_may_not_see_is_a_sentence(self) -> None:
        with self.running() as run:
            run.source.config.account_number = "99999999"
            with pytest.raises(ConnectorError, match="approved the app"):
                run.checked()
