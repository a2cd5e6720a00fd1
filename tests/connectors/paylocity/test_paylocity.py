"""Paylocity keeps the laws, and reads what is its own: status types, cost centers, salaries, custom fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.connectors.paylocity import PAYLOCITY
from schedulepop.connectors.testing import Laws, recorded
from tests.connectors.paylocity.stub import CLIENT_ID, CLIENT_SECRET, PaylocityStub


class TestPaylocity(Laws):
    CONNECTOR = PAYLOCITY
    STUB = PaylocityStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"company_id": "B6071", "client_id": CLIENT_ID}
    SECRETS = {"client_secret": CLIENT_SECRET}
    NEVER = ("1982-10-05", "000-00-5150", "Larkspur Court")
    PAGE = 4
    MANY = 3_000  # each is a request
    CANNOT = {"changed": "a person who is listed twice is asked for twice, and answers the same"}

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    @pytest.mark.parametrize(
        ("name", "status", "hired", "rehired", "ended"),
        [
            ("Rosamund", "Active", "2020-02-10", "", ""),
            ("Gideon", "Leave", "2019-07-01", "", ""),  # the company calls it FML
            ("Pilar", "Terminated", "2018-03-12", "", "2024-11-22"),
            ("Lucian", "Active", "2015-09-01", "2022-04-04", ""),
            ("Wren", "Active", "2099-01-12", "", ""),
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, rehired: str, ended: str) -> None:
        row = self.people()[name]
        found = (row["Status"], row["Hire Date"], row["Rehire Date"], row["Termination Date"])
        assert found == (status, hired, rehired, ended)

    @pytest.mark.parametrize(
        ("name", "rate", "unit"),
        [("Rosamund", "31.25", "Hour"), ("Lucian", "98000", "Annual"), ("Wren", "50412.0", "Annual")],
    )
    def test_pay_comes_with_its_unit(self, name: str, rate: str, unit: str) -> None:
        row = self.people()[name]
        assert (row["Pay Rate"], row["Pay Unit"]) == (rate, unit)

    def test_every_cost_center_and_custom_field_is_a_column(self) -> None:
        row = self.people()["Rosamund"]
        assert [row[f"Cost Center {number}"] for number in (1, 2, 3)] == ["100", "MC", "D"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
            "Custom: Float Pool": "true",
        }

    def test_the_check_names_the_company_and_is_three_requests(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "Paylocity answers: Maple Health East, 5 people."
            assert len(run.stub.asked) == 3

    def test_another_person_than_was_asked_for_is_no_person(self) -> None:
        with self.running() as run:
            run.stub.recording = [one | {"employeeId": one["employeeId"]} for one in self.RECORDING]
            real = run.stub.page

            def page(asked):  # type: ignore[no-untyped-def]
                reply = real(asked)
                if asked.path.endswith("/000312"):
                    return type(reply)(200, reply.body | {"employeeId": "000311"})
                return reply

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(Exception, match="another person"):
                run.collected()
