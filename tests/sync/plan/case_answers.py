"""Reads a case's `answers.csv`: what people answered to "who is this record?" before the run."""

from __future__ import annotations

from schedulepop.lib.text import fold
from tests.sync.plan import casebook
from tests.sync.plan.memory import UserList


def answer(case: casebook.Case, day: casebook.Day, now: UserList) -> None:
    """What people answered on that day, before its run, as `answers.csv` says."""
    if not (case.path / "answers.csv").exists():
        return
    for row in casebook.rows(case.path / "answers.csv"):
        if row.get("day") and row["day"] != str(day.today):
            continue
        ids = [_named(now, name.strip()) for name in row["person"].split(";") if name.strip()]
        different = row["answer"] == "different"
        now.answers.append(
            {
                "answer_id": len(now.answers) + 1,
                "source_id": row["payroll_id"],
                "kind": row["answer"],
                "user_id": None if different else ids[0],
                "denied": ids if different else [],
                "name": fold(row["name"]) or None,
                "by": row.get("by") or "Henry Okafor",
            }
        )


def _named(now: UserList, name: str) -> int:
    """The person on the list by payroll ID, or by name."""
    return now.links.get(name) or next(
        int(one["user_id"]) for one in now.people if f"{one['first_name']} {one['last_name']}" == name
    )
