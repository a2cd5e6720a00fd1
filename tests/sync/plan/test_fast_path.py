"""A run that looks only at what may plan differently says the same as one that compares everybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.timezone import now

from bench import generator, ground, product
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.models import Fingerprints, Integration, Run
from schedulepop.sync.plan import fingerprints, read
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.run import report, runs, snapshot

pytestmark = pytest.mark.django_db
N = 500
OPERATOR = Actor.operator("test")
ITS_OWN = {"run": None, "plan": None, "seconds": None}  # what two nights that say the same differ in


@pytest.fixture
def payroll(tmp_path: Path) -> Integration:
    """500 people, synced twice, and no feed too small for the fast path."""
    export = tmp_path / "export.csv"
    export.write_bytes(generator.feed(N))
    made = ground.make(N, export)
    Integration.objects.filter(pk=made.integration).update(policy={"whole_compare_below": 0})
    product.sync(made)
    product.sync(made)  # duties have people now, so that some lack a CMS code
    return Integration.objects.select_related("organization").get(pk=made.integration)


def night(payroll: Integration) -> Run:
    return runs.drive(runs.request(payroll, trigger="manual", actor=OPERATOR).pk)


def test_what_is_held_stays_held_by_the_same_figures(payroll: Integration) -> None:
    lines = generator.feed(N).decode().split("\n")
    gone = [line.replace(",Active,", ",Terminated,") for line in lines[:21]] + lines[21:]
    Path(payroll.config["path"]).write_text("\n".join(gone))
    first, again = night(payroll), night(payroll)
    assert {hold["limit"] for hold in first.holds} == {15}  # 3 % of the location
    assert (again.holds, again.counts["held"]) == (first.holds, first.counts["held"])


def test_a_few_ids_that_name_somebody_else_doubt_the_feed_on_no_later_night_either(
    payroll: Integration,
) -> None:
    lines = generator.feed(N).decode().split("\n")
    for at, last in enumerate(("Abbott", "Brandt", "Corelli", "Dufour", "Eklund"), 1):
        source_id, number, _, _, _, _, place, duty, zone, status, *_ = lines[at].split(",")
        somebody = [source_id, number, "Quentin", last, "", "", place, duty, zone, status]
        lines[at] = ",".join([*somebody, "06/01/2026", "06/01/2026"])
    Path(payroll.config["path"]).write_text("\n".join(lines))
    first, again = night(payroll), night(payroll)
    for run in (first, again):
        assert {issue["code"]: issue["count"] for issue in run.summary["issues"]}["recycled_id"] == 5
        assert run.holds == []
    assert again.counts == first.counts


@pytest.fixture
def read_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom each run reads, in words: "everybody", or how many ids."""
    asked: list[str] = []
    load = snapshot.load

    def watched(*args: Any, ids: Any = None, **given: Any) -> Snapshot:
        asked.append("everybody" if ids is None else f"{len(ids)} ids")
        return load(*args, ids=ids, **given)

    monkeypatch.setattr(snapshot, "load", watched)
    return asked


def open_issues(payroll: Integration) -> list[tuple[str, str, int | None]]:
    found = payroll.issues.filter(resolved_at=None).order_by("code", "key")
    return list(found.values_list("code", "key", "user_id"))


def written(payroll: Integration, fields: str, where: str) -> None:
    """An edit that leaves no mark, as by a database administrator or a restore."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL schedulepop.applying = 'on'")
        cursor.execute(f"UPDATE accounts_user SET {fields} WHERE {where}")


def without_one(payroll: Integration) -> None:
    lines = generator.feed(N).decode().split("\n")
    Path(payroll.config["path"]).write_text("\n".join(lines[:1] + lines[2:]))


def test_on_an_unchanged_night_nobody_is_read_and_every_finding_stays(
    payroll: Integration, read_for: list[str], django_assert_max_num_queries: Any
) -> None:
    before = open_issues(payroll)
    assert {code for code, *_ in before} == {"needs_contact", "cms_unmapped"}
    with django_assert_max_num_queries(45):
        run = night(payroll)
    assert (read_for, run.state, run.counts["unchanged"]) == ([], "applied", N)
    assert open_issues(payroll) == before
    assert sum(issue["count"] for issue in report.of_run(run)["issues"]) >= len(before)


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read."""
    names: list[str] = []
    really = read.read

    def watched(data: bytes, *, name: str = "", **given: Any) -> Feed:
        names.append(name)
        return really(data, name=name, **given)

    monkeypatch.setattr(read, "read", watched)
    return names


def test_the_same_file_is_not_read_again(payroll: Integration, files_read: list[str]) -> None:
    before = open_issues(payroll)
    Fingerprints.objects.update(content_hmac="", reading=None)
    known = night(payroll)  # what was found in it is kept from here
    assert files_read == ["export.csv"]
    again = night(payroll)
    assert (files_read, again.state, again.raw_id) == (["export.csv"], "applied", known.raw_id)
    assert (again.counts, again.holds) == (known.counts, known.holds)
    assert {**report.of_run(again), **ITS_OWN} == {**report.of_run(known), **ITS_OWN}
    assert open_issues(payroll) == before


