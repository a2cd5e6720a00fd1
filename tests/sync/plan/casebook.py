"""Reads and runs one folder of `cases/`: what SchedulePop holds, what payroll sends, what must come of it.

`directory.csv` is the User List before, `feed.csv` payroll's file, `plan.csv` what the run does with every
record that is not simply unchanged, `issues.csv` what people are told. `policy.toml` is optional: the day, the
mapping, the guard's numbers, or several days with a feed each. `cases/README.md` explains the columns.
"""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from schedulepop.sync.plan import fingerprints, trial
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.names import full_names
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.without_feed import plan_due
from schedulepop.wording import reasons
from tests import saying
from tests.sync.plan.made_frames import TODAY
from tests.sync.plan.memory import UserList

CASES = Path(__file__).parent / "cases"
PLAN_COLUMNS = ("outcome", "payroll_id", "name", "location", "what", "why")
ISSUE_COLUMNS = ("issue", "row", "payroll_id", "says")


@dataclass(frozen=True)
class Day:
    """One run: the day, and the feed of that day; without one, only what falls due at its midnight."""

    today: date
    feed: str


@dataclass(frozen=True)
class Case:
    """One folder."""

    path: Path
    settings: dict[str, Any]

    @property
    def days(self) -> list[Day]:
        """The runs, in order; a day without a feed is the tick at its midnight."""
        told = self.settings.get("days")
        if told:
            return [Day(item["today"], item.get("feed", "")) for item in told]
        return [Day(self.settings.get("today", TODAY), "feed.csv")]


def found() -> list[Path]:
    """Every case, by name."""
    return sorted(path for path in CASES.iterdir() if (path / "directory.csv").exists())


def opened(path: Path) -> Case:
    """A case with its settings."""
    settings = path / "policy.toml"
    return Case(path, tomllib.loads(settings.read_text()) if settings.exists() else {})


def draw(case: Case, day: Day, now: UserList, *, sha256: str = "") -> Plan:
    """The plan of one day, through the real read and normalize."""
    mapping = Mapping(**case.settings.get("mapping", {}))
    policy = Policy(**case.settings.get("policy", {}))
    if not day.feed:
        return plan_due(now.snapshot(day.today), policy, today=day.today)
    feed = read((case.path / day.feed).read_bytes(), pay=policy.pay, name=day.feed)
    feed = replace(feed, sha256=sha256 or feed.sha256)
    seen = trial.profile_feed(feed, mapping)
    snapshot = now.snapshot(day.today)
    delta = fingerprints.full_delta(feed, seen.columns, snapshot.links["source_id"])
    return plan(PlanInput(seen, delta, snapshot, mapping, policy, day=day.today))


def told_plan(drawn: Plan, now: UserList) -> list[dict[str, str]]:
    """`plan.csv`: a line per change, and one per record that is held, rejected or left out without one."""
    places = dict(now.frame.locations.select("location_id", "name").iter_rows())
    fields: dict[int, list[str]] = {}
    for number, name, old, new, why, params in drawn.fields.iter_rows():
        reason = "" if why == "payroll" else f" ({reasons.why(why, params)})"
        fields.setdefault(number, []).append(f"{name}: {old or '—'} → {new or '—'}{reason}")
    lines = []
    changes = drawn.changes.with_columns(full_names(drawn.changes).alias("name"))
    for change in changes.iter_rows(named=True):
        what = _created(change, now) if change["verb"] == "create" else []
        held = f"held: {change['held_by']}" if change["held_by"] else ""
        lines.append(
            _line(
                change["verb"], change, places, "; ".join([*what, *fields.get(change["change_no"], [])]), held
            )
        )
    changed = set(drawn.changes["source_id"].to_list())
    for record in drawn.records.sort("source_id", "row").iter_rows(named=True):
        if record["bucket"] not in ("unchanged",) and (
            record["source_id"] not in changed or record["bucket"] == "held"
        ):
            if record["source_id"] in changed and record["reason"] in drawn.holds["rule"].to_list():
                continue
            lines.append(_line(record["bucket"], record, places, "", record["reason"] or ""))
    return lines


def _line(outcome: str, row: dict[str, Any], places: dict[int, str], what: str, why: str) -> dict[str, str]:
    values = (
        outcome,
        row["source_id"] or "",
        row["name"] or "",
        places.get(row["location_id"], ""),
        what,
        why,
    )
    return dict(zip(PLAN_COLUMNS, values, strict=True))


def _created(change: dict[str, Any], now: UserList) -> list[str]:
    duties = dict(now.frame.duty_names.iter_rows())
    zones = dict(now.frame.zone_names.iter_rows())
    told = {
        "status": change["status"],
        "hired": change["hire_date"],
        "ends": change["ends_on"],
        "duty": change["duty_new"] or duties.get(change["duty_id"]),
        "zone": change["zone_new"] or zones.get(change["zone_id"]),
        "pay": change["pay_rate"] and f"{change['pay_rate'] / 10_000:.2f} per {change['pay_unit']}",
        "next pay": change["next_pay_rate"]
        and f"{change['next_pay_rate'] / 10_000:.2f} per {change['next_pay_unit']} from {change['next_pay_on']}",
        "CMS code": change["cms_code"],
    }
    return [f"{name}: {value}" for name, value in told.items() if value is not None]


def told_issues(drawn: Plan) -> list[dict[str, str]]:
    """`issues.csv`: what people are told, in the order of the file."""
    problems = drawn.problems.sort("row", "code", "key", nulls_last=False, maintain_order=True)
    return [
        dict(zip(ISSUE_COLUMNS, (code, str(row or ""), source_id or "", said), strict=True))
        for (code, row, source_id), said in zip(
            problems.select("code", "row", "source_id").iter_rows(), saying.problems(problems), strict=True
        )
    ]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def expected(case: Case, name: str) -> list[dict[str, str]]:
    """The lines of plan.csv or issues.csv."""
    return rows(case.path / name)


def write(case: Case, name: str, lines: list[dict[str, str]], columns: tuple[str, ...]) -> None:
    """Write what came out, for a person to read and then to keep or not."""
    with (case.path / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
