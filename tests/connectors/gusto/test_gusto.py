"""Gusto keeps the laws, and reads what is its own: onboarding, several jobs, places and employments by their dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors.contract import NotGrantedError, SignInRefusedError, SourceBusyError
from schedulepop.connectors.gusto import GUSTO
from schedulepop.connectors.gusto.employee import flatten, left_long_ago
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing import Asked, Fault, Laws, Reply, recorded
from tests.connectors.gusto.stub import CLIENT_ID, CLIENT_SECRET, COMPANY, EMPLOYEES, REFRESH_TOKEN, GustoStub


class TestGusto(Laws):
    CONNECTOR = GUSTO
    STUB = GustoStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"company_id": COMPANY, "client_id": CLIENT_ID}
    SECRETS = {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
    NEVER = ("1986-07-19", "XXX-XX-4417", "2500.00")
    PAGE = 4
    MANY = 1_500  # each is two requests

    def rows(self, first_name: str) -> list[dict[str, str]]:
        with self.running() as run:
            return [row for row in run.rows() if row["First Name"] == first_name]

    def row(self, first_name: str) -> dict[str, str]:
        (row,) = self.rows(first_name)
        return row

    # Spec, GET employees of a company: the list has all of them, in onboarding, active and left; Termination: its
    # `effective_date` is the last day of work, which may be ahead (`active` false).
    @pytest.mark.parametrize(
        ("name", "status", "hired", "ended"),
        [
            ("Augustin", "Active", "2015-04-01", ""),
            ("Soledad", "Terminated", "2020-01-13", "2025-02-14"),
            ("Torvald", "Active", "2018-11-05", "2099-03-31"),  # leaves on a day ahead
            ("Rafferty", "Active", "2024-09-16", ""),  # the last day was of an earlier employment
            ("Mireille", "Upcoming", "2099-02-02", ""),  # onboarding, to come
            ("Perpetua", "Upcoming", "2025-10-06", ""),  # onboarding, although the first day has come
            ("Bastian", "Upcoming", "", ""),  # onboarding, without a job or a date
            ("Ignatius", "Terminated", "2012-06-11", "2018-01-31"),
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, ended: str) -> None:
        row = self.row(name)
        assert (row["Status"], row["Hire Date"], row["Termination Date"]) == (status, hired, ended)

    # Spec, Employment-History-List: a row for each employment; Job: `hire_date` is that of a hire or a rehire.
    @pytest.mark.parametrize(
        ("name", "original", "rehired"),
        [("Rafferty", "2017-02-06", "2024-09-16"), ("Augustin", "2015-04-01", "")],
    )
    def test_the_first_hire_and_the_latest(self, name: str, original: str, rehired: str) -> None:
        row = self.row(name)
        assert (row["Original Hire Date"], row["Rehire Date"]) == (original, rehired)

    @pytest.mark.parametrize(
        ("terminated", "last_days", "hires", "status"),
        [
            (True, ["2026-06-30"], ["2020-01-13"], "Active"),  # the flag is set when it is scheduled
            (True, ["2026-05-31"], ["2020-01-13"], "Terminated"),
            (True, [], ["2020-01-13"], "Terminated"),
            (True, ["2026-05-31"], ["2020-01-13", "2026-09-01"], "Active"),  # a rehire dated ahead
        ],
    )
    def test_who_has_left_by_a_day(
        self, terminated: bool, last_days: list[str], hires: list[str], status: str
    ) -> None:
        person = {
            "terminated": terminated,
            "terminations": [{"effective_date": day} for day in last_days],
            "employment_history": [{"hire_date": day} for day in hires],
        }
        (row,) = flatten(person, date(2026, 6, 15))
        assert row["own"]["Status"] == status

    def test_a_row_for_each_job_and_the_primary_one_is_not_the_first(self) -> None:
        told = [(row["Job Title"], row["Primary Job"], row["Pay Rate"]) for row in self.rows("Ilse")]
        assert told == [("Nurse Educator", "false", "44.00"), ("Registered Nurse", "true", "38.25")]

    # Spec, Compensation: `rate` is dollars for each `payment_unit`, as text; `Paycheck` is of owners.
    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Torvald", "29.80", "Hour", "2025-01-05"),
            ("Augustin", "98000.00", "Year", "2025-01-01"),
            ("Calliope", "4000.00", "Paycheck", "2020-01-01"),
            ("Bastian", "", "", ""),
        ],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str, since: str) -> None:
        row = self.row(name)
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Effective Date"]) == (rate, unit, since)

    def test_a_raise_dated_ahead_waits_for_its_day(self) -> None:
        rates = [("2026-07-01", "21.00"), ("2025-07-01", "20.00"), ("2024-07-01", "19.00")]
        job = {"compensations": [{"effective_date": day, "rate": rate} for day, rate in rates]}
        paid = {
            on: flatten({"jobs": [job]}, on)[0]["own"]["Pay Rate"]
            for on in (date(2024, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        }
        assert list(paid.values()) == ["19.00", "20.00", "21.00"]

    # Changelog v2023-07-01: a job's location gave way to work addresses, which have a day each.
    @pytest.mark.parametrize(
        ("name", "place"),
        [
            ("Ilse", "214 Birchwood Lane, Scranton, PA"),
            ("Rafferty", "9 Alderway Court, Building B, Dunmore, PA"),
            ("Wilhelmina", "214 Birchwood Lane, Scranton, PA"),  # moves on a day ahead
            ("Mireille", "9 Alderway Court, Building B, Dunmore, PA"),  # to come
            ("Bastian", ""),
        ],
    )
    def test_the_place_is_where_somebody_works_today(self, name: str, place: str) -> None:
        assert self.rows(name)[0]["Work Location"] == place

    def test_the_title_of_a_job_without_one_is_its_compensations(self) -> None:
        assert self.row("Wilhelmina")["Job Title"] == "Registered Nurse"

    def test_a_personal_email_where_there_is_none_of_work(self) -> None:
        assert self.rows("Ilse")[0]["Email"] == "ilse.norquist@maplehealth.example"
        assert self.row("Rafferty")["Email"] == "raff@home.example"

    def test_custom_fields_are_columns_but_for_amounts(self) -> None:
        row = self.rows("Ilse")[0]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
        }

    @pytest.mark.parametrize(
        ("last_day", "long_ago"),
        [("2026-03-01", True), ("2026-03-17", False), ("2026-06-30", False), (None, False)],
    )
    def test_who_left_more_than_90_days_ago_left_long_ago(self, last_day: str | None, long_ago: bool) -> None:
        person: dict[str, Any] = {"terminated": True, "terminations": [{"effective_date": last_day}]}
        assert left_long_ago(person, date(2026, 6, 15)) == long_ago

    def test_who_left_long_ago_has_a_place_and_no_employment_history(self) -> None:
        with self.running() as run:
            (row,) = [row for row in run.rows() if row["First Name"] == "Soledad"]
        asked = [one.path for one in run.stub.asked if row["Employee ID"] in one.path]
        assert asked == [f"/v1/employees/{row['Employee ID']}/work_addresses"]
        assert (row["Work Location"], row["Original Hire Date"]) == ("214 Birchwood Lane, Scranton, PA", "")

    # Spec, GET employees of a company: without the scope compensations:read four fields of a job are left out, and
    # nothing is refused.
    def test_jobs_without_pay_are_not_granted_pay(self) -> None:
        stripped = [self.STUB.without(one, "Compensation") for one in self.RECORDING]
        with self.running(recording=stripped) as run:
            row = run.rows()[0]
        assert row["Job Title"]
        assert not [name for name in row if name.startswith("Pay ")]

    def test_an_employment_history_that_is_refused_is_asked_for_once(self) -> None:
        stripped = [self.STUB.without(one, "Employment history") for one in self.RECORDING]
        with self.running(recording=stripped) as run:
            (row,) = [row for row in run.rows() if row["First Name"] == "Rafferty"]
        assert row["Hire Date"] == "2024-09-16"  # the job's
        assert len([one for one in run.stub.asked if one.path.endswith("employment_history")]) == 1

    def test_places_that_are_refused_stop_it_and_name_nobody(self) -> None:
        nowhere = [{name: one[name] for name in one if name != "work_addresses"} for one in self.RECORDING]
        with self.running(recording=nowhere) as run, pytest.raises(NotGrantedError) as raised:
            run.collected()
        assert str(raised.value) == (
            "Gusto does not grant access to people's places. Ask for the scope employees:read."
        )

    # SDK, refresh_access_token: the first use of the new access token ends the refresh token before.
    def test_each_refresh_token_is_used_once_and_the_next_one_kept(self) -> None:
        with self.running() as run:
            run.rows()
            assert run.kept == {"refresh_token": run.stub.refresh_token}
            run.rows()
            assert run.kept == {"refresh_token": run.stub.refresh_token}
        assert run.stub.sign_ins == 2

    def test_a_list_that_changed_is_read_again_with_the_next_refresh_token(self) -> None:
        second_page = 9  # after the first, and seven requests for the four in it, one of whom left long ago
        with self.running(Fault("changed", at=second_page, times=1), count=8) as run:
            assert len({row["Employee ID"] for row in run.rows()}) == 8
        assert run.stub.sign_ins == 2

    def test_a_refresh_token_that_could_not_be_kept_leaves_the_one_before(self) -> None:
        def fails(name: str, value: str) -> None:
            raise SourceBusyError("The database is away.")

        with self.running() as run:
            away = replace(run.source, keep_secret=fails)
            with pytest.raises(SourceBusyError, match="away"):
                collect(GUSTO, away)
            assert run.stub.data_requests == 0
            assert run.collected().people == len(self.RECORDING)

    def test_a_refresh_token_that_was_used_before_is_a_refused_sign_in(self) -> None:
        with self.running() as run:
            run.stub.refresh_token = "of somebody else by now"
            with pytest.raises(SignInRefusedError):
                run.collected()

    def test_somebody_who_is_deleted_while_the_list_is_read_is_nobody_the_second_time(self) -> None:
        deleted = self.RECORDING.index(next(one for one in self.RECORDING if not one["employee"]["jobs"]))
        own = self.RECORDING[deleted]["employee"]["uuid"]
        with self.running() as run:
            real = run.stub.page

            def page(asked: Asked) -> Reply:
                if own not in asked.path:
                    return real(asked)
                run.stub._order.remove(deleted)
                run.stub.count -= 1
                return Reply(404, {"errors": [{"category": "not_found"}]})

            run.stub.page = page  # type: ignore[method-assign]
            rows = run.rows()
        assert own not in {row["Employee ID"] for row in rows}
        assert len({row["Employee ID"] for row in rows}) == len(self.RECORDING) - 1

    def test_the_check_names_the_company_and_is_three_requests(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Gusto answers: Maple Health, 11 people."
            assert [one.path for one in run.stub.asked[:2]] == ["/oauth/token", EMPLOYEES]
            assert len(run.stub.asked) == 3
