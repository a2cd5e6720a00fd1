"""Merge keeps the laws, and reads what is its own: the employment in force, groups by kind, and how its copy stands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import ConnectorError, SourceBusyError
from schedulepop.connectors.merge import MERGE
from schedulepop.connectors.testing import Laws, recorded
from tests.connectors.merge.stub import ACCOUNT, KEY, TOKEN, MergeStub, status

EARLIER = "2026-11-21T03:55:18Z"


class TestMerge(Laws):
    CONNECTOR = MERGE
    STUB = MergeStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"linked_account": ACCOUNT}
    SECRETS = {"api_key": KEY, "account_token": TOKEN}
    NEVER = ("1979-04-23", "000-00-6620", "00-0004471", "Foundry Row")
    PAGE = 4

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    def columns(self, name: str, *columns: str) -> list[str]:
        row = self.people()[name]
        return [row[column] for column in columns]

    # People -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("name", "said", "started", "ended"),
        [
            ("Marisol", "Active", "2021-03-01", ""),
            ("Pilar", "Terminated", "2018-03-12", "2024-11-22"),
            (
                "Desmond",
                "Left or on leave",
                "2019-07-01",
                "",
            ),  # INACTIVE without a last day: the mapping decides
            ("Wren", "Pre-Hire", "2099-01-12", ""),  # PENDING, and not the day of the offer (hire_date)
            ("Lucian", "Active", "2015-09-01", ""),  # only a hire date
            (
                "Benedikt",
                "LEAVE OF ABSENCE",
                "2020-05-18",
                "",
            ),  # payroll's word, which Merge did not translate
        ],
    )
    def test_status_and_dates(self, name: str, said: str, started: str, ended: str) -> None:
        assert self.columns(name, "Status", "Start Date", "Termination Date") == [said, started, ended]

    @pytest.mark.parametrize(
        ("name", "title", "rate", "unit", "since"),
        [
            (
                "Marisol",
                "Registered Nurse",
                "36.75",
                "Hourly",
                "2025-01-05",
            ),  # not 2099's raise, nor a deleted one
            (
                "Wren",
                "Licensed Practical Nurse",
                "27.4",
                "Hourly",
                "2099-01-12",
            ),  # to come: the first there will be
            (
                "Odette",
                "Dietary Manager",
                "57613.20",
                "Annual",
                "",
            ),  # undated: the one Merge saw last; 24 a year
            ("Benedikt", "Aide", "1480.0", "Biweekly", "2026-01-05"),
            ("Imani", "Medical Director", "120000", "Annual", "2023-10-02"),  # every six months
            ("Corentin", "Aide", "", "", ""),
            ("Juno", "", "", "", ""),
        ],
    )
    def test_the_employment_in_force(self, name: str, title: str, rate: str, unit: str, since: str) -> None:
        """Employment: "the most recent date corresponding to the latest employment record"."""
        found = self.columns(name, "Job Title", "Pay Rate", "Pay Unit", "Pay Effective Date")
        assert found == [title, rate, unit, since]

    def test_groups_are_columns_by_their_kind_and_deleted_ones_are_none(self) -> None:
        names = (
            "Department",
            "Department ID",
            "Cost Center",
            "Business Unit",
            "Group",
            "Group: REGION",
            "Team",
        )
        assert self.columns("Marisol", *names) == [
            "Memory Care",
            "D-110",
            "Resident Care",
            "Nursing",
            "Float Pool",
            "Northeast",
            "Clinical",
        ]

    def test_of_several_departments_none_is_guessed_to_be_the_primary_one(self) -> None:
        assert self.columns("Odette", "Department", "Department ID") == ["East Wing; Kitchen", "D-120; D-300"]

    def test_a_location_without_a_name_is_its_id(self) -> None:
        assert self.columns("Odette", "Work Location") == ["CX"]
        assert self.columns("Imani", "Work Location") == [""]

    def test_custom_and_mapped_fields_are_columns(self) -> None:
        row = self.people()["Marisol"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Float Pool": "true",
            "Custom: mask_size": "N95-S",
            "Custom: locker": "12",
        }

    def test_who_was_deleted_in_payroll_is_missing(self) -> None:
        """`remote_was_deleted`: no status to go by, so nobody is ended at once; the missing rules wait and hold."""
        some = [self.RECORDING[0] | {"remote_was_deleted": True}, *self.RECORDING[1:]]
        with self.running(recording=some) as run:
            assert "Marisol" not in {row["First Name"] for row in run.rows()}

    # How the copy stands ------------------------------------------------------------------------------------

    def test_the_feed_is_as_old_as_the_copy_and_the_test_says_so(self) -> None:
        with self.running() as run:
            run.stub.statuses[1] = status("Employment", data_fresh_as_of=EARLIER)
            (file,) = run.collected().files
            assert file.source_time == datetime(2026, 11, 21, 3, 55, 18, tzinfo=UTC)
            assert run.checked().sentence == (
                "Merge answers: Maple Health, Paycom, at least 4 people. "
                "Payroll was read on 2026-11-21 at 03:55 UTC."
            )

    @pytest.mark.parametrize(
        ("stands", "said"),
        [
            ({"status": "FAILED"}, "could not read payroll (Employee). What it has is of 2026-11-27."),
            ({"status": "PAUSED"}, "has paused reading payroll"),
            ({"status": "PARTIALLY_SYNCED"}, "only in part (Employee), so nothing of it is used"),
            ({"status": "SYNCING", "is_initial_sync": True}, "for the first time"),
            ({"status": "SYNCING", "last_sync_result": "FAILED"}, "could not read payroll"),
            ({"status": "DONE", "data_fresh_as_of": None, "last_sync_finished": None}, "for the first time"),
        ],
        ids=["failed", "paused", "partial", "first", "again", "never"],
    )
    def test_a_copy_that_is_not_as_payroll_is_is_not_used(self, stands: dict[str, Any], said: str) -> None:
        with self.running() as run:
            run.stub.statuses[0] = status("Employee", **stands)
            for ask in (run.collected, run.checked):
                with pytest.raises(SourceBusyError) as raised:
                    ask()
                assert said in str(raised.value)
            assert not [one for one in run.stub.asked if one.path.endswith("/employees")]

    def test_while_merge_reads_payroll_again_the_last_copy_counts(self) -> None:
        with self.running() as run:
            run.stub.statuses[0] = status("Employee", status="SYNCING")
            assert run.collected().people == len(self.RECORDING)

    def test_a_model_that_did_not_begin_is_no_empty_list(self) -> None:
        with self.running() as run:
            run.stub.statuses = []
            with pytest.raises(SourceBusyError, match="has not begun"):
                run.collected()

    def test_a_partial_copy_is_used_where_somebody_decided_so_and_the_test_says_it(self) -> None:
        with self.running() as run:
            run.stub.statuses[2] = status("Group", status="PARTIALLY_SYNCED")
            source = run.source
            decided = MERGE.config(**self.CONFIG, partial="use")
            with source_of(MERGE, decided.model_dump(), self.SECRETS, door=source.http) as allowed:
                assert MERGE.check(allowed).sentence.endswith("Only in part: Group.")
            with pytest.raises(SourceBusyError, match=r"only in part \(Group\)"):
                run.collected()

    def test_a_model_that_is_switched_off_is_not_granted(self) -> None:
        with self.running() as run:
            run.stub.statuses[1] = status("Employment", status="DISABLED")
            granted = run.collected().not_granted
        assert granted == {name: MERGE.permissions[name] for name in ("Employments", "Pay")}

    def test_without_employees_there_is_nothing_to_sync(self) -> None:
        with self.running() as run:
            run.stub.statuses[0] = status("Employee", status="DISABLED")
            with pytest.raises(ConnectorError, match="Switch the model Employee on"):
                run.collected()

    # Whose copy it is ---------------------------------------------------------------------------------------

    def test_the_token_of_another_customer_reads_nobody(self) -> None:
        with self.running() as run:
            run.stub.details["id"] = "11111111-5d3e-4f70-8a91-b2c3d4e5f607"
            with pytest.raises(ConnectorError, match="another linked account"):
                run.collected()
            assert len(run.stub.asked) == 1

    def test_an_account_that_has_to_be_linked_again_says_so(self) -> None:
        with self.running() as run:
            run.stub.details["status"] = "RELINK_NEEDED"
            with pytest.raises(ConnectorError, match="link the account again"):
                run.checked()
