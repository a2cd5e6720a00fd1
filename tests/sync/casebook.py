"""Reads and runs one folder of `cases/`: what SchedulePop holds, what payroll sends, what must come of it.

`directory.csv` is the User List before, `feed.csv` payroll's file, `plan.csv` what the run does with every
record that is not simply unchanged, `issues.csv` what people are told. `policy.toml` is optional: the day, the
mapping, the guard's numbers, or several days with a feed each. `cases/README.md` explains the columns.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from schedulepop.lib.text import fold_code
from schedulepop.sync import fingerprints, look
from schedulepop.sync.folding import written
from schedulepop.sync.frames import Plan
from schedulepop.sync.pipeline import plan, plan_due
from schedulepop.sync.policy import Mapping, Policy
from schedulepop.sync.read import read
from tests.sync.made_frames import TODAY, nobody
from tests.sync.memory import UserList

CASES = Path(__file__).parent / "cases"
PLAN_COLUMNS = ("outcome", "payroll_id", "name", "location", "what", "why")
ISSUE_COLUMNS = ("issue", "row", "payroll_id", "says")
_EDITED = re.compile(r"(\w+) by (.+) on (\d{4}-\d\d-\d\d)")
_MISSING = re.compile(r"(\d+) feeds? since (\d{4}-\d\d-\d\d)")
_DATES = ("hire_date", "original_hire_date", "termination_date", "ends_on")


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
    seen = look.at_feed(feed, mapping)
    snapshot = now.snapshot(day.today)
    return plan(
        feed=feed, delta=fingerprints.whole(feed, seen.columns, snapshot.links["source_id"]),
        columns=seen.columns, unknown_columns=seen.unknown, date_formats=seen.dates, snapshot=snapshot,
        mapping=mapping, policy=policy, sha256=sha256, today=day.today,
    )  # fmt: skip


def user_list(case: Case) -> UserList:
    """The User List of `directory.csv`. Rows with the same `user` are one person at several locations."""
    now = UserList(first_sync=bool(case.settings.get("first_sync", False)), frame=nobody())
    now.last_blank = dict(case.settings.get("last_blank", {}))
    now.last_columns = frozenset(case.settings.get("last_columns", ()))
    now.reads = list(case.settings.get("last_reads", ()))
    now.accepted_short = frozenset(case.settings.get("accepted_short", ()))
    numbers: dict[str, int] = {}
    counters: list[tuple[str, int, date, str]] = []
    for position, row in enumerate(rows(case.path / "directory.csv"), 1):
        said = {name: value or None for name, value in row.items()}
        key = said.get("user") or said.get("payroll_id") or f"row {position}"
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            own = {name: said.get(name) for name in ("first_name", "last_name", "email", "phone")}
            now.people.append({**own, "user_id": numbers[key], "admin": said.get("admin") == "yes",
                               "confirmed_email": said.get("confirmed_email"),
                               "local": said.get("local") == "yes"})  # fmt: skip
        if said.get("payroll_id"):
            now.links[str(said["payroll_id"])] = numbers[key]
        _member(now, numbers[key], said)
        _edits(now, numbers[key], said)
        if counted := _MISSING.search(said.get("missing") or ""):
            counters.append(
                (str(said["payroll_id"]), int(counted[1]), date.fromisoformat(counted[2]), "earlier")
            )
    _keeps(now, case, numbers)
    now.missing = pl.DataFrame(counters, schema=now.missing.schema, orient="row")
    now.frame = replace(now.frame, duty_labor=_labor(now, case.settings.get("cms")))
    return now


def _labor(now: UserList, mapped: dict[str, int] | None) -> pl.DataFrame:
    """Every duty with its CMS code, by payroll code; none of them without `[cms]`."""
    if mapped is None:
        return now.frame.duty_labor
    had = {member.get("duty_id") for member in now.members}
    rows = [
        (pk, place, name, mapped.get(code.upper()), code.upper() not in mapped and pk in had)
        for place, code, pk, name in now.frame.duty_codes.iter_rows()
    ]
    return pl.DataFrame(rows, schema=now.frame.duty_labor.schema, orient="row")


def _member(now: UserList, user_id: int, said: dict[str, str | None]) -> None:
    if not said.get("location"):
        return
    place = _one(now.frame.location_codes, "location_id", code=str(said["location"]))
    owned = said.get("owned") or ("yes" if said.get("payroll_id") else "no")
    days = {name: date.fromisoformat(str(said[name])) for name in _DATES if said.get(name)}
    codes = {
        f"{kind}_id": _one(getattr(now.frame, f"{kind}_codes"), "id", code=str(said[kind]), location_id=place)
        for kind in ("duty", "zone")
        if said.get(kind)
    }
    now.members.append({
        "membership_id": 101 + len(now.members), "user_id": user_id, "location_id": place,
        "employee_number": said.get("employee_number"), "status": said.get("status") or "active",
        "payroll_owned": owned == "yes", "role": said.get("role") or "staff", **days, **codes,
        **_pay(said),
        "is_primary": not any(m["user_id"] == user_id for m in now.members),
        "cms_code": int(str(said["cms_code"])) if said.get("cms_code") else None,
    })  # fmt: skip
    now.extras += [extra for kind in ("duty", "zone") for extra in _extras(now, kind, said)]
    now.lately(user_id, place, flipped=said.get("flipped") or "", left=said.get("left"))


def _pay(said: dict[str, str | None]) -> dict[str, Any]:
    """`pay` and `next_pay` of directory.csv: "21.00 hour", "22.00 hour from 2026-04-01"."""
    found: dict[str, Any] = {}
    for column, before in (("pay", ""), ("next_pay", "next_")):
        if said.get(column):
            rate, unit, *rest = str(said[column]).split()
            found |= {f"{before}pay_rate": round(float(rate) * 10_000), f"{before}pay_unit": unit,
                      f"{before}pay_currency": "USD"}  # fmt: skip
            found |= {"next_pay_on": date.fromisoformat(rest[1])} if rest else {}
    return found


def _extras(now: UserList, kind: str, said: dict[str, str | None]) -> list[dict[str, Any]]:
    """`extra_duties` and `extra_zones` of directory.csv: "CNA by manager, LPN by payroll 19.00 hour"."""
    member = now.members[-1]
    rows = []
    for words in filter(
        None, (said.get(f"extra_{'duties' if kind == 'duty' else 'zones'}") or "").split(",")
    ):
        code, _, owner, *pay = words.split()
        known = _one(getattr(now.frame, f"{kind}_codes"), "id", code=code, location_id=member["location_id"])
        rows.append({
            "membership_id": member["membership_id"], "duty_id": None, "zone_id": None, f"{kind}_id": known,
            "by_payroll": owner in ("payroll", "both"), "by_manager": owner in ("manager", "both"),
            **_pay({"pay": " ".join(pay)}),
        })  # fmt: skip
    return rows


def _edits(now: UserList, user_id: int, said: dict[str, str | None]) -> None:
    own = {"first_name", "last_name", "email", "phone"}
    for name, editor, at in _EDITED.findall(said.get("edited") or ""):
        place = None if name in own else now.members[-1]["location_id"]
        now.edits.append({"user_id": user_id, "location_id": place, "field": name, "editor": editor,
                          "at": date.fromisoformat(at)})  # fmt: skip


def _keeps(now: UserList, case: Case, numbers: dict[str, int]) -> None:
    """`keeps.csv`: overrides and pins, with duties, zones and locations by payroll code."""
    if not (case.path / "keeps.csv").exists():
        return
    for number, row in enumerate(rows(case.path / "keeps.csv"), 1):
        codes, value = now.frame.location_codes, row["value"]
        place = _one(codes, "location_id", code=row["location"]) if row["location"] else None
        if row["field"] == "location":
            value = str(_one(codes, "location_id", code=value))
        if row["field"] in ("duty", "zone"):
            known = getattr(now.frame, f"{row['field']}_codes")
            value = str(_one(known, "id", code=value, location_id=place))
        now.keeps.append({
            "keep_id": number, "user_id": numbers[row["payroll_id"]], "location_id": place, "field": row["field"],
            "kind": row["kind"], "value": value, "until": date.fromisoformat(row["until"]) if row["until"] else None,
            "run": int(row["run"]) if row["run"] else None,
        })  # fmt: skip


def _one(codes: pl.DataFrame, wanted: str, **where: Any) -> int:
    where["code"] = fold_code(where["code"])
    return int(codes.filter([pl.col(name) == value for name, value in where.items()])[wanted][0])


def told_plan(drawn: Plan, now: UserList) -> list[dict[str, str]]:
    """`plan.csv`: a line per change, and one per record that is held, rejected or left out without one."""
    places = dict(now.frame.locations.select("location_id", "name").iter_rows())
    fields: dict[int, list[str]] = {}
    for number, name, old, new, why in drawn.fields.iter_rows():
        reason = "" if why == "payroll" else f" ({why})"
        fields.setdefault(number, []).append(f"{name}: {old or '—'} → {new or '—'}{reason}")
    lines = []
    changes = drawn.changes.with_columns(written(drawn.changes).alias("name"))
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
        dict(zip(ISSUE_COLUMNS, (code, str(row or ""), source_id or "", message or ""), strict=True))
        for code, row, source_id, message in problems.select(
            "code", "row", "source_id", "message"
        ).iter_rows()
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
