"""Canaries in a night and in sign-in, through real processes: no log and no job has one, a letter only its own link."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts import invitations
from schedulepop.accounts.models import Invitation
from tests import made
from tests.faults.attack import web
from tests.faults.test_worker import OPERATOR, until
from tests.sync.conftest import HEADER, PEOPLE

pytestmark = pytest.mark.django_db(transaction=True)
NAME, SSN, PAY, PASSWORD = "Quillfeatherstone", "219-09-9847", "7391.55", "Canary-of-a-password-41"
HIRE = f"007,9007,Canaria,{NAME},canaria@example.com,(515) 555-0107,101,RN,East Wing,Active,2026-01-05,{SSN},{PAY}"


@contextlib.contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[None]:
    """A worker whose every word is kept."""
    with log.open("ab") as kept:
        process = subprocess.Popen(
            [sys.executable, "-m", "schedulepop", "worker"],
            env={**environment, "SCHEDULEPOP_SWEEP_SECONDS": "0.2"},
            stdout=kept,
            stderr=kept,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ask(port: int, path: str, *, host: str = "127.0.0.1", **form: str) -> int:
    """The status of an answer."""
    body = urllib.parse.urlencode(form).encode() if form else None
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {"Host": host})
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_night_and_a_morning_of_failures(environment, payroll, tmp_path: Path, capfd) -> None:  # type: ignore[no-untyped-def]
    payroll.first_sync()
    payroll.path.write_text(
        "\n".join([f"{HEADER},Social,Hourly Pay", *(f"{one},,20.00" for one in PEOPLE), HIRE]) + "\n"
    )
    log = tmp_path / "worker.log"
    run = jobs.request_run(payroll.integration, trigger="manual", actor=OPERATOR)
    with worker(environment, log):
        assert until(run, "applied", "held", "planned").counts["read"] == 7
    payroll.path.write_bytes(b"\x00" + HIRE.encode())  # and a file that cannot be read
    broken = jobs.request_run(payroll.integration, trigger="manual", actor=OPERATOR)
    with worker(environment, log):
        until(broken, "failed", "held")

    person = made.person(
        payroll.integration.organization.locations.all()[0], f"Ada {NAME}", password=PASSWORD
    )
    token = invitations.create(person, Invitation.SET_UP, now())
    log_of_web = tmp_path / "web.log"
    with log_of_web.open("wb") as kept, web(environment, kept) as (port, _):
        seen = {
            ask(port, f"/set-up/{token}/"),
            ask(port, f"/set-up/{token}/", password=PASSWORD),
            ask(port, f"/confirm/{token}/"),
            ask(port, f"/nowhere/{token}/"),
            ask(port, f"/set-up/{token}/", host="evil.example"),
            ask(port, f"/set-up/{token}/", password="x" * 70_000),
            ask(port, f"/set-up/{token}%00/"),
            ask(port, "/sign-in/", username=person.username, password=PASSWORD),
            ask(port, f"/sign-out/?{token}"),
        }
    assert {200, 400, 403, 404, 405, 413} <= seen

    told = log.read_text() + log_of_web.read_text() + "".join(capfd.readouterr())
    with connection.cursor() as cursor:
        for table in ("procrastinate_jobs", "procrastinate_events"):
            cursor.execute(f"SELECT string_agg({table}::text, ' ') FROM {table}")
            told += cursor.fetchone()[0] or ""
    assert "set-up" in told
    for canary in (NAME, SSN, "7391", PASSWORD, token, "canaria@example.com"):
        assert canary not in told
