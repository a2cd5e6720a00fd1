"""BambooHR keeps the laws, and reads what is its own: statuses, dates of zeros, pay in one text, custom fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.connectors.bamboohr import BAMBOOHR
from schedulepop.connectors.testing import Laws, recorded
from tests.connectors.bamboohr.stub import KEY, BambooStub


@pytest.fixture(autouse=True)
def _few_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "memory" not in request.node.name:
        monkeypatch.setattr("schedulepop.connectors.bamboohr.AT_ONCE", TestBamboo.PAGE)


class TestBamboo(Laws):
    CONNECTOR = BAMBOOHR
    STUB = BambooStub
    RECORDING = recorded(Path(__file__).with_name("recording.json"))
    CONFIG = {"company": "maple"}
    SECRETS = {"api_key": KEY}
    NEVER = ("1984-02-29", "000-00-4411")
    PAGE = 4
    CANNOT = {
        "endless": "a report has no pages",
        "changed": "everybody is asked for by ID, once",
    }

    def people(self) -> dict[str, dict[str, str]]:
        with self.running() as run:
            return {row["First Name"]: row for row in run.rows()}

    @pytest.mark.parametrize(
        ("name", "status", "hired", "ended"),
        [
            ("Henrike", "Active", "2021-03-01", ""),
            ("Tobias", "Leave of Absence", "2019-06-10", ""),
            ("Marisol", "Terminated", "2018-01-08", "2025-02-14"),
            ("Anselm", "Active", "2099-02-01", ""),
        ],
    )
    def test_status_and_dates(self, name: str, status: str, hired: str, ended: str) -> None:
        row = self.people()[name]
        assert (row["Status"], row["Hire Date"], row["Termination Date"]) == (status, hired, ended)

    def test_pay_is_taken_apart(self) -> None:
        people = self.people()
        assert [people["Henrike"][name] for name in ("Pay Rate", "Pay Currency", "Pay Unit")] == [
            "36.75",
            "USD",
            "Hour",
        ]
        assert [people["Leocadia"][name] for name in ("Pay Rate", "Pay Unit")] == ["92500.00", "Year"]
        assert people["Anselm"]["Pay Rate"] == ""

    def test_custom_fields_are_columns_but_for_money_tables_and_old_ones(self) -> None:
        row = self.people()["Henrike"]
        assert {name: row[name] for name in row if "Custom" in name} == {
            "Custom: CMS Code": "7",
            "Custom: Mask Size": "N95-S",
        }

    def test_somebody_who_is_gone_between_two_reports_stops_it(self) -> None:
        with self.running(count=12) as run:
            seen = run.stub.page

            def page(asked):  # type: ignore[no-untyped-def]
                if run.stub.data_requests == 2:
                    run.stub._order.remove(10)
                return seen(asked)

            run.stub.page = page  # type: ignore[method-assign]
            with pytest.raises(Exception, match="announced 12 people and sent 11"):
                run.collected()

    def test_the_check_names_the_company(self) -> None:
        with self.running() as run:
            assert run.checked().sentence == "BambooHR answers: Maple Health, 5 people."
