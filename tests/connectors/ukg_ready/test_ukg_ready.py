"""UKG Ready keeps the laws, and reads what is its own: accounts, cost centers, jobs, pay with a history, code 42."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.connectors.contract import NotGrantedError, SourceBusyError, UnreadableAnswerError
from schedulepop.connectors.testing import Asked, Laws, Reply, recorded
from schedulepop.connectors.ukg_ready import UKG_READY
from tests.connectors.ukg_ready.stub import API_KEY, COMPANY, PASSWORD, USER, WITHIN, UkgReadyStub


class TestUkgReady(Laws):
    CONNECTOR = UKG_READY
    STUB = UkgReadyStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"host": "secure4.saashr.com", "company": COMPANY, "user": USER}
    SECRETS = {"password": PASSWORD, "api_key": API_KEY}
    NEVER = ("1986-04-17", "000-00-6318", "Juniper Way")
    PAGE = 4
    MANY = 1_500  # each is two requests
    CANNOT = {
        "endless": "the list of accounts has no pages",
        "changed": "everybody is in one list, once",
    }

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
            ("Ottoline", "Active", "2021-03-01", "", "2021-03-01", ""),
            ("Ravindra", "On Leave", "2018-09-17", "", "2018-09-17", ""),
            ("Philippa", "Terminated", "2019-02-11", "", "2019-02-11", "2025-08-30"),
            ("Leofric", "Active", "2022-06-06", "2022-06-06", "2012-05-07", ""),  # ended before the rehire
            ("Torvald", "Active", "2099-01-11", "", "2099-01-11", ""),  # to come
            ("SchedulePop", "Not In Payroll", "", "", "", ""),  # an account that is nobody
        ],
    )
    def test_status_and_dates(
        self, name: str, status: str, hired: str, rehired: str, original: str, ended: str
    ) -> None:
        (row,) = self.people()[name]
        names = ("Status", "Hire Date", "Rehire Date", "Original Hire Date", "Termination Date")
        assert [row[one] for one in names] == [status, hired, rehired, original, ended]

    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Ottoline", "33.5", "Hour", "2026-01-04"),  # neither what was, nor what is to come
            ("Philippa", "18", "Hour", "2019-02-11"),
            ("Zenobia", "92500.0", "Year", "2024-01-01"),
            ("Benedikt", "820.5", "Week", "2023-05-02"),
            ("Torvald", "", "", ""),  # paid from a day that is to come
        ],
    )
    def test_pay_is_what_holds_today(self, name: str, rate: str, unit: str, since: str) -> None:
        (row,) = self.people()[name]
        assert [row[one] for one in ("Pay Rate", "Pay Unit", "Pay Effective Date")] == [rate, unit, since]

    def test_cost_centers_are_columns_by_their_place(self) -> None:
        people = self.people()
        (row,) = people["Ottoline"]
        assert [row[f"Cost Center {place}"] for place in (1, 2, 3)] == ["Birchwood", "Memory Care", "Days"]
        assert [row[f"Cost Center {place} Code"] for place in (1, 2, 3)] == ["014", "MC", "D"]
        (row,) = people["Benedikt"]
        assert (row["Cost Center 2"], row["Cost Center 2 ID"]) == ("", "5999")  # no longer in the tree
        assert row["Cost Center 4"] == "Local 12"

    def test_a_job_is_its_name(self) -> None:
        people = self.people()
        assert people["Ottoline"][0]["Job"] == "RN"
        assert (people["Benedikt"][0]["Job"], people["Benedikt"][0]["Job ID"]) == ("", "8899")
        assert people["SchedulePop"][0]["Job"] == ""

    def test_every_account_of_somebody_is_a_record(self) -> None:
        rows = self.people()["Casimira"]
        assert [(row["Account ID"], row["Primary Account ID"], row["Company"]) for row in rows] == [
            ("4333100018", "4333100018", "Maple Health East"),
            ("4333100088", "4333100018", "Maple Health West"),
        ]

    def test_contacts_and_extra_fields(self) -> None:
        people = self.people()
        (row,) = people["Ottoline"]
        assert (row["Email"], row["Phone"]) == ("ottoline.brandvold@maplehealth.example", "570-555-0131")
        assert (row["Custom: Extra Field 1"], row["Custom: Extra Field 5"]) == ("7", "N95-S")
        assert people["Ravindra"][0]["Phone"] == "570-555-0140"
        assert people["Benedikt"][0]["Phone"] == "+49 170 5550142"

    @pytest.mark.parametrize(
        ("path", "gone", "there"),
        [
            ("/pay-info", {"Job", "Job ID"}, {"Cost Center 1", "Pay Rate"}),
            ("lookup/jobs", {"Job"}, {"Job ID"}),
            ("config/cost-centers", {"Cost Center 1", "Cost Center 1 Code"}, {"Job", "Email"}),
            ("compensation/history", {"Pay Rate", "Pay Unit", "Pay Effective Date"}, {"Job"}),
        ],
    )
    def test_what_the_security_profile_lacks_is_no_column(
        self, monkeypatch: pytest.MonkeyPatch, path: str, gone: set[str], there: set[str]
    ) -> None:
        """403 with code 42, as public notes tell it."""
        monkeypatch.setattr(UkgReadyStub, "forbids", {path: 42})
        with self.running() as run:
            columns = set(run.rows()[0])
        assert not gone & columns
        assert there <= columns

    def test_contacts_that_a_profile_hides_are_no_columns(self) -> None:
        hidden = [
            one
            | {"employee": {k: v for k, v in one["employee"].items() if k not in ("primary_email", "phones")}}
            for one in self.RECORDING
        ]
        with self.running(recording=hidden) as run:
            assert not {"Email", "Phone", "Mobile Phone"} & set(run.rows()[0])

    @pytest.mark.parametrize("path", ["/pay-info", "config/cost-centers", "compensation/history"])
    def test_another_reason_than_the_profile_stops_it(
        self, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        monkeypatch.setattr(UkgReadyStub, "forbids", {path: 100})
        with self.running() as run, pytest.raises(NotGrantedError):
            run.collected()

    def test_employees_that_may_not_be_read_name_the_permission(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(UkgReadyStub, "forbids", {"employees": 42})
        with self.running() as run, pytest.raises(NotGrantedError, match="REST API Resources"):
            run.checked()

    def test_an_account_that_is_removed_meanwhile_is_a_list_that_changed(self) -> None:
        def page(asked: Asked) -> Reply:
            return Reply(404) if asked.path == f"{WITHIN}employees/4333100013" else real(asked)

        with self.running() as run:
            real = run.stub.page
            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(SourceBusyError, match="removed an account"):
                run.collected()
        assert [one.path for one in run.stub.asked].count(f"{WITHIN}employees") == 2

    def test_another_account_than_was_asked_for_is_no_account(self) -> None:
        def page(asked: Asked) -> Reply:
            return real(asked if not asked.path.endswith("/4333100013") else wrong)

        wrong = Asked("GET", f"{WITHIN}employees/4333100012", {}, {})
        with self.running() as run:
            real = run.stub.page
            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(UnreadableAnswerError, match="another account"):
                run.collected()

    def test_the_check_names_the_employers_and_the_people(self) -> None:
        with self.running() as run:
            assert (
                run.checked().sentence
                == "UKG Ready answers: Maple Health East, Maple Health West, 10 people."
            )
            assert len(run.stub.asked) == 3

    def test_the_company_is_in_the_path_behind_a_bar(self) -> None:
        with self.running() as run:
            run.checked()
        assert run.stub.asked[1].path == "/ta/rest/v2/companies/%7C6071234/employees"
