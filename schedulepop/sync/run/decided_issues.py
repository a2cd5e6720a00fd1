"""Issues after a decision about a whole run: of a discarded one nothing is on hold, an undone one has said nothing."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now as clock

from schedulepop.sync.models import Issue, Run, Trigger
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import HOLD_ISSUES
from schedulepop.sync.plan.guard.issues import scope_key
from schedulepop.sync.run import speaking


def close_holds(run: Run, *, by: str) -> None:
    """What waited in this run, or in older ones that it superseded, is on hold no more."""
    _holds(run).update(resolved_at=clock(), resolved_by=by)


def close_spent_holds(run: Run, plan: Plan, *, by: str) -> None:
    """What this plan of the run does not hold any more is on hold no more: its people were decided on."""
    keys = plan.holds.select(scope_key().alias("key"))["key"].to_list()
    spent = _holds(run).filter(code="on_hold").exclude(key__in=keys)
    spent.update(resolved_at=clock(), resolved_by=by)


def _holds(run: Run) -> QuerySet[Issue]:
    """Open issues of what is on hold in this run, or in older ones of its kind; a run at once has its own alone."""
    open_ = Issue.objects.filter(integration=run.integration_id, resolved_at=None, code__in=HOLD_ISSUES)
    if run.is_at_once:
        return open_.filter(first_run=run)
    dates = Issue.objects.filter(first_run__trigger=Trigger.EFFECTIVE)
    if run.trigger == Trigger.EFFECTIVE:
        return open_.filter(pk__in=dates)
    return open_.exclude(pk__in=dates).exclude(first_run__trigger=Trigger.ANSWER)


def take_back(run: Run, *, by: str) -> None:
    """The issues of an undone run: what it opened is closed, and what it closed is open again.

    Only where its feed was the last that spoke: a newer one has said what is open since. Call it before the run is
    marked as undone.
    """
    close_holds(run, by=by)
    heard = speaking.heard(run.integration)
    if not heard.speaking or heard.speaking[0].run.pk != run.pk:
        return
    mine = Issue.objects.filter(integration=run.integration_id)
    mine.filter(first_run=run, resolved_at=None).update(resolved_at=clock(), resolved_by=by)
    again = Issue.objects.filter(
        integration=OuterRef("integration"), code=OuterRef("code"), key=OuterRef("key"), resolved_at=None
    )
    closed = mine.filter(resolved_by=run.by).exclude(resolved_at=None).exclude(code__in=HOLD_ISSUES)
    closed.filter(~Exists(again)).update(resolved_at=None, resolved_by="")
