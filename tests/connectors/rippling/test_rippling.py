"""Rippling keeps the laws, and reads what is its own: users behind workers, references, computed pay, redactions."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.connectors.rippling import RIPPLING
from schedulepop.connectors.testing import Laws, recorded
from tests.connectors.rippling.stub import TOKEN, RipplingStub


class TestRippling(Laws):
    CONNECTOR = RIPPLING
    STUB = RipplingStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"company": "Maple Health"}
    SECRETS = {"token": TOKEN}
    NEVER = ("1983-07-19", "000-00-7183", "Larkspur Court", "00-0004471", "2500")
    PAGE = 4

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    @pytest.mark.parametrize(
        ("name", "status", "hired", "ended"),
        [
            ("Henrike", "Active", "2020-02-10", ""),
            ("Pilar", "Terminated", "2018-03-12", "2024-11-22"),
            ("Wren", "Pre-Hire", "2099-01-12", ""),  # HIRED: the offer is out or accepted
            ("Odette", "Active", "2099-03-02", ""),  # looks active; the day says that she is to come
            ("Corentin", "Active", "2022-01-10", "2099-06-30"),  # a last day ahead
            (
                "Benedikt",
                "Canceled",
                "2026-02-02",
                "2026-02-02",
            ),  # RESCIND: never here (TerminationDetails.type)
            ("Juno", "INIT", "", ""),  # no offer accepted: no status of ours, so she waits for the mapping
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, ended: str) -> None:
        row = self.people()[name]
        assert (row["Status"], row["Hire Date"], row["Termination Date"]) == (status, hired, ended)

    @pytest.mark.parametrize(
        ("name", "rate", "unit", "since"),
        [
            ("Henrike", "36.75", "Hourly", "2026-01-04"),  # not the 76440 that Rippling works out from it
            ("Lucian", "98000", "Annual", "2025-07-01"),
            ("Corentin", "52000.5", "Annual", ""),
            ("Imani", "", "", ""),  # neither hourly nor salaried: which amount is hers is not guessed
            ("Juno", "", "", ""),
        ],
    )
    def test_pay_is_the_amount_in_which_somebody_is_paid(
        self, name: str, rate: str, unit: str, since: str
    ) -> None:
        """Compensation: every amount is there for everybody, computed "assuming 40-hour work weeks"."""
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"], row["Pay Effective Date"]) == (rate, unit, since)

    @pytest.mark.parametrize(
        ("name", "place", "ident"),
        [
            ("Henrike", "Birchwood", "65a0f0000000000000000031"),
            ("Imani", "65a0f0000000000000000039", "65a0f0000000000000000039"),  # no longer in Rippling's list
            ("Corentin", "", ""),  # remote
        ],
    )
    def test_a_work_location_is_looked_up(self, name: str, place: str, ident: str) -> None:
        row = self.people()[name]
        assert (row["Work Location"], row["Work Location ID"]) == (place, ident)

    def test_names_and_phones_are_those_of_the_user_and_a_mobile_comes_first(self) -> None:
        people = self.people()
        assert [
            people["Henrike"][name] for name in ("Last Name", "Preferred First Name", "Phone", "Work Phone")
        ] == [
            "Okafor",
            "Rike",
            "+15705550311",
            "+15705550100",
        ]
        assert people["Lucian"]["Phone"] == "+15705550314"
        assert people["Tobias"]["Email"] == "tobias@home.example"

    def test_units_and_custom_fields_are_columns_but_for_money_and_addresses(self) -> None:
        row = self.people()["Henrike"]
        assert [row[name] for name in ("Department", "Department Code", "Teams", "Level")] == [
            "Memory Care",
            "MC",
            "Float Pool; Infection Control",
            "Senior",
        ]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Languages": "English; Polish",
            "Custom: License Until": "2027-05-31",
            "Custom: Float Pool": "true",
        }

    def test_custom_fields_that_are_told_by_their_id_are_the_same_columns(self) -> None:
        told = [{"65a20000000000000000000a": "7", "65a20000000000000000000f": 2500}]
        with self.running(recording=[self.RECORDING[0] | {"custom_fields": told}]) as run:
            (row,) = run.rows()
        assert {name: row[name] for name in row if "Custom" in name} == {"Custom: CMS Code": "7"}

    def test_what_one_person_lacks_for_want_of_a_permission_is_a_column_less_and_no_blank(self) -> None:
        """`__meta.redacted_fields` of one worker: a blank would read as a pay rate that is gone."""
        some = [RipplingStub.without(self.RECORDING[0], "Compensation"), *self.RECORDING[1:]]
        with self.running(recording=some) as run:
            collected = run.collected()
            assert collected.not_granted == {"Compensation": RIPPLING.permissions["Compensation"]}
            assert run.checked().not_granted == ("Compensation",)

    def test_a_token_that_may_not_ask_for_pay_is_asked_without(self) -> None:
        """Public notes: HTTP 403 "Insufficient oauth scopes to access …" for the whole question."""
        with self.running() as run:
            run.stub.refuses_pay = True
            collected = run.collected()
            assert collected.people == len(self.RECORDING)
            assert collected.not_granted == {"Compensation": RIPPLING.permissions["Compensation"]}
            assert run.checked().not_granted == ("Compensation",)

    def test_every_page_is_asked_with_everything_expanded(self) -> None:
        """Public notes: the next link may have nothing but the cursor; names would be blank from page 2 on."""
        with self.running(count=self.PAGE * 3) as run:
            assert all(row["First Name"] for row in run.rows())
            asked = [one.query for one in run.stub.asked if one.path == "/workers/"]
        assert [query.get("cursor", "") for query in asked] == ["", "at-4", "at-8"]
        assert len({query["expand"] for query in asked}) == 1

    def test_a_next_link_without_a_cursor_is_no_end(self) -> None:
        with self.running(count=self.PAGE * 2) as run:
            real = run.stub.page

            def page(asked):  # type: ignore[no-untyped-def]
                reply = real(asked)
                return type(reply)(200, reply.body | {"next_link": "https://rest.ripplingapis.com/workers/"})

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(Exception, match="without saying where it begins"):
                run.collected()

    def test_the_check_names_the_legal_entity(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Rippling answers: Maple Health East, at least 4 people."
            assert len(run.stub.asked) == 3
