"""Backup and restore, on a real server: everything comes back, or nothing has changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.postgres import ServerError, archive
from schedulepop.retention.erasure import job, request, restored
from schedulepop.sync.models import Fingerprints, Tombstone
from tests import started
from tests.sync.conftest import payroll

__all__ = ["payroll"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def command(environment):
    """`command("backup", file)` in a process of its own; nobody of this one is connected meanwhile."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        connections.close_all()
        return started.run(*words, env=environment)

    return run


@pytest.fixture
def saved(payroll, command, tmp_path: Path) -> Path:
    """A backup after a first sync of six people, when one welcome waited."""
    payroll.first_sync()
    outbox.queue_welcome(User.objects.exclude(email="").earliest("pk"))
    file = tmp_path / "night.backup"
    done = command("backup", file)
    assert (done.returncode, "Written" in done.stdout) == (0, True), done.stderr
    return file


def test_whoever_changed_since_is_as_before(saved, command) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    User.objects.update(phone="+12155550199")
    Organization.objects.create(name="Later", slug="later", timezone="America/New_York")
    done = command("restore", saved, "--replace")
    assert done.returncode == 0, done.stderr
    assert "1 of the letters waited" in done.stdout
    assert not User.objects.filter(phone="+12155550199").exists()
    assert not Organization.objects.filter(slug="later").exists()
    entry = AuditEntry.objects.get(verb="restored")
    assert (entry.subject, entry.changes[0]["new"]) == ("database", "night.backup")


def test_no_letter_goes_out_twice_and_everybody_is_compared(saved, command, mailbox) -> None:
    outbox.drain()
    assert command("restore", saved, "--replace").returncode == 0
    assert outbox.drain().accepted == 0
    assert Message.objects.get().state == "unknown"
    assert not Fingerprints.objects.exclude(compared_on=None).exists()


@pytest.mark.parametrize("lost", [False, True], ids=["replaced", "a-new-machine"])
def test_whoever_was_erased_since_is_erased_again(saved, command, payroll, lost: bool) -> None:
    """Known from the database that is replaced, or where that is lost from the state folder."""
    Membership.objects.filter(user__last_name="Quintanar").update(status="terminated")
    again = saved.with_name("ended.backup")
    assert command("backup", again).returncode == 0
    user = User.objects.get(last_name="Quintanar")
    operator = Actor.operator("test")
    asked = request.request(user, user.username, actor=operator, at=now())
    assert job.go_on(asked.pk, now())
    if lost:
        Tombstone.objects.all().delete()
    else:
        restored.file().unlink()
    done = command("restore", again, "--replace")
    assert "1 of the people in it were erased" in done.stdout, done.stderr
    assert User.objects.filter(last_name="Quintanar").exists()
    job.of_all(now())
    assert not User.objects.filter(last_name="Quintanar").exists()
    employed = command("restore", saved, "--replace")
    assert "Look at each, and use `users erase`" in employed.stdout
    assert user.username in employed.stdout
    restored.file().unlink(missing_ok=True)


def test_the_app_has_its_rights_and_goes_on(saved, command, payroll) -> None:
    """The app's role reads and writes, but for the audit trail; the sync goes on where it was."""
    assert command("restore", saved, "--replace").returncode == 0
    payroll.integration.refresh_from_db()
    assert payroll.runs().counts["unchanged"] == 6
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('accounts_auditentry', 'UPDATE')")
        assert cursor.fetchone() == (False,)


def test_people_are_not_replaced_unasked(saved, command) -> None:
    done = command("restore", saved)
    assert (done.returncode, "--replace" in done.stderr) == (1, True)
    assert not AuditEntry.objects.filter(verb="restored").exists()


def test_a_newer_backup_is_refused(payroll, command, tmp_path, database_urls) -> None:
    with psycopg.connect(database_urls.migrate) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('sync', '9999_later', now())"
        )
    assert command("backup", tmp_path / "newer").returncode == 0
    with psycopg.connect(database_urls.migrate) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    done = command("restore", tmp_path / "newer", "--replace")
    assert (done.returncode, "newer version" in done.stderr) == (1, True)
    assert Organization.objects.exists()


