"""What is kept of columns nobody mapped: everything in set-up, then only their names and counts (SPEC §5 Read)."""

from __future__ import annotations

from dataclasses import fields

import polars as pl
import pytest
from django.apps import apps

from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Issue, MissingLink, RawFeed, Run
from schedulepop.sync.plan import read, storage
from schedulepop.sync.plan.policy import Exclusion, Mapping
from schedulepop.sync.review import replay
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.sync.run import feeds, report, runs
from tests.sync.conftest import HEADER, PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
CANARIES = {
    "Remarks": "likes-canaries",
    "Locker": "L-774411",
    "Reference": "canary 219-09-9999 ref",
    "Shoe": "GB33BUKB20201555555555",
}


def sends(payroll, *, header: str = HEADER, people=PEOPLE, beside: dict[str, str] = CANARIES) -> None:
    """These people with such columns beside; each value ends with the number of its row."""
    lines = [",".join([header, *beside])]
    lines += [
        ",".join([one, *(f"{value}{number}" if value else "" for value in beside.values())])
        for number, one in enumerate(people)
    ]
    payroll.sent = "\n".join([*lines, ""])
    payroll.laid_out()


def kept(run: Run) -> pl.DataFrame:
    """The table of the run's kept copy."""
    raw = RawFeed.objects.select_related("integration__organization").get(pk=run.raw_id)
    return feeds.read_stored(raw, feeds.policy_of(raw.integration)).table.drop("row")


def everything_stored() -> str:
    """Every value of every table, what is packed taken out of its packing."""
    said = [str(row) for model in apps.get_models() for row in model.objects.values()]
    for raw in RawFeed.objects.filter(content__isnull=False).select_related("integration__organization"):
        said.append(feeds.read_stored(raw, feeds.policy_of(raw.integration)).stored.decode())
    for packed in Run.objects.filter(plan__isnull=False).values_list("plan", flat=True):
        plan = storage.unpack(packed)
        said += [str(getattr(plan, one.name)) for one in fields(plan)]
        said += [getattr(plan, one.name).write_json() for one in fields(plan) if one.type == "pl.DataFrame"]
    return "\n".join(said)


def test_until_the_first_sync_everything_stays_and_then_names_and_counts(payroll) -> None:
    sends(payroll, beside={"Lunch": "x", "Locker": "y"})
    run = payroll.runs(preview=True)
    assert {"Lunch", "Locker"} <= set(kept(run).columns)
    payroll.first_sync()
    run = payroll.runs()
    assert kept(run).columns == HEADER.split(",")
    raw = RawFeed.objects.get()
    assert (raw.not_kept, raw.spare) == ({"Lunch": 6, "Locker": 6}, [])
    assert report.of_run(run)["unknown_columns"] == ["Lunch", "Locker"]


def test_no_value_of_a_column_nobody_mapped_is_anywhere_after_the_second_night(payroll) -> None:
    sends(payroll)
    payroll.runs(preview=True)
    assert CANARIES["Locker"] in everything_stored()
    payroll.first_sync()
    sends(payroll, people=[*PEOPLE[:5], PEOPLE[5].replace("RN", "LPN")])
    assert payroll.runs().counts["updated"] == 1
    stored = everything_stored()
    assert "Calloway" in stored
    assert [value for value in CANARIES.values() if value in stored] == []


def test_what_rules_read_and_what_proves_a_date_stays(payroll) -> None:
    people = [one.rpartition(",")[0] + ",03/04/2019" for one in PEOPLE]
    mapping = Mapping(exclude=(Exclusion(name="union", column="union", equals="none"),))
    lifecycle.save_mapping(payroll.integration, mapping, actor=OPERATOR)
    sends(payroll, people=people, beside={"Union": "local ", "Review On": "12/25/202", "Lunch": "r"})
    payroll.first_sync()
    run = payroll.runs()
    assert kept(run).columns == [*HEADER.split(","), "Union", "Review On"]
    assert RawFeed.objects.get().spare == ["Review On"]


def test_a_column_that_may_say_who_has_left_stays() -> None:
    data = b"Employee ID,First Name,Last Name,Exit Flag,Locker\n1,Noor,Abdi,N,17\n2,Ola,Berg,Y,18\n"
    found = read.read(data, pay=False, retention=read.Retention(Mapping()))
    assert (found.spare, found.not_kept) == (("Exit Flag",), {"Locker": 2})
    answered = read.Retention(Mapping(no_status=frozenset({"exit flag"})))
    assert read.read(data, pay=False, retention=answered).not_kept == {"Exit Flag": 2, "Locker": 2}


def test_a_held_feed_is_approved_from_its_kept_copy_with_the_plan_that_was_looked_at(payroll) -> None:
    sends(payroll)
    payroll.first_sync()
    sends(payroll, people=[one.replace("@example.com", "@example.net") for one in PEOPLE])
    run = payroll.runs()
    assert run.rest == Run.Rest.WAITING
    assert runs.approve(runs.reload(run), plan_hash=run.plan_hash, actor=OPERATOR).counts["updated"] == 6
    assert kept(run).columns == HEADER.split(",")


