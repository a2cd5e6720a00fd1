"""Payroll files, plans and fingerprints without one person: each is read, written anew and stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from schedulepop.retention import traces
from schedulepop.retention.erasure.needles import Sought
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Fingerprints, Integration, RawFeed, Run
from schedulepop.sync.plan import fingerprints, storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import kept_feeds

WRITTEN = frozenset({"changes", "fields", "extras", "codes"})
"""Frames that a digest is of, or that name nobody: of others' rows in them no word is changed."""


def files(sought: Sought) -> Iterator[tuple[str, int]]:
    """Of every kept file their rows are blank."""
    for integration in Integration.objects.filter(pk__in=sought.person.ids).order_by("pk"):
        kept = RawFeed.objects.filter(integration=integration, content__isnull=False)
        for pk in list(kept.order_by("pk").values_list("pk", flat=True)):
            yield "payroll files", _in_file(sought, integration, pk)


def _in_file(sought: Sought, integration: Integration, pk: int) -> int:
    raw = RawFeed.objects.select_for_update().filter(pk=pk, content__isnull=False).first()
    if raw is None:
        return 0
    try:
        feed = traces.open_feed(raw, integration)
    except NeedsAdmin:  # it cannot be read any more, so nobody could say who is in it
        RawFeed.objects.filter(pk=pk).update(content=None)
        return 1
    whole, broken = traces.rows_of_feed(sought.person, integration, feed)
    rows = frozenset(whole) | frozenset(broken)
    if rows:
        kept_feeds.take_out(raw, rows)
    return int(bool(rows))


def plans(sought: Sought) -> Iterator[tuple[str, int]]:
    """Of every stored plan the rows about them go, and their words in what is said of others."""
    owner = sought.person.organization
    stored = Run.objects.filter(organization=owner, plan__isnull=False)
    for pk in list(stored.order_by("pk").values_list("pk", flat=True)):
        run = (
            Run.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk, plan__isnull=False).first()
        )
        if run is not None and run.plan is not None:
            yield "plans", _in_plan(sought, run, storage.unpack(run.plan))


def _in_plan(sought: Sought, run: Run, plan: Plan) -> int:
    """What the run's row says of the same rows goes with the plan, which alone knows whose they are."""
    left = without(sought, run.integration_id, plan)
    if left is None:
        return 0
    rows = set(traces.keys_of(sought.person, run.integration_id, plan).rows)
    for one in run.summary.get("issues", []):
        one["rows"] = [row for row in one["rows"] if row.get("row") not in rows]
    run.plan = storage.pack(left)
    run.save(update_fields=["plan", "summary"])
    return 1


def without(sought: Sought, integration: int, plan: Plan) -> Plan | None:
    """The plan without them; None: they are not in it."""
    keys = traces.keys_of(sought.person, integration, plan)
    changed: dict[str, Any] = {}
    for name, frame in traces.frames_of(plan).items():
        left = frame.filter(~keys.mask(frame))
        if name not in WRITTEN:
            left = _said(sought, left)
        if not left.equals(frame):
            changed[name] = left
    return replace(plan, **changed) if changed else None


def _said(sought: Sought, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose texts do not have their words."""
    if frame.is_empty() or not sought.words:
        return frame
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    for word in sought.words if texts else ():
        frame = frame.with_columns(pl.col(texts).str.replace_all(word, "…", literal=True))
    return frame


def prints(sought: Sought) -> Iterator[tuple[str, int]]:
    """Fingerprints without them; the file that was applied last is read anew the next time it comes."""
    for integration, ids in sorted(sought.person.ids.items()):
        kept = Fingerprints.objects.select_for_update().filter(integration=integration).first()
        if kept is None:
            continue
        known, carried = fingerprints.unpack(kept.blob)
        own = sorted(ids - sought.person.shared.get(integration, frozenset()))
        left = known.filter(~pl.col("source_id").is_in(own).fill_null(value=False))
        said = _said(sought, carried.filter(~pl.col("source_id").is_in(own).fill_null(value=False)))
        changed = not (left.equals(known) and said.equals(carried))
        if changed:
            kept.blob, kept.reading, kept.content_hmac = fingerprints.pack(left, said), None, ""
            kept.save(update_fields=["blob", "reading", "content_hmac"])
        yield "fingerprints", int(changed)
