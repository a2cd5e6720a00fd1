"""A day without a mail server, with a real worker that is killed: nothing is lost, doubled or out of order."""

from __future__ import annotations

import email
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from schedulepop import jobs
from schedulepop.messages import outbox
from schedulepop.messages.models import MailOutage, Message
from tests import made, started
from tests.faults.test_smtp import Server
from tests.faults.test_worker import PATIENCE, worker
from tests.reading import one_space

DAY = timedelta(days=1)
WHO = [f"{number:02}@example.com" for number in range(8)]


def until(true: Callable[[], bool]) -> None:
    """Waits; the worker is asked again whenever it has nothing to do."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, list(Message.objects.values("state", "error"))
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_day_without_a_mail_server_and_a_killed_worker(environment: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    smtp = {
        "SCHEDULEPOP_SMTP_HOST": "127.0.0.1",
        "SCHEDULEPOP_SMTP_PORT": str(port),
        "SCHEDULEPOP_SMTP_TLS": "0",
    }
    place = made.location()
    for number, address in enumerate(WHO):
        outbox.queue_welcome(made.person(place, f"Ann{chr(97 + number)} Ash", email=address))
    with worker(environment | smtp) as first:
        jobs.send_letters.defer(timestamp=0)
        until(MailOutage.objects.filter(over=False).exists)
        os.killpg(first.pid, signal.SIGKILL)
    assert set(Message.objects.values_list("state", "attempts")) == {("queued", 0)}, "no letter was taken"
    Message.objects.update(created_at=F("created_at") - DAY)  # a day goes by
    MailOutage.objects.update(since=F("since") - DAY, tried_at=F("tried_at") - DAY)
    client = Client()
    client.force_login(made.admin(place.organization, "Renata Okoye"))
    page = one_space(client.get("/").content.decode())
    assert "the mail server does not answer." in page
    assert "None is lost, and they go out by themselves when it answers." in page
    with Server(port) as server, worker(environment | smtp):
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        jobs.send_letters.defer(timestamp=0)
        until(lambda: not Message.objects.exclude(state="accepted").exists())
        jobs.send_letters.defer(timestamp=0)
        until(lambda: MailOutage.objects.get().over)
        server.shutdown()
    sent = [email.message_from_bytes(one)["To"] for one in server.accepted]
    assert [next(who for who in WHO if who in one) for one in sent] == WHO, "in order, each once"
    outage = MailOutage.objects.get()
    assert outage.ended_at is not None
    assert outage.ended_at - outage.since >= DAY
    assert "does not answer" not in one_space(client.get("/").content.decode())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_disk_that_is_full_is_one_sentence_without_root(environment: dict[str, str]) -> None:
    """What `tests/faults/test_outages.py` shows with a small file system, which takes root to make."""
    one = made.person(made.location(), "Ines Calloway")
    words = ("users", "export", one.organization.slug, one.username, "--out", "/dev/full")
    done = started.run(*words, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The disk is full.")
    assert done.stderr.count("\n") == 1
