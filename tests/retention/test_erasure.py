"""Somebody who has left is erased: nothing of them is left anywhere, nobody else loses anything, and nights go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import zstandard
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.retention.erasure import job, request, restored
from schedulepop.sync.models import Change, ErasedEmployment, Erasure, Integration, Issue, Link, RawFeed, Run
from schedulepop.sync.plan import fingerprints, storage
from schedulepop.sync.run import feeds, runs
from tests import made
from tests.cli.conftest import cli
from tests.sync.conftest import PEOPLE, Payroll, payroll, synced

__all__ = ["cli", "payroll", "synced"]
pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
LUIS = PEOPLE[1]
LEFT = LUIS.replace("Active", "Terminated")
PACKED = re.compile(r"\\\\x[0-9a-f]+")
WORDS = ("Quintanar", "luis@", "555-0102", "5550102", "9002", '"002"')


@pytest.fixture(autouse=True)
def remembered_here(monkeypatch, tmp_path) -> None:
    """Tombstones of a test are no other one's."""
    monkeypatch.setattr(restored, "file", lambda: tmp_path / "tombstones")


def luis() -> User:
    return User.objects.get(last_name="Quintanar")


def everything() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, what is packed unpacked."""
    with connection.cursor() as cursor:
        for table in (one._meta.db_table for one in apps.get_models(include_auto_created=True)):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            yield from ((table, PACKED.sub("", text)) for (text,) in cursor.fetchall())
    for raw in RawFeed.objects.exclude(content=None):
        yield "file", zstandard.ZstdDecompressor().decompress(bytes(raw.content or b"")).decode()
    for run in Run.objects.exclude(plan=None):
        plan = storage.unpack(run.plan or b"")
        yield from ((name, str(frame.to_dicts()).replace("'", '"')) for name, frame in vars_of(plan).items())
    for (blob,) in Integration.objects.exclude(fingerprints=None).values_list("fingerprints__blob"):
        yield "prints", str([frame.to_dicts() for frame in fingerprints.unpack(blob)]).replace("'", '"')


def vars_of(plan: object) -> dict:
    from schedulepop.retention.traces import frames_of

    return frames_of(plan)  # type: ignore[arg-type]


def left_of_luis() -> set[str]:
    return {f"{where}: {word}" for where, text in everything() for word in WORDS if word in text}


@pytest.fixture
def gone(synced: Payroll) -> Payroll:
    """Luis had a new phone that could not be read, was named in somebody else's letter, did something, and left."""
    synced.sends(PEOPLE[0], LUIS.replace("(515) 555-0102", "none known"), *PEOPLE[2:])
    synced.runs()
    synced.sends(PEOPLE[0], LEFT, *PEOPLE[2:])
    synced.runs()
    synced.sends(PEOPLE[0].replace("0101", "0191"), LEFT, *PEOPLE[2:])
    synced.runs()
    other = User.objects.get(last_name="Calloway")
    owner = other.organization
    Message.objects.create(
        organization=owner, user=other, kind="digest", context={"lines": ["Luis Quintanar left"]}
    )
    AuditEntry.objects.create(
        organization=owner,
        actor=luis(),
        by="Luis Quintanar",
        door="web",
        verb="edited",
        subject="user",
        user=other,
    )
    AuditEntry.objects.create(
        organization=owner,
        by="x",
        door="web",
        verb="edited",
        subject="user",
        user=other,
        changes=[{"field": "note", "old": "", "new": "works with Luis Quintanar"}],
    )
    assert luis().memberships.get().status == "terminated"
    return synced


def erase(user: User) -> Erasure:
    made_ = request.request(user, user.username, actor=OPERATOR, at=now())
    assert job.go_on(made_.pk, now())
    made_.refresh_from_db()
    return made_


def test_nothing_of_them_is_left_and_nobody_else_loses_anything(gone: Payroll) -> None:
    before = {
        "changes": Change.objects.exclude(user=luis()).count(),
        "people": User.objects.count() - 1,
        "runs": Run.objects.count(),
    }
    assert len(left_of_luis()) > 10
    erasure = erase(luis())
    kept = {one for one in left_of_luis() if one.startswith("sync_erasedemployment")}
    assert left_of_luis() == kept
    assert before == {
        "changes": Change.objects.count(),
        "people": User.objects.count(),
        "runs": Run.objects.count(),
    }
    assert erasure.sealed == ""
    assert erasure.user_id is None
    assert erasure.gone["payroll files"] == 4
    entry = AuditEntry.objects.get(verb="erased")
    assert (entry.subject, entry.subject_id, entry.user) == ("erasure", erasure.pk, None)
    for raw in RawFeed.objects.all():
        feed = feeds.read_stored(raw, feeds.policy_of(raw.integration))
        assert feed.table["row"].to_list() == [2, 4, 5, 6, 7], "the others stand where they stood"


def test_tonights_file_does_not_make_them_again_nor_keep_them(gone: Payroll) -> None:
    erase(luis())
    gone.sends(PEOPLE[0], LEFT, *PEOPLE[2:5], PEOPLE[5].replace("0106", "0196"))
    run = gone.runs()
    assert (run.state, run.counts["excluded"], run.counts["updated"]) == ("applied", 1, 2)
    issue = Issue.objects.get(code="erased", resolved_at=None)
    assert issue.rows[0]["row"] == 3
    assert {one for one in left_of_luis() if "erasedemployment" not in one} == set()
    assert gone.runs().state in ("applied", "skipped"), "and the same file again"
    assert {one for one in left_of_luis() if "erasedemployment" not in one} == set()


