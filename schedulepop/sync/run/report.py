"""A run or a look at a file as scripts read it: exactly the JSON of SPEC §9."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import polars as pl

from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.issue_codes import SAID_FIRST
from schedulepop.wording import findings
from schedulepop.wording import holds as hold_words

if TYPE_CHECKING:  # `try` reads this page without Django
    from schedulepop.sync.models import Run

STEPS = ("read", "normalize", "match", "diff", "guard", "apply", "notify")
ROWS_KEPT = 1_000  # rows named per issue code on a stored run; the count is always whole


def counts(plan_counts: dict[str, int]) -> dict[str, int]:
    """Every bucket by name, zero when nothing fell into it, in the order of SPEC §9."""
    order = (
        "read",
        "created",
        "updated",
        "reactivated",
        "transferred",
        "deactivated",
        "unchanged",
        "held",
        "rejected",
        "excluded",
        "removed_missing",
    )
    assert set(order) == {"read", "removed_missing", *BUCKETS}  # noqa: S101 (the closed list)
    return {name: int(plan_counts.get(name, 0)) for name in order}


def issues(problems: pl.DataFrame, *, most: int | None = ROWS_KEPT) -> list[dict[str, Any]]:
    """Problems grouped by code, what stops a first sync first, then the most frequent; `most` rows of each are named,
    None: all.
    """
    found: list[dict[str, Any]] = []
    for (code,), group in problems.group_by("code", maintain_order=True):
        rows = group.select("row", "column", "value", "reason", "params")
        named = rows.head(most) if most is not None else rows
        found.append({"code": code, "count": group.height, "rows": named.to_dicts()})
    return sorted(found, key=lambda item: (item["code"] not in SAID_FIRST, -item["count"], item["code"]))


def told_issues(kept: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as scripts read them: each row with its sentence."""
    return [one | {"rows": [_told_row(one["code"], row) for row in one["rows"]]} for one in kept]


def _told_row(code: str, row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("row", "column", "value")}
    return shown | {"message": findings.message({**row, "code": code})}


def holds(plan: Plan) -> list[dict[str, Any]]:
    """The guard's holds with their figures and parameters, as a run's row keeps them."""
    return [hold | {"params": json.loads(hold["params"])} for hold in plan.holds.iter_rows(named=True)]


def told_holds(kept: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The same as scripts read them: rule, scope in one word, and the reason as a sentence."""
    return [
        {
            "rule": hold["rule"],
            "scope": _scope(hold),
            "reason": hold_words.reason(hold["rule"], hold["params"]),
        }
        for hold in kept
    ]


def _scope(hold: dict[str, Any]) -> str:
    about = hold["source_id"] if hold["scope"] == "person" else hold["location_id"]
    return hold["scope"] if about is None else f"{hold['scope']}:{about}"


def seconds(plan: Plan) -> dict[str, float]:
    """Seconds per step and in total."""
    steps = {name: round(plan.seconds.get(name, 0.0), 4) for name in STEPS}
    return {**steps, "total": round(sum(steps.values()), 4)}


def summary(plan: Plan, *, unread: bool = False) -> dict[str, Any]:
    """What the run's row keeps beside counts and holds. Of a file that came again (`unread`) its plan says the rest."""
    if unread and plan.changes.is_empty() and plan.holds.is_empty():
        return {"seconds": {name: spent for name, spent in seconds(plan).items() if spent}}
    return {
        "issues": issues(plan.problems),
        "columns": plan.columns,
        "unknown_columns": list(plan.unknown_columns),
        "seconds": seconds(plan),
    }


def of_run(run: Run) -> dict[str, Any]:
    """`--json` of a run."""
    kept = run.summary | _said_by_plan(run)
    return {
        "run": f"{run.integration}#{run.number}",  # what `sync show|approve|discard` take
        "state": run.state,
        "plan": run.plan_hash or None,
        "counts": counts(run.counts),
        "issues": told_issues(kept.get("issues", [])) or _error(run),
        "columns": kept.get("columns", {}),
        "unknown_columns": kept.get("unknown_columns", []),
        "holds": told_holds(run.holds),
        "seconds": {name: kept.get("seconds", {}).get(name, 0.0) for name in (*STEPS, "total")},
    }


def _said_by_plan(run: Run) -> dict[str, Any]:
    """What `summary` leaves to the plan of a file that came again, as long as that is kept."""
    if "columns" in run.summary or not run.plan:
        return {}
    plan = storage.unpack(run.plan)
    return {
        "issues": issues(plan.problems),
        "columns": plan.columns,
        "unknown_columns": list(plan.unknown_columns),
    }


def of_plan(plan: Plan, digest: str) -> dict[str, Any]:
    """`--json` of `try`: the same shape, every row named, and no run behind it."""
    return {
        "run": None,
        "state": "planned",
        "plan": digest,
        "counts": counts(plan.counts),
        "issues": told_issues(issues(plan.problems, most=None)),
        "columns": plan.columns,
        "unknown_columns": list(plan.unknown_columns),
        "holds": told_holds(plan.holds.iter_rows(named=True)),
        "seconds": seconds(plan),
    }


def _error(run: Run) -> list[dict[str, Any]]:
    """A failed run has one issue: why it failed."""
    if not run.error:
        return []
    row = {"row": None, "column": None, "value": None, "message": run.error}
    return [{"code": run.error_code, "count": 1, "rows": [row]}]
