"""Finch keeps the laws, and reads what is its own: codes for each person, cents, statuses, what is not ready yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import (
    ConnectorError,
    NotGrantedError,
    SignInRefusedError,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.connectors.finch import FINCH
from schedulepop.connectors.finch.person import flatten
from schedulepop.connectors.testing import Asked, Laws, Reply, recorded
from tests.connectors.finch.stub import CLIENT_ID, NOT_READY, TOKEN, FinchStub

ENTITY = "e6b90d14-2f57-4a83-b1c9-70d3a852c46f"


class TestFinch(Laws):
    CONNECTOR = FINCH
    STUB = FinchStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"client_id": CLIENT_ID}
    SECRETS = {"access_token": TOKEN}
    NEVER = ("1979-11-23", "Larkspur Court", "decline_to_specify", "5705550199")
    PAGE = 4
    CANNOT = {
        "changed": "everything of somebody who is listed twice is asked for twice, and answers the same"
    }

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    # SDK, EmploymentData: `employment_status` active, deceased, leave, onboarding, prehire, retired, terminated; null
    # where the payroll gives none, and then there is `is_active` only.
    @pytest.mark.parametrize(
        ("name", "status", "hired", "original", "ended"),
        [
            ("Marguerite", "Active", "2019-04-15", "2019-04-15", ""),
            ("Ezekiel", "Leave", "2017-08-21", "2017-08-21", ""),
            ("Annelore", "Terminated", "2018-03-12", "2018-03-12", "2025-02-28"),
            ("Tobiah", "Upcoming", "2099-02-02", "2099-02-02", ""),
            (
                "Philippa",
                "Upcoming",
                "2025-10-06",
                "2025-10-06",
                "",
            ),  # onboarding, and the first day has come
            ("Casimir", "Active", "2021-05-17", "2021-05-17", ""),  # the directory says so
            ("Eulalia", "Active", "2023-06-05", "2014-09-02", "2021-12-31"),  # hired again
            ("Ambrose", "Retired", "2001-06-01", "2001-06-01", "2024-12-31"),
            ("Rosalba", "Inactive", "2012-04-02", "2012-04-02", ""),
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, original: str, ended: str) -> None:
        row = self.people()[name]
        told = (row["Status"], row["Hire Date"], row["Original Hire Date"], row["Termination Date"])
        assert told == (status, hired, original, ended)

    @pytest.mark.parametrize(
        ("listed", "employment", "status"),
        [
            (True, {"is_active": False, "start_date": "2026-07-01"}, "Upcoming"),  # not here yet
            (True, {"is_active": False, "start_date": "2026-06-01"}, "Inactive"),
            (None, {"is_active": None, "start_date": "2026-06-01"}, None),
            (True, {"employment_status": "deceased"}, "Deceased"),
            (True, {"employment_status": "sabbatical"}, "sabbatical"),  # a word that Finch may add
        ],
    )
    def test_status_where_little_is_known(
        self, listed: bool | None, employment: dict[str, Any], status: str | None
    ) -> None:
        person = {"listed": {"is_active": listed}, "employment": employment}
        (row,) = flatten(person, date(2026, 6, 15))
        assert row["own"]["Status"] == status

    # Spec, Income: `amount` is in cents, of the `unit` that the payroll has.
    @pytest.mark.parametrize(
        ("name", "rate", "unit", "currency", "since"),
        [
            ("Marguerite", "36.75", "Hourly", "USD", "2025-01-05"),
            ("Horatio", "98500.00", "Annual", "USD", "2025-01-01"),
            ("Clementine", "50413.20", "Annual", "USD", "2024-02-01"),  # 24 times 2,100.55
            ("Jasper", "1500.00", "fixed", "USD", "2024-01-08"),
            ("Leopoldine", "20.50", "Hourly", "USD", "2025-01-05"),  # a raise is dated ahead
            ("Philippa", "18.20", "Hourly", "USD", ""),
            ("Tobiah", "18.75", "Hourly", "USD", "2099-02-02"),  # from the first day on
            ("Casimir", "", "", "", ""),
        ],
    )
    def test_pay_is_cents_and_comes_with_its_unit(
        self, name: str, rate: str, unit: str, currency: str, since: str
    ) -> None:
        row = self.people()[name]
        told = (row["Pay Rate"], row["Pay Unit"], row["Pay Currency"], row["Pay Effective Date"])
        assert told == (rate, unit, currency, since)

    @pytest.mark.parametrize(
        ("cents", "told"),
        [(0, "0.00"), (5, "0.05"), ("2812.5", "28.125"), (10**13, "100000000000.00"), (None, None)],
    )
    def test_cents_are_taken_exactly(self, cents: Any, told: str | None) -> None:
        (row,) = flatten({"employment": {"income": {"amount": cents}}}, date(2026, 6, 15))
        assert row["own"]["Pay Rate"] == told

    @pytest.mark.parametrize("amount", ["36,75", "$36", True, "1e5"])
    def test_what_is_no_cents_is_no_pay(self, amount: Any) -> None:
        with pytest.raises(UnreadableAnswerError, match="not in cents"):
            flatten({"employment": {"income": {"amount": amount}}}, date(2026, 6, 15))

    # Spec, Individual: emails and phones are lists with types; either may be null, a phone as well.
    @pytest.mark.parametrize(
        ("name", "email", "phone"),
        [
            ("Marguerite", "m.solano@maplehealth.example", "+15705550161"),
            ("Ezekiel", "zeke@home.example", "+15705550162"),
            ("Philippa", "philippa@home.example", ""),  # of no type
            ("Eulalia", "e.marchetti@maplehealth.example", "570-555-0167 x4"),
            ("Casimir", "", ""),
        ],
    )
    def test_one_email_and_one_phone(self, name: str, email: str, phone: str) -> None:
        row = self.people()[name]
        assert (row["Email"], row["Phone"]) == (email, phone)

    def test_a_place_has_a_name_or_else_an_address(self) -> None:
        people = self.people()
        assert (people["Marguerite"]["Work Location"], people["Marguerite"]["Work Location ID"]) == (
            "Birchwood",
            "LOC-014",
        )
        assert people["Tobiah"]["Work Location"] == "9 Alderway Court, Building B, Dunmore, PA"

    def test_a_department_that_only_the_directory_has(self) -> None:
        assert self.people()["Casimir"]["Department"] == "Kitchen"

    def test_custom_fields_with_a_single_value_are_columns(self) -> None:
        row = self.people()["Marguerite"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Badge": "4417",
            "Custom: Float Pool": "true",
        }

    # Guide "Batch Requests": do not assume that the items are fine because the HTTP status is.
    @pytest.mark.parametrize(
        ("product", "code", "error", "sentence"),
        [
            ("employment", 202, SourceBusyError, "has not fetched the employment data"),
            ("individual", 202, SourceBusyError, "has not fetched the individual data"),
            ("employment", 429, SourceBusyError, "has not fetched"),
            ("employment", 500, SourceBusyError, "has not fetched"),
            ("employment", 401, SignInRefusedError, "has to connect again"),
            ("employment", 403, NotGrantedError, "product employment"),
            ("individual", 404, SourceBusyError, "removed somebody"),
            ("employment", 501, ConnectorError, "code 501"),
        ],
    )
    def test_what_one_persons_code_says_stops_the_whole(
        self, product: str, code: int, error: type[Exception], sentence: str
    ) -> None:
        with self.running() as run:
            run.stub.codes = {(product, "Marchetti"): code}
            with pytest.raises(error, match=sentence) as raised:
                run.collected()
        assert type(raised.value) is error or code == 404
        assert "Marchetti" not in str(raised.value)

    def test_individual_data_that_is_refused_for_one_is_granted_to_nobody(self) -> None:
        with self.running() as run:
            run.stub.codes = {("individual", "Marchetti"): 403}
            collected = run.collected()
        assert collected.not_granted is not None
        assert set(collected.not_granted) == {"Individual data"}
        assert "Email" not in collected.columns

    def test_somebody_who_is_removed_while_the_list_is_read_is_not_missed_the_second_time(self) -> None:
        with self.running() as run:
            real, gone = run.stub.page, {("employment", "Marchetti"): 404}

            def page(asked: Asked) -> Reply:
                run.stub.codes = gone if run.stub.data_requests <= 9 else {}
                return real(asked)

            run.stub.page = page  # type: ignore[method-assign]
            assert run.collected().people == len(self.RECORDING)

    # Guide "Handling API Responses": 202 is what Finch answers when the connection is there and its data is not.
    @pytest.mark.parametrize("product", ["directory", "individual", "employment"])
    def test_an_answer_that_is_not_ready_is_for_later(self, product: str) -> None:
        with self.running() as run:
            real = run.stub.page

            def page(asked: Asked) -> Reply:
                return Reply(202, NOT_READY) if asked.path.endswith(product) else real(asked)

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(SourceBusyError, match="not fetched the data from the payroll yet"):
                run.collected()

    @pytest.mark.parametrize("lost", ["left out", "another", "without a code", "no record"])
    def test_an_answer_about_others_than_were_asked_for_is_none(self, lost: str) -> None:
        with self.running() as run:
            real = run.stub.page

            def page(asked: Asked) -> Reply:
                reply = real(asked)
                if asked.path.endswith("employment"):
                    one = reply.body["responses"].pop()
                    instead = {
                        "left out": [],
                        "another": [one | {"body": one["body"] | {"id": ENTITY}}],
                        "without a code": [one | {"code": ["200"]}],
                        "no record": [None],
                    }
                    reply.body["responses"] += instead[lost]
                return reply

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(UnreadableAnswerError):
                run.collected()

    def test_a_directory_without_a_total_ends_at_an_empty_page(self) -> None:
        with self.running(count=8) as run:
            real = run.stub.page

            def page(asked: Asked) -> Reply:
                reply = real(asked)
                if "paging" in reply.body:
                    reply.body["paging"]["count"] = None
                return reply

            run.stub.page = page  # type: ignore[method-assign]
            assert run.collected().people == 8
            assert run.checked().people is None

    # SDK, directory.list: of a connection with several entities one has to be named, in `entity_ids`.
    def test_a_connection_with_several_entities_is_asked_for_one(self) -> None:
        with self.running() as run:
            run.stub.entities = (ENTITY,)
            with pytest.raises(ConnectorError, match="HTTP 400"):
                run.collected()
            run.source.config.entity_id = ENTITY
            assert run.collected().people == len(self.RECORDING)

    def test_the_check_is_three_requests(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Finch answers: 13 people."
            assert [one.path for one in run.stub.asked] == [
                "/employer/directory",
                "/employer/individual",
                "/employer/employment",
            ]
