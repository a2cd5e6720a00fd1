"""A clock that jumps a day ahead and is put right: no run twice, no letter twice, nobody waits for the wrong day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from schedulepop import jobs
from schedulepop.messages import outages, outbox
from schedulepop.messages.models import MailOutage, Message
from schedulepop.messages.outbox import Sent
from schedulepop.sync.models import Integration, Run, RunState, Trigger
from schedulepop.sync.run import cool_downs
from tests.messages.test_outbox import FakeServer, hire, server
from tests.sync.conftest import synced

pytestmark = pytest.mark.django_db
__all__ = ["server", "synced"]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def scheduled() -> list[str]:
    found = Run.objects.filter(trigger=Trigger.SCHEDULE).order_by("local_date")
    return [str(one.local_date) for one in found]


def test_a_clock_that_jumps_doubles_no_run(payroll, synced) -> None:  # type: ignore[no-untyped-def]
    one = Integration.objects.select_related("organization").get()
    noon = timezone.now().replace(hour=20, minute=0)  # of one local day, an hour back too
    for at in (noon, noon + DAY, noon, noon - HOUR, noon + DAY, noon + DAY - HOUR):
        with time_machine.travel(at, tick=False):
            jobs.start_due(at)
        Run.objects.filter(state=RunState.QUEUED).update(state=RunState.APPLIED)
    assert scheduled() == [str(one.local_date(noon)), str(one.local_date(noon + DAY))]


def test_who_asked_while_the_clock_was_ahead_may_ask_again(payroll, synced) -> None:  # type: ignore[no-untyped-def]
    one, at = Integration.objects.get(), timezone.now()
    run = Run.objects.filter(trigger=Trigger.MANUAL).latest("pk")
    Run.objects.filter(pk=run.pk).update(requested_at=at - timedelta(minutes=1), preview=False)
    assert cool_downs.cool_down_left(one, at) > timedelta(0)
    Run.objects.filter(trigger=Trigger.MANUAL).update(requested_at=at + DAY)
    assert cool_downs.cool_down_left(one, at) <= timedelta(0)
    assert cool_downs.fetch_allowed_from(one, at) is None


def test_a_clock_that_jumps_doubles_no_letter(server: type[FakeServer]) -> None:
    hire()
    at = timezone.now()
    assert outbox.drain(now=at + DAY) == Sent(accepted=1)
    for later in (at, at - HOUR, at + DAY):
        assert outbox.drain(now=later) == Sent()
    assert len(server.sent) == 1
    assert Message.objects.get().attempts == 1


def test_a_mail_server_asked_in_the_future_is_asked_again_at_once(server: type[FakeServer]) -> None:
    """It was away while the clock was a day ahead; put right, nobody waits a day for it."""
    hire()
    at = timezone.now()
    server.open_fails = ConnectionRefusedError("connection refused")
    assert outbox.drain(now=at + DAY) == Sent()
    assert MailOutage.objects.get().tried_at == at + DAY
    server.open_fails = None
    assert outbox.drain(now=at) == Sent(accepted=1)
    assert outages.current() is None