def test_while_a_column_is_gone_its_successor_stays_and_goes_when_the_hold_is_over(payroll) -> None:
    payroll.first_sync()
    sends(payroll, header=HEADER.replace("Email", "E-mail (Work)"), beside={"Lunch": "r"})
    mapping = Mapping(columns={**feeds_columns(payroll)})
    lifecycle.save_mapping(payroll.integration, mapping, actor=OPERATOR)
    run = payroll.runs()
    assert [hold["params"]["successor"] for hold in run.holds] == ["E-mail (Work)"]
    assert set(kept(run).columns) == {*HEADER.replace("Email", "E-mail (Work)").split(",")}
    sends(payroll, beside={"Lunch": "s"})
    payroll.runs()
    assert kept(run).columns == [name for name in HEADER.split(",") if name != "Email"]


def feeds_columns(payroll) -> dict[str, str]:
    """The columns of the last feed, as a mapping declares them."""
    payroll.integration.refresh_from_db()
    return payroll.integration.last_good["headers"]


def test_a_feed_differs_by_its_bytes_although_the_same_is_kept_of_it(payroll) -> None:
    sends(payroll, beside={"Lunch": "monday"})
    payroll.first_sync()
    sends(payroll, people=PEOPLE[:5], beside={"Lunch": "tuesday"})
    payroll.runs()
    sends(payroll, people=PEOPLE[:5], beside={"Lunch": "wednesday"})
    payroll.runs()
    payroll.runs()
    assert list(MissingLink.objects.values_list("feeds", flat=True)) == [2]


def test_a_mapping_that_newly_uses_a_column_reads_the_same_file_again(payroll) -> None:
    sends(payroll, beside={"Second Line": "(515) 555-020"})
    payroll.first_sync()
    payroll.runs()
    columns = feeds_columns(payroll) | {"phone": "Second Line"}
    lifecycle.save_mapping(payroll.integration, Mapping(columns=columns), actor=OPERATOR)
    run = payroll.runs()
    assert "Second Line" in kept(run).columns
    assert [one["rule"] for one in run.holds] == ["field_change"]


def test_a_mapping_that_is_tried_reads_the_source_again_or_says_that_it_counts_from_the_next_file_on(
    payroll,
) -> None:
    sends(payroll, beside={"Second Line": "(515) 555-020"})
    payroll.first_sync()
    payroll.runs()
    tried = Mapping(columns=feeds_columns(payroll) | {"phone": "Second Line"})
    again = replay.try_mapping(payroll.integration, tried, actor=OPERATOR)
    assert (again.next_feed, again.after.fields["field"].to_list()) == ((), ["phone"] * 6)
    payroll.path.unlink()
    later = replay.try_mapping(payroll.integration, tried, actor=OPERATOR)
    assert later.next_feed == ("Second Line",)
    assert later.after.fields.is_empty()


def test_a_column_whose_new_name_says_nothing_is_named_by_its_values(payroll) -> None:
    payroll.first_sync()
    sends(payroll, header=HEADER.replace("Email", "FIELD_07"), beside={"Lunch": "r"})
    run = payroll.runs()
    told = str(report.told_holds(run.holds))
    assert "came from the column Email" in told
    assert "FIELD_07 holds the same values: map the field to it" in told
    assert "FIELD_07" in kept(run).columns
    approved = runs.approve(runs.reload(run), plan_hash=run.plan_hash, actor=OPERATOR)
    assert (approved.rest, kept(approved).columns) == (
        "approved",
        [n for n in HEADER.split(",") if n != "Email"],
    )


def test_a_row_with_values_only_in_columns_nobody_mapped_stops_the_missing_counter(payroll) -> None:
    payroll.first_sync()
    sends(payroll, people=[*PEOPLE[:5], "," * HEADER.count(",")], beside={"Locker": "canary-"})
    run = payroll.runs()
    assert (run.counts["rejected"], run.counts["read"]) == (1, 6)
    assert not MissingLink.objects.filter(feeds__gt=0).exists()
    assert "canary-" not in everything_stored()
    assert "row_nameless" in set(plan_of(run).problems["reason"])


def test_a_kept_feed_planned_again_misses_no_column_whose_values_were_not_kept(payroll) -> None:
    sends(
        payroll,
        people=[*PEOPLE[:5], PEOPLE[5].replace("RN", "Charge")],
        beside={"Second Line": "(515) 555-020"},
    )
    payroll.first_sync()
    payroll.runs()
    moved = Mapping(columns=feeds_columns(payroll) | {"phone": "Second Line"})
    lifecycle.save_mapping(payroll.integration, moved, actor=OPERATOR)
    payroll.path.unlink()
    asks = unmapped_codes.unmapped(Issue.objects.get(code="unmapped_duty", resolved_at=None))
    unmapped_codes.map_code(asks, to="RN", actor=OPERATOR)
    run = runs.drive(unmapped_codes.fill_waiting(asks.issue, actor=OPERATOR).pk)
    assert (run.state, run.holds) == ("applied", [])
    assert not Issue.objects.filter(code="unmapped_duty", resolved_at=None).exists()
    payroll.integration.refresh_from_db()
    assert payroll.integration.last_good["headers"]["phone"] == "Phone"
    sends(payroll, beside={})
    assert [one["rule"] for one in payroll.runs().holds] == ["column_gone"], "in the next file it is gone"


def plan_of(run: Run):
    """The run's plan as stored."""
    return storage.unpack(Run.objects.values_list("plan", flat=True).get(pk=run.pk))
