"""Reads `directory.csv`, `keeps.csv` and the CMS codes of a case: the User List as it was before the first day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from schedulepop.lib.text import fold_code
from tests.sync.plan.casebook import Case, rows
from tests.sync.plan.made_frames import frame, nobody
from tests.sync.plan.memory import UserList

_EDITED = re.compile(r"(\w+) by (.+) on (\d{4}-\d\d-\d\d)")
_MISSING = re.compile(r"(\d+) feeds? since (\d{4}-\d\d-\d\d)")
_DATES = ("hire_date", "original_hire_date", "termination_date", "leave_end", "ends_on")


def user_list(case: Case) -> UserList:
    """The User List of `directory.csv`. Rows with the same `user` are one person at several locations."""
    now = UserList(first_sync=bool(case.settings.get("first_sync", False)), frame=nobody())
    now.last_blank = dict(case.settings.get("last_blank", {}))
    now.last_columns = frozenset(case.settings.get("last_columns", ()))
    now.reads = list(case.settings.get("last_reads", ()))
    now.accepted_short = frozenset(case.settings.get("accepted_short", ()))
    numbers: dict[str, int] = {}
    counters: list[dict[str, Any]] = []
    for position, row in enumerate(rows(case.path / "directory.csv"), 1):
        said = {name: value or None for name, value in row.items()}
        key = said.get("user") or said.get("payroll_id") or f"row {position}"
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            own = {name: said.get(name) for name in ("first_name", "last_name", "email", "phone")}
            now.people.append(
                {
                    **own,
                    "user_id": numbers[key],
                    "admin": said.get("admin") == "yes",
                    "confirmed_email": said.get("confirmed_email"),
                    "local": said.get("local") == "yes",
                }
            )
        if said.get("payroll_id"):
            now.links[str(said["payroll_id"])] = numbers[key]
        _member(now, numbers[key], said)
        _edits(now, numbers[key], said)
        if counted := _MISSING.search(said.get("missing") or ""):
            counters.append(
                {
                    "source_id": said["payroll_id"],
                    "feeds": int(counted[1]),
                    "since": date.fromisoformat(counted[2]),
                    "counted_sha": "earlier",
                    "about": "person",
                }
            )
    _keeps(now, case)
    now.missing = frame(counters, now.missing.schema)
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
    now.members.append(
        {
            "membership_id": 101 + len(now.members),
            "user_id": user_id,
            "location_id": place,
            "employee_number": said.get("employee_number"),
            "status": said.get("status") or "active",
            "payroll_owned": owned == "yes",
            "role": said.get("role") or "staff",
            **days,
            **codes,
            **_pay(said),
            "is_primary": not any(m["user_id"] == user_id for m in now.members),
            "cms_code": int(str(said["cms_code"])) if said.get("cms_code") else None,
        }
    )
    now.extras += [extra for kind in ("duty", "zone") for extra in _extras(now, kind, said)]
    now.lately(user_id, place, flipped=said.get("flipped") or "", left=said.get("left"))


def _pay(said: dict[str, str | None]) -> dict[str, Any]:
    """`pay` and `next_pay` of directory.csv: "21.00 hour", "22.00 hour from 2026-04-01"."""
    found: dict[str, Any] = {}
    for column, before in (("pay", ""), ("next_pay", "next_")):
        if said.get(column):
            rate, unit, *rest = str(said[column]).split()
            found |= {
                f"{before}pay_rate": round(float(rate) * 10_000),
                f"{before}pay_unit": unit,
                f"{before}pay_currency": "USD",
            }
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
        rows.append(
            {
                "membership_id": member["membership_id"],
                "duty_id": None,
                "zone_id": None,
                f"{kind}_id": known,
                "by_payroll": owner in ("payroll", "both"),
                "by_manager": owner in ("manager", "both"),
                **_pay({"pay": " ".join(pay)}),
            }
        )
    return rows


def _edits(now: UserList, user_id: int, said: dict[str, str | None]) -> None:
    own = {"first_name", "last_name", "email", "phone"}
    for name, editor, at in _EDITED.findall(said.get("edited") or ""):
        place = None if name in own else now.members[-1]["location_id"]
        now.edits.append(
            {
                "user_id": user_id,
                "location_id": place,
                "field": name,
                "editor": editor,
                "at": date.fromisoformat(at),
            }
        )


def _keeps(now: UserList, case: Case) -> None:
    """`keeps.csv`: overrides and pins, with duties, zones and locations by payroll code, pay as an amount."""
    if not (case.path / "keeps.csv").exists():
        return
    for number, row in enumerate(rows(case.path / "keeps.csv"), 1):
        codes, value = now.frame.location_codes, row["value"]
        place = _one(codes, "location_id", code=row["location"]) if row["location"] else None
        if row["field"] in ("location", "primary_location"):
            value = str(_one(codes, "location_id", code=value))
        if row["field"] in ("duty", "zone"):
            known = getattr(now.frame, f"{row['field']}_codes")
            value = str(_one(known, "id", code=value, location_id=place))
        if row["field"] in ("extra_duty", "extra_zone"):
            known = getattr(now.frame, f"{row['field'].removeprefix('extra_')}_codes")
            value = ",".join(
                sorted(str(_one(known, "id", code=code, location_id=place)) for code in value.split())
            )
        if row["field"] == "extra_pay_rate":
            code, rate = value.split()
            value = f"{_one(now.frame.duty_codes, 'id', code=code, location_id=place)}:{_amount(rate)}"
        if row["field"] == "pay_rate":
            value = _amount(value)
        now.overrides.append(
            {
                "override_id": number,
                "user_id": now.links[row["payroll_id"]],
                "location_id": place,
                "field": row["field"],
                "kind": row["kind"],
                "value": value,
                "until": date.fromisoformat(row["until"]) if row["until"] else None,
                "run": int(row["run"]) if row["run"] else None,
            }
        )


def _amount(rate: str) -> str:
    return str(round(float(rate) * 10_000))


def _one(codes: pl.DataFrame, wanted: str, **where: Any) -> int:
    where["code"] = fold_code(where["code"])
    return int(codes.filter([pl.col(name) == value for name, value in where.items()])[wanted][0])
