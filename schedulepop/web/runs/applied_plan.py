"""A run whose plan is not kept any more, told from what it applied (sync.Change), in the shape of a plan."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Change, Run
from schedulepop.sync.plan.frames.changes import CHANGE, FIELD
from schedulepop.sync.plan.frames.feed import EXCLUDED, FINGERPRINT, PROBLEM
from schedulepop.sync.plan.frames.outcomes import HOLD, RECORD, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS

_NOT_REMOVAL = frozenset({"create", "update", "reactivate"})


def as_plan(run: Run) -> Plan | None:
    """The applied changes of the run; None when it applied none."""
    applied = list(Change.objects.filter(run=run).order_by("pk"))
    if not applied:
        return None
    people = User.objects.in_bulk({one.user_id for one in applied})
    places = Membership.objects.in_bulk([one.membership_id for one in applied if one.membership_id])
    changes = [_change(no, one, people.get(one.user_id), places) for no, one in enumerate(applied)]
    fields = [
        {
            "change_no": no,
            "field": row.get("field"),
            "old": _text(row.get("old")),
            "new": _text(row.get("new")),
            "why": row.get("why"),
            "params": json.dumps(row["params"]) if row.get("params") else None,
        }
        for no, one in enumerate(applied)
        for row in one.fields
    ]
    return Plan(
        records=empty(RECORD),
        changes=pl.DataFrame(changes, schema=CHANGE),
        fields=pl.DataFrame(fields, schema=FIELD),
        problems=empty(PROBLEM),
        holds=empty(HOLD),
        missing=empty(SNAPSHOT_SCHEMAS["missing"]),
        links=empty(SNAPSHOT_SCHEMAS["links"]),
        codes=empty(EXCLUDED),
        fingerprints=empty(FINGERPRINT),
        counts=dict(run.counts),
        columns={},
        unknown_columns=(),
        blank={},
        today=run.local_date,
    )


def _change(number: int, one: Change, person: User | None, places: dict[int, Membership]) -> dict[str, Any]:
    place = places.get(one.membership_id or 0)
    return dict.fromkeys(CHANGE) | {
        "change_no": number,
        "verb": one.verb,
        "source_id": one.source_id,
        "user_id": one.user_id,
        "membership_id": one.membership_id,
        "location_id": one.location_id,
        "removal": one.verb not in _NOT_REMOVAL,
        "first_name": person.first_name if person else None,
        "last_name": person.last_name if person else None,
        "duty_id": place.primary_duty_id if place else None,
        "zone_id": place.primary_zone_id if place else None,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
