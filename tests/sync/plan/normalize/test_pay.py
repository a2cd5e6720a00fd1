"""Pay of records: a rate is read with its unit and currency, or it is said what it lacks and where to set it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schedulepop.sync.plan import fingerprints, trial
from schedulepop.sync.plan.frames.plan import PlanInput
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests import saying
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, one, understand

PAY = Policy(pay=True)
RATE = ("pay_rate", "pay_unit", "pay_currency")


def test_pay_is_not_even_looked_at_while_off() -> None:
    assert one("Hourly Rate", "abc", "pay_rate", "pay_unit", "clean") == (None, None, True)


def test_pay_with_unit_and_currency() -> None:
    pay = Policy(pay=True)
    fields = ("pay_rate", "pay_unit", "pay_currency")
    assert one("Hourly Rate", "$21.50", *fields, policy=pay) == (215_000, "hour", "USD")
    assert one("Annual Salary", "62506", *fields, policy=pay) == (625_060_000, "year", "USD")
    assert one("Pay Rate", "0", *fields, policy=pay, mapping=Mapping(pay_unit="hour")) == (0, "hour", "USD")
    assert one("Pay Rate", "", *fields, policy=pay, mapping=Mapping(pay_unit="hour")) == (None, None, None)


def test_pay_units_of_a_column() -> None:
    found = understand(
        f"{ID_AND_NAME},Pay Rate,Pay Type,Currency\n1,A,B,MN,a@b.org,21.5,H,cad\n2,C,D,MN,c@b.org,62506,S,\n"
        "3,E,F,MN,e@b.org,500,per visit,\n4,G,H,MN,g@b.org,ten,H,\n",
        policy=Policy(pay=True),
    )
    assert found.records.select("pay_rate", "pay_unit", "pay_currency").rows() == [
        (215_000, "hour", "CAD"),
        (625_060_000, "year", "USD"),
        (None, None, None),
        (None, None, None),
    ]
    assert found.problems.select("code", "row", "column").rows() == [
        ("pay_unreadable", 4, "Pay Type"),
        ("pay_unreadable", 5, "Pay Rate"),
    ]


@pytest.mark.parametrize("written", ["19.75", "$21.40", "62,400.00"])
def test_without_a_unit_a_rate_is_not_stored_and_it_is_said_where_to_set_one(written: str) -> None:
    found = understand(f'{ID_AND_NAME},Pay Rate\n1,Noor,Abdi,MN,noor@b.org,"{written}"\n', policy=PAY)
    assert found.records.select(RATE).row(0) == (None, None, None)
    assert found.problems.select("code", "row", "column", "value", "key").rows() == [
        ("pay_unit_missing", 2, "Pay Rate", None, "Pay Rate")
    ]
    assert "set pay_unit in the mapping" in saying.problems(found.problems)[0]


@pytest.mark.parametrize(
    ("header", "written", "mapping", "unit"),
    [
        ("Pay Rate", "$22.10/hr", Mapping(), "hour"),
        ("Pay Rate", "62,400 per year", Mapping(pay_unit="hour"), "year"),
        ("Hourly Rate", "62,400 p.a.", Mapping(), "year"),
        ("Hourly Rate", "22.10", Mapping(), "hour"),
        ("Pay Rate", "22.10", Mapping(pay_unit="hour"), "hour"),
    ],
)
def test_the_unit_of_the_cell_counts_before_mapping_and_header(
    header: str, written: str, mapping: Mapping, unit: str
) -> None:
    assert one(header, written, "pay_unit", "clean", policy=PAY, mapping=mapping) == (unit, True)


def test_a_blank_unit_and_one_that_contradicts_the_cell() -> None:
    found = understand(
        f"{ID_AND_NAME},Pay Rate,Pay Type\n1,A,B,MN,a@b.org,21.5,\n2,C,D,MN,c@b.org,21.5/hr,Annual\n"
        "3,E,F,MN,e@b.org,21.5/hr,\n4,G,H,MN,g@b.org,,\n",
        policy=PAY,
    )
    assert found.records["pay_unit"].to_list() == [None, None, "hour", None]
    assert found.records["pay_rate"].to_list() == [None, None, 215_000, None]
    assert found.problems.select("reason", "row", "column").rows() == [
        ("pay_unit_blank", 2, "Pay Type"),
        ("pay_unit_contradicts", 3, "Pay Type"),
    ]


@pytest.mark.parametrize(
    "written", ["C$ 24.10", "£13.85", "17,20 €", "₱ 310.00", "24.10 CAD", "GBP 13.85/hr"]
)
def test_a_foreign_sign_is_not_stored_as_dollars(written: str) -> None:
    found = understand(f'{ID_AND_NAME},Hourly Rate\n1,Noor,Abdi,MN,noor@b.org,"{written}"\n', policy=PAY)
    assert found.records.select(RATE).row(0) == (None, None, None)
    assert found.problems.select("code", "row", "column", "value").rows() == [
        ("pay_currency_differs", 2, "Hourly Rate", None)
    ]
    assert "where USD is paid" in saying.problems(found.problems)[0]


@pytest.mark.parametrize(
    ("written", "paid_in", "currency"),
    [
        ("C$ 24.10", "CAD", "CAD"),
        ("$24.10", "CAD", "CAD"),
        ("24.10", "CAD", "CAD"),
        ("£13.85", "GBP", "GBP"),
        ("$13.85", "GBP", None),
        ("USD 24.10", "CAD", None),
        ("$20.05", "USD", "USD"),
    ],
)
def test_the_currency_of_the_mapping(written: str, paid_in: str, currency: str | None) -> None:
    mapping = Mapping(pay_currency=paid_in)
    assert one("Hourly Rate", written, "pay_currency", policy=PAY, mapping=mapping) == (currency,)


def test_a_column_of_currencies() -> None:
    rows = ["24.10,CAD", "£24.10,CAD", "24.10,shells", "24.10,Dollars", "24.10,", "$24.10,CAD", "24.10,Euro"]
    people = "".join(f"{n},A,B,MN,a{n}@b.org,{row}\n" for n, row in enumerate(rows, 1))
    found = understand(f"{ID_AND_NAME},Hourly Rate,Currency\n{people}", policy=PAY)
    assert found.records["pay_currency"].to_list() == ["CAD", None, None, "USD", "USD", "CAD", "EUR"]
    assert found.problems.select("reason", "row", "column").rows() == [
        ("pay_currency_differs", 3, "Hourly Rate"),
        ("pay_currency_unreadable", 4, "Currency"),
    ]


@pytest.mark.parametrize(
    ("duty", "reason", "said"),
    [
        ("CNA-2", "pay_waits", "The rate waits for the duty CNA-2"),
        ("", "pay_without_duty", "the record has no duty"),
    ],
)
def test_a_rate_without_a_duty_waits_and_says_so(duty: str, reason: str, said: str) -> None:
    header = "Employee ID,First Name,Last Name,Email,Location,Job Title,Status,Hourly Rate"
    feed = (
        f"{header}\n1,Noor,Abdi,noor@b.org,MN,{duty},Active,21.50\n2,Ola,Berg,ola@b.org,MN,{duty},Active,\n"
    )
    file, mapping = trial.profile_file(feed.encode(), name="a.csv", pay=True), Mapping()
    snapshot = trial.assumed_snapshot(file, mapping, date(2026, 3, 2))
    delta = fingerprints.full_delta(file.feed, file.columns, snapshot.links["source_id"])
    made = plan(PlanInput(file, delta, snapshot, mapping, PAY))
    waits = made.problems.filter(pl.col("code") == "pay_waits")
    assert waits.select("reason", "row", "column", "value").rows() == [(reason, 2, "Hourly Rate", None)]
    assert said in saying.problems(waits)[0]
