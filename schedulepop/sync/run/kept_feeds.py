"""What is taken out of feeds that are kept already: columns nobody needs any more, pay where it is switched off, and
people who were erased."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Integration, RawFeed, Run
from schedulepop.sync.plan import read
from schedulepop.sync.plan.erased import ERASED
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.run import feeds


def let_go(run: Run, named: Collection[str]) -> None:
    """Kept feeds lose their columns nobody mapped, but for those that something open in this run has `named`.

    Those the run's own feed still needs the others keep, too: nothing new is read in them.
    """
    integration, needed = run.integration, frozenset(named)
    mapping, policy = Mapping(**integration.mapping), feeds.policy_of(integration)
    kept = RawFeed.objects.defer("content").filter(integration=integration, content__isnull=False)
    for raw in sorted(kept.exclude(spare=[]), key=lambda one: one.pk != run.raw_id):
        own = raw.pk == run.raw_id
        if not own and needed.issuperset(raw.spare):
            continue
        raw.integration = integration
        retention = read.Retention(mapping, held=frozenset(named) if own else needed)
        feed = feeds.read_kept(raw, policy.pay, feeds.columns_of(integration), retention)
        if own:
            needed |= frozenset(feed.spare)
        if list(feed.spare) != raw.spare:
            counted = {**raw.not_kept, **feed.not_kept}
            feeds.describe(raw, feed)
            raw.not_kept, raw.content = counted, feeds.compress(feed.stored)
            raw.save(update_fields=["sha256", "size", "content", "not_kept", "spare"])


def drop_pay(integration: Integration) -> None:
    """Kept feeds lose their pay columns: the switch is off, down to the raw feed (SPEC §1.6)."""
    kept = RawFeed.objects.filter(integration=integration, content__isnull=False).order_by("pk")
    for pk in kept.values_list("pk", flat=True):
        raw = RawFeed.objects.select_related("integration").get(pk=pk)
        feed = feeds.read_stored(raw, Policy(pay=False))
        if feed.sha256 == raw.sha256:
            continue
        not_kept = raw.not_kept
        feeds.describe(raw, feed)
        raw.not_kept, raw.content = not_kept, feeds.compress(feed.stored)
        raw.save(update_fields=["sha256", "size", "content", "spare"])


def take_out_erased(run: Run, plan: Plan) -> None:
    """The run's own file does not keep the rows of people who were erased, though payroll sent them again."""
    rows = plan.records.filter((pl.col("bucket") == "excluded") & (pl.col("reason") == ERASED))["row"]
    raw = None
    if rows.len() and run.raw_id is not None:
        raw = RawFeed.objects.filter(pk=run.raw_id, content__isnull=False).first()
    if raw is not None:
        raw.integration = run.integration
        take_out(raw, frozenset(rows))


def take_out(raw: RawFeed, rows: frozenset[int]) -> None:
    """A kept file without these rows: they are blank, and the others stand where they stood."""
    try:
        columns = feeds.columns_of(raw.integration)
        feed = feeds.read_kept(raw, pay=True, columns=columns, retention=None, without=rows)
        raw.sha256, raw.size, raw.content = feed.sha256, len(feed.stored), feeds.compress(feed.stored)
    except NeedsAdmin:  # there is nothing else in it that could be read
        raw.content = None
    raw.save(update_fields=["sha256", "size", "content"])
