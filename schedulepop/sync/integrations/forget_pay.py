"""Pay switched off: what SchedulePop kept of payroll's pay goes, at once and for good (SPEC §1.6).

Off means not read, not shown, not planned, and not kept: the rates at duties and those dated ahead, the history, the
stored plans with their differences, what an undo pinned, the journals of merges, and the files. What people entered
stays theirs: a rate held by an override, and the audit trail, which can only be added to.

Runs in the transaction of the switch. Every plan of the integration is read once, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.employee import NEXT_PAY, TELLS_PAY
from schedulepop.lib import sql
from schedulepop.sync.models import Integration, Merge, Run, RunState
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import kept_feeds
from schedulepop.sync.run.snapshot import other_integrations

HERE = "schedulepop.sync"
_RATE = ("pay_rate", "pay_unit", "pay_currency", *NEXT_PAY)
_TEXTS = frozenset({"pay_unit", "pay_currency", "next_pay_unit", "next_pay_currency"})
_NOTHING: dict[str, object] = {name: "" if name in _TEXTS else None for name in _RATE}


def announced(integration: Integration) -> str:
    """What switching pay off removes, in sentences, for whoever has to agree to it first."""
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        cursor.execute(sql.load(HERE, "forget_pay_count"), _given(cursor, integration))
        rates, ahead = cursor.fetchone() or (0, 0)
    told = [_of(rates, "the pay rate of {} person", "the pay rates of {} people")] if rates else []
    if ahead:
        told.append(_of(ahead, "the rate dated ahead of {} person", "the rates dated ahead of {} people"))
    gone = " and ".join(told) or "the pay rates payroll has given"
    return (
        f"Switching pay off removes {gone}, with their history, at once and for good. "
        "Stored plans and files lose it, too. A rate held by an override stays."
    )


def _of(count: int, one: str, many: str) -> str:
    return (one if count == 1 else many).format(f"{count:,}")


def _given(cursor: Cursor[Any], integration: Integration) -> dict[str, Any]:
    """Whose rates are concerned, for the SQL."""
    given: dict[str, Any] = {
        "integration": integration.pk,
        "organization": integration.organization_id,
        "users": None,
    }
    return given | {"foreign": sorted(other_integrations.memberships(cursor, given))}


def forget(integration: Integration, *, actor: Actor, now: datetime) -> None:
    """All of it, with one entry in the audit trail that says how much."""
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        given = _given(cursor, integration) | {"now": now, "by": actor.by, "tells": sorted(TELLS_PAY)}
        cursor.execute("SET LOCAL schedulepop.applying = 'on'")  # nobody was edited: no marks
        rates, told, _ = (
            cursor.execute(sql.load(HERE, name), given).rowcount
            for name in ("forget_pay", "forget_pay_history", "forget_pay_pins")
        )
        cursor.execute("SET LOCAL schedulepop.applying = 'off'")
    stored = sum(_without(run) for run in _runs(integration))
    _journals(integration)
    kept_feeds.drop_pay(integration)
    gone = {"rates": rates, "history": told, "plans": stored}
    audit.record(
        actor,
        integration.organization,
        "pay_forgotten",
        ("integration", integration.pk),
        changes=[audit.change(name, count, 0) for name, count in gone.items()],
    )


def _runs(integration: Integration) -> Iterator[Run]:
    """Those with a plan, one at a time: a plan may be large."""
    kept = Run.objects.filter(integration=integration, plan__isnull=False).order_by("pk")
    for pk in list(kept.values_list("pk", flat=True)):
        yield Run.objects.get(pk=pk)


def _without(run: Run) -> bool:
    """The run's plan without pay; a waiting one is named by what it now says. Returns whether it had any."""
    plan = storage.unpack(run.plan or b"")
    stripped = without_pay(plan)
    summary = _without_differences(run.summary)
    if stripped is None and summary == run.summary:
        return False
    values: dict[str, object] = {"summary": summary}
    if stripped is not None:
        values["plan"] = storage.pack(stripped)
        if run.plan_hash:
            whole = run.state in (RunState.PLANNED, RunState.HELD)
            values["plan_hash"] = storage.digest(
                stripped.changes if whole else stripped.held, stripped.fields
            )
    Run.objects.filter(pk=run.pk).update(**values)
    return stripped is not None


def without_pay(plan: Plan) -> Plan | None:
    """The plan without a word of pay; None when it has none."""
    changes, extras = _blank(plan.changes), _blank(plan.extras)
    tells = pl.col("field").is_in(sorted(TELLS_PAY))
    fields = plan.fields.filter(~tells)
    columns = {field: column for field, column in plan.columns.items() if field not in TELLS_PAY}
    if (
        changes.equals(plan.changes)
        and extras.equals(plan.extras)
        and fields.height == plan.fields.height
        and columns == plan.columns
    ):
        return None
    blank = {field: share for field, share in plan.blank.items() if field not in TELLS_PAY}
    return replace(plan, changes=changes, extras=extras, fields=fields, columns=columns, blank=blank)


def _blank(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(None, frame.schema[name]).alias(name) for name in _RATE if name in frame.columns
    )


def _without_differences(summary: dict[str, Any]) -> dict[str, Any]:
    """What a plan that changed before its approval tells of the differences."""
    told = summary.get("differences")
    if not told:
        return summary
    first = [
        one | {"fields": [item for item in one["fields"] if item["field"] not in TELLS_PAY]}
        for one in told["first"]
    ]
    return summary | {"differences": told | {"first": first}}


def _journals(integration: Integration) -> None:
    """Merges can be taken back without the rates of then, unless another integration still reads pay."""
    others = Integration.objects.filter(organization=integration.organization_id, policy__pay=True)
    if others.exclude(pk=integration.pk).exists():
        return
    for merge in Merge.objects.filter(organization=integration.organization_id):
        cleared = [_cleared(image) for image in merge.images]
        if cleared != merge.images:
            merge.images = cleared
            merge.save(update_fields=["images"])


def _cleared(image: dict[str, Any]) -> dict[str, Any]:
    """A row image without the rates of a duty."""
    if image["table"] != "directory_membershipduty":
        return image
    sides = {
        side: values and {name: _NOTHING.get(name, value) for name, value in values.items()}
        for side, values in ((side, image[side]) for side in ("before", "after"))
    }
    return image | sides