def test_a_cut_file_changes_nothing(saved, command, database_urls) -> None:
    """Whether it is noticed before anything is touched or in the middle of it."""
    whole, before = saved.read_bytes(), User.objects.count()
    saved.write_bytes(whole[: len(whole) * 3 // 4])
    done = command("restore", saved, "--replace")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    with pytest.raises(ServerError, match="pg_restore says"), archive.restored(database_urls.migrate, saved):
        pytest.fail("it was never in place")
    assert User.objects.count() == before
    assert schemas_of_ours() == 0


def test_what_a_killed_restore_left_is_put_back(saved, command, database_urls) -> None:
    connections.close_all()
    with psycopg.connect(database_urls.migrate, autocommit=True) as connection:
        connection.execute(f"ALTER SCHEMA public RENAME TO {archive.BEFORE}")
        connection.execute("CREATE SCHEMA public")
    done = command("users", "list", "maple-health")
    assert (done.returncode, "6 memberships" in done.stdout) == (0, True), done.stdout + done.stderr
    assert Organization.objects.exists()


RESTORE = """
import sys, time
from pathlib import Path
from schedulepop.postgres import archive

with archive.restored(sys.argv[1], Path(sys.argv[2])):
    print("in place", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("whom", ["the command alone", "pg_restore as well"])
def test_a_kill_in_the_middle_leaves_the_old_state_and_the_next_restore_works(
    saved, command, database_urls, environment, whom: str
) -> None:
    """`kill -9` while pg_restore writes; left alone it may even go on and finish, and still nothing has changed."""
    Organization.objects.create(name="Later", slug="later", timezone="America/New_York")
    connections.close_all()
    with psycopg.connect(database_urls.owner) as holds:
        holds.execute(
            "LOCK TABLE pg_catalog.pg_sequence IN EXCLUSIVE MODE"
        )  # pg_restore waits at the first sequence
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORE, database_urls.migrate, str(saved)],
            env=environment,
            start_new_session=True,
        )
        wait_until(lambda: waiting(database_urls.owner) == 1)
        if whom == "the command alone":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    done = command("users", "list", "maple-health")
    assert (done.returncode, "6 memberships" in done.stdout) == (0, True), done.stdout + done.stderr
    assert Organization.objects.filter(slug="later").exists(), "as it was before the restore"
    assert schemas_of_ours() == 0
    wait_until(lambda: waiting(database_urls.owner) == 0)
    assert command("restore", saved, "--replace").returncode == 0
    assert not Organization.objects.filter(slug="later").exists()
    assert schemas_of_ours() == 0


def test_a_kill_when_everything_is_in_place_but_not_yet_true(
    saved, command, database_urls, environment
) -> None:
    """Between pg_restore and what a backup cannot know, such as letters that went out since."""
    Organization.objects.create(name="Later", slug="later", timezone="America/New_York")
    connections.close_all()
    child = subprocess.Popen(
        [sys.executable, "-c", RESTORE, database_urls.migrate, str(saved)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "in place\n"
    meanwhile = command("users", "list", "maple-health")
    assert (meanwhile.returncode, "Wait until that is done" in meanwhile.stderr) == (1, True), (
        meanwhile.stderr
    )
    child.kill()
    child.communicate()
    done = command("users", "list", "later")
    assert (done.returncode, "0 memberships" in done.stdout) == (0, True), done.stdout + done.stderr
    assert schemas_of_ours() == 0


def waiting(url: str) -> int:
    """How many programs of PostgreSQL's are at work on a restore."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_restore' "
            "AND (wait_event_type = 'Lock' OR state <> 'idle')"
        ).fetchone()
    return int(row[0]) if row else 0


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


def schemas_of_ours() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'schedulepop%'")
        return int(cursor.fetchone()[0])


def test_somebody_connected_a_file_that_is_there_and_one_that_is_not(saved, command, database_urls) -> None:
    with psycopg.connect(database_urls.app):
        done = command("restore", saved, "--replace")
    assert (done.returncode, "Stop web and worker" in done.stderr) == (1, True)
    assert "there already" in command("backup", saved).stderr
    assert "There is no file" in command("restore", saved.with_name("other")).stderr
    assert "no folder" in command("backup", saved.parent / "none" / "file").stderr