def test_the_same_file_is_read_when_somebody_in_it_may_plan_differently(
    payroll: Integration, files_read: list[str], read_for: list[str]
) -> None:
    User.objects.filter(pk=payroll.links.order_by("pk").values("user")[:1]).update(first_name="Mistyped")
    run = night(payroll)
    assert (run.counts["updated"], read_for) == (1, ["1 ids"])
    assert night(payroll).counts["unchanged"] == N
    assert files_read == ["export.csv"]


def test_the_same_file_is_read_when_the_rules_are_others(
    payroll: Integration, files_read: list[str], read_for: list[str]
) -> None:
    Integration.objects.update(policy={"whole_compare_below": 0, "missing_days": 5})
    night(payroll)
    assert (files_read, read_for) == (["export.csv"], ["everybody"])


def test_the_same_file_is_read_on_the_day_that_changes_somebody(
    payroll: Integration, files_read: list[str]
) -> None:
    lines = generator.feed(N).decode().split("\n")
    cells = lines[1].split(",")
    starts = now().date() + timedelta(days=3)
    lines.insert(
        1,
        ",".join(
            [
                "77777777",
                "777",
                "Ada",
                "Newly",
                "ada@newly.example.com",
                *cells[5:10],
                f"{starts:%m/%d/%Y}",
                "",
            ]
        ),
    )
    Path(payroll.config["path"]).write_text("\n".join(lines))
    assert night(payroll).counts["created"] == 1
    night(payroll)
    assert files_read == ["export.csv"]
    with time_machine.travel(now() + timedelta(days=4)):
        night(payroll)
    assert files_read == ["export.csv"] * 2
    member = payroll.links.get(source_id="77777777").user.memberships.get()
    assert member.status == "active"


def test_another_file_is_read_and_known_from_then_on(payroll: Integration, files_read: list[str]) -> None:
    export = Path(payroll.config["path"])
    export.write_bytes(b"\n".join(reversed(generator.feed(N).split(b"\n")[1:])))
    export.write_bytes(generator.feed(N).split(b"\n")[0] + export.read_bytes() + b"\n")
    assert night(payroll).counts["unchanged"] == N
    assert night(payroll).counts["unchanged"] == N
    assert files_read == ["export.csv"]


def test_a_finding_follows_its_record_to_another_row(payroll: Integration, read_for: list[str]) -> None:
    before = open_issues(payroll)
    rows = {issue.key: issue.rows[0]["row"] for issue in payroll.issues.filter(code="needs_contact")}
    without_one(payroll)
    night(payroll)
    after = {issue.key: issue.rows[0]["row"] for issue in payroll.issues.filter(code="needs_contact")}
    assert after == {key: row - 1 for key, row in rows.items()}
    assert set(before) <= set(open_issues(payroll))
    assert read_for == ["1 ids"]


def test_a_finding_goes_when_payroll_mends_it(payroll: Integration) -> None:
    issue = payroll.issues.filter(code="needs_contact").first()
    assert issue is not None
    number = next(
        i for i, line in enumerate(generator.feed(N).decode().split("\n")) if line.startswith(issue.key)
    )
    lines = generator.feed(N).decode().split("\n")
    cells = lines[number].split(",")
    cells[4] = "found.at.last@example.com"
    lines[number] = ",".join(cells)
    Path(payroll.config["path"]).write_text("\n".join(lines))
    night(payroll)
    issue.refresh_from_db()
    assert issue.resolved_at is not None


def test_an_issue_closed_by_hand_opens_again_for_the_same_person(payroll: Integration) -> None:
    before = open_issues(payroll)
    payroll.issues.update(resolved_at=now(), resolved_by="somebody")
    night(payroll)
    assert open_issues(payroll) == before


def test_everybody_is_compared_on_demand_and_a_week_after_the_last_time(
    payroll: Integration, read_for: list[str]
) -> None:
    written(payroll, "first_name = 'Mistyped'", "id = (SELECT min(user_id) FROM sync_link)")
    assert night(payroll).counts["updated"] == 0  # nothing says that anybody was written
    on_demand = runs.drive(runs.request(payroll, trigger="manual", actor=OPERATOR, full=True).pk)
    assert (on_demand.counts["updated"], read_for) == (1, ["everybody"])
    payroll.fingerprints.refresh_from_db()
    assert payroll.fingerprints.compared_on == now().date()
    Fingerprints.objects.update(compared_on=now().date() - timedelta(days=7))
    written(payroll, "first_name = 'Mistyped'", "id = (SELECT min(user_id) FROM sync_link)")
    assert night(payroll).counts["updated"] == 1
    assert night(payroll).counts["updated"] == 0
    assert read_for == ["everybody", "everybody"]


def test_the_people_of_a_small_feed_are_compared_every_night(
    payroll: Integration, read_for: list[str]
) -> None:
    """However somebody was written: that nobody left a mark is not enough."""
    Integration.objects.update(policy={})
    night(payroll)  # other rules: all of it
    assert (night(payroll).counts["unchanged"], read_for) == (N, ["everybody"])
    written(payroll, "first_name = 'Mistyped'", "id = (SELECT min(user_id) FROM sync_link)")
    assert night(payroll).counts["updated"] == 1
    assert night(payroll).counts["unchanged"] == N
    assert read_for == ["everybody", "everybody"]


def test_an_upgrade_compares_everybody(
    payroll: Integration, read_for: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "VERSION", "9.9")
    night(payroll)
    night(payroll)
    assert read_for == ["everybody"]
