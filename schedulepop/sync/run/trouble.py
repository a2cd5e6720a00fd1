"""A run that ends because its source cannot be read: what its row says, and who hears of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now as clock

from schedulepop.sync.errors import NeedsAdmin, RetryLater
from schedulepop.sync.models import Integration, IntegrationState, Run
from schedulepop.sync.run import feeds, outcome
from schedulepop.sync.run.notify import source_trouble
from schedulepop.wording import refusals

SOON = timedelta(hours=1)  # a source that asks to come back within it is in no trouble


def fail(run: Run, error: NeedsAdmin | RetryLater) -> int:
    """The run ends without a change and says what a person has to do; an active integration is quarantined.

    In the transaction of the caller, who has confirmed its lease. Returns how many notices were queued.
    """
    integration = run.integration
    outcome.end_without_plan(run, code=error.code, reason=error.reason, params=error.params)
    if run.is_at_once or not feeds.can_fetch(integration):
        return 0  # nothing tries again by itself
    mine = Integration.objects.filter(pk=integration.pk)
    mine.filter(failing_since=None).update(failing_since=clock())
    mine.filter(state=IntegrationState.ACTIVE).update(state=IntegrationState.QUARANTINED)
    if isinstance(error, RetryLater) and error.retry_at and error.retry_at <= clock() + SOON:
        return 0
    return source_trouble.failed(integration, refusals.of(error))
