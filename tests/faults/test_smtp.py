"""A mail server, or the worker itself, that dies at every point of a delivery: at most once, and never silently."""

from __future__ import annotations

import os
import signal
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from schedulepop.messages import given_up, outages, outbox
from schedulepop.messages.models import Message
from tests import made

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = ("connect", "greeting", "mail", "rcpt", "data", "text", "dot", "accepted")


class Session(socketserver.StreamRequestHandler):
    """One connection to a server that dies, or waits, at a point of it."""

    server: Server

    def handle(self) -> None:
        if self.server.reached("connect"):
            return
        self.say("220 fake")
        if self.server.reached("greeting"):
            return
        for line in self.rfile:
            word = line.decode("ascii", "replace").strip().upper()[:4]
            if word in ("MAIL", "RCPT", "DATA") and self.server.reached(word.lower()):
                return
            if word == "DATA":
                self.say("354 go on")
                if not self.text():
                    return
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fake")

    def text(self) -> bool:
        """The message up to its final dot; False: the server died."""
        if self.server.reached("text"):
            return False
        lines: list[bytes] = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        if self.server.reached("dot"):
            return False
        self.server.accepted.append(b"".join(lines))
        if self.server.reached("accepted"):
            return False
        self.say("250 accepted")
        return True

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """The fake: dies at `dies_at` (or only stops there, when it `holds`), and keeps what it accepted."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.dies_at = ""
        self.holds = False
        self.accepted: list[bytes] = []
        self.waits = threading.Event()

    def reached(self, point: str) -> bool:
        """Whether the conversation ends here."""
        if point != self.dies_at:
            return False
        self.waits.set()
        while self.holds:
            time.sleep(0.02)
        return True


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with Server() as fake:
        threading.Thread(target=fake.serve_forever, args=(0.05,), daemon=True).start()
        settings.EMAIL_BACKEND = "schedulepop.messages.smtp.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", fake.server_address[1]
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 10
        yield fake
        fake.holds = False
        fake.shutdown()


def hire() -> Message:
    outbox.queue_welcome(made.person(made.location(), email="ines@example.com"))
    return Message.objects.get()


@pytest.mark.parametrize("point", POINTS)
def test_the_server_dies(server: Server, point: str) -> None:
    """Before the text was sent it is tried again; from then on it is unknown, and never sent by itself."""
    message = hire()
    server.dies_at = point
    outbox.drain()
    message.refresh_from_db()
    surely_not_sent = POINTS.index(point) < POINTS.index("text")
    assert message.state == ("queued" if surely_not_sent else "unknown")
    assert message.error or outages.current()
    server.dies_at = ""
    outbox.drain(now=message.created_at + timedelta(hours=1))
    message.refresh_from_db()
    assert message.state == ("accepted" if surely_not_sent else "unknown")
    assert len(server.accepted) == (1 if surely_not_sent or point == "accepted" else 0)


@pytest.mark.parametrize("point", ["connect", "rcpt", "text", "dot", "accepted"])
def test_the_worker_dies(server: Server, point: str, monkeypatch: Any) -> None:
    """kill -9 in the middle of a delivery: `unknown`, with "send again"; nobody gets it twice.

    Before the server has answered no letter is taken, so it goes out by itself.
    """
    message = hire()
    server.dies_at, server.holds = point, True
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            outbox.drain()
        finally:
            os._exit(0)
    assert server.waits.wait(20)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    server.holds, server.dies_at = False, ""
    monkeypatch.setattr(given_up, "DIED_AFTER", timedelta(0))
    _until_let_go()
    outbox.drain()
    message.refresh_from_db()
    taken = point != "connect"
    assert (message.state, "not known" in message.error) == ("unknown" if taken else "accepted", taken)
    outbox.drain(now=message.created_at + timedelta(days=1))
    assert len(server.accepted) <= 1
    assert Message.objects.count() == 1


def _until_let_go() -> None:
    """The database notices that the killed process is gone."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = "
                "'outbox_message' AND l.pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the killed process still has its locks")