def test_whoever_is_hired_again_is_a_new_person(gone: Payroll) -> None:
    old = luis().pk
    erase(luis())
    gone.sends(PEOPLE[0].replace("0101", "0191"), LUIS, *PEOPLE[2:])
    assert gone.runs().counts["created"] == 1
    assert luis().pk != old
    assert Link.objects.get(source_id="002").user == luis()
    gone.sends(PEOPLE[0].replace("0101", "0191"), LEFT, *PEOPLE[2:])
    assert gone.runs().counts["deactivated"] == 1, "a link counts, and no tombstone"


def test_cms_keeps_id_and_days_without_a_name(gone: Payroll) -> None:
    from schedulepop.cms import Quarter
    from schedulepop.sync.cms import employee_section

    place, today = luis().memberships.get().location, now().date()
    quarter = Quarter.of(today)
    before = employee_section.collect(place, quarter, today)
    erase(luis())
    after = employee_section.collect(place, quarter, today)
    assert employee_section.write(after) == employee_section.write(before)
    assert ErasedEmployment.objects.get().employee_id == "002"


def test_without_cms_nothing_stays(gone: Payroll) -> None:
    Organization.objects.update(cms_codes=False)
    erase(luis())
    assert left_of_luis() == set()


def test_killed_after_any_step_it_goes_on_and_finishes(gone: Payroll, monkeypatch) -> None:
    asked = request.request(luis(), luis().username, actor=OPERATOR, at=now())
    done, account, last = job._do, job.account.erase, ""

    def dies(erasure: Erasure, name: str, steps: object) -> None:
        done(erasure, name, steps)  # type: ignore[arg-type]
        if name == last:
            raise KeyboardInterrupt

    def dies_at_once(erasure: Erasure) -> None:
        account(erasure)
        raise KeyboardInterrupt

    monkeypatch.setattr(job.account, "erase", dies_at_once)
    with pytest.raises(KeyboardInterrupt):
        job.go_on(asked.pk, now())
    monkeypatch.setattr(job.account, "erase", account)
    monkeypatch.setattr(job, "_do", dies)
    for last in job.STEPS:  # noqa: B007 (`dies` reads it)
        with pytest.raises(KeyboardInterrupt):
            job.go_on(asked.pk, now())
        assert Erasure.objects.get().finished_at is None
    last = ""
    job.of_all(now())
    assert {one for one in left_of_luis() if "erasedemployment" not in one} == set()
    assert Erasure.objects.get().finished_at is not None
    assert ErasedEmployment.objects.count() == 1, "kept once"


def test_while_a_run_is_under_way_the_rest_waits(gone: Payroll) -> None:
    asked = request.request(luis(), luis().username, actor=OPERATOR, at=now())
    run = runs.request(gone.integration, trigger="manual", actor=OPERATOR)  # type: ignore[arg-type]
    assert not job.go_on(asked.pk, now())
    assert not User.objects.filter(last_name="Quintanar").exists()
    runs.drive(run.pk)
    assert job.go_on(asked.pk, now())
    assert {one for one in left_of_luis() if "erasedemployment" not in one} == set()


def test_who_cannot_be_erased(gone: Payroll) -> None:
    def refused(user: User, actor: Actor = OPERATOR, typed: str | None = None) -> str:
        with pytest.raises((Refused, NotAllowed)) as told:
            request.request(user, user.username if typed is None else typed, actor=actor, at=now())
        return str(told.value)

    assert "still employed" in refused(User.objects.get(last_name="Calloway"))
    assert "Type " in refused(luis(), typed="luis")
    place = luis().memberships.get().location
    assert "Only an admin" in refused(luis(), Actor.of(made.manager(place)))
    assert "Only an admin" in refused(luis(), Actor.of(made.client_success(place.organization)))
    second = made.location(place.organization, "Oak Hill", "102")
    made.membership(luis(), second)
    assert "still employed" in refused(luis())
    Membership.objects.filter(location=second).delete()
    gone.sends(PEOPLE[0].replace("0101", "0191"), LUIS, *PEOPLE[2:4])
    gone.runs()
    if luis().memberships.get().status == "terminated":
        assert "waits for a decision" in refused(luis())


def test_the_page_and_the_command(gone: Payroll, client, cli) -> None:
    place, user = luis().memberships.get().location, luis()
    client.force_login(made.admin(place.organization))
    at = [user.pk, place.pk]
    assert (
        reverse("profile-erase", args=at) in client.get(reverse("profile-account", args=at)).content.decode()
    )
    page = client.get(reverse("profile-erase", args=at)).content.decode()
    assert "4 rows of kept payroll files" in page
    assert "1 employment with its ID and days" in page
    assert client.post(reverse("profile-erase", args=at), {"username": "luis"}).status_code == 422
    said = cli("users", "erase", place.organization.slug, user.username)
    assert "Nothing is erased yet" in said.stdout
    assert not Erasure.objects.exists()
    assert client.post(reverse("profile-erase", args=at), {"username": user.username}).status_code == 302
    again = cli("users", "erase", place.organization.slug, user.username, "--confirm", user.username)
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    assert jobs.erase_person.name == "erase_person", "as the row that queues it says"
    job.go_on(Erasure.objects.get().pk, now())
    assert Erasure.objects.get().finished_at is not None
    assert client.get(reverse("profile-account", args=at)).status_code == 404
