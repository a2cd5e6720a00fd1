"""What is past its time goes, a batch a transaction; what somebody still needs stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection, connections
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.messages.models import Message
from schedulepop.retention import upkeep
from schedulepop.sync.models import Change, Integration, RawFeed, Run
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs, speaking
from tests import made
from tests.sync.conftest import PEOPLE, Payroll, payroll, synced

__all__ = ["payroll", "synced"]
pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def after(days: int) -> datetime:
    return now() + timedelta(days=days)


@pytest.fixture
def nights(synced: Payroll) -> Payroll:
    """Three more nights: a phone that changes, nothing new, an address that changes."""
    synced.sends(PEOPLE[0].replace("0101", "0191"), *PEOPLE[1:])
    synced.runs()
    synced.runs()
    synced.sends(PEOPLE[0].replace("0101", "0191"), PEOPLE[1].replace("luis@", "l.q@"), *PEOPLE[2:])
    synced.runs()
    return synced


def with_plans() -> list[int]:
    return list(Run.objects.filter(plan__isnull=False).order_by("number").values_list("number", flat=True))


def test_before_their_day_nothing_goes(nights: Payroll) -> None:
    plans = with_plans()
    assert upkeep.of_all(after(29)) == {}
    assert (with_plans(), RawFeed.objects.count()) == (plans, 3)


def test_plans_go_but_for_the_one_that_speaks(nights: Payroll) -> None:
    integration = Integration.objects.get()
    before = speaking.heard(integration)
    last = Run.objects.latest("number")
    assert upkeep.of_all(after(31))["plans"] == len(Run.objects.exclude(pk=last.pk))
    assert with_plans() == [last.number]
    assert speaking.heard(integration) == before
    assert Change.objects.filter(run__number=2).count() == 1, "what it did is told from its history"


def test_files_go_but_for_the_last_one_and_the_nights_go_on(nights: Payroll) -> None:
    last = Run.objects.latest("number")
    assert upkeep.of_all(after(91))["files"] == 2
    assert list(RawFeed.objects.values_list("pk", flat=True)) == [last.raw_id]
    assert Run.objects.get(number=1).raw is None
    assert nights.runs().counts["unchanged"] == len(PEOPLE), "byte for byte what was applied last"
    nights.sends(*PEOPLE)
    assert nights.runs().counts["updated"] == 2, "a file that was there before, and went"


def test_what_was_done_can_be_taken_back_without_plan_and_file(nights: Payroll) -> None:
    upkeep.of_all(after(91))
    run = Run.objects.get(number=2)
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)
    assert made.User.objects.get(last_name="Calloway").phone == "+15155550101"


def test_what_waits_keeps_its_plan_and_its_file(synced: Payroll) -> None:
    synced.sends(*PEOPLE[:2])
    held = synced.runs()
    assert held.state == "held"
    upkeep.of_all(after(3 * 365))
    held = runs.with_id(held.pk)
    assert held.raw is not None
    assert runs.stored_plan(held) is not None
    assert speaking.heard(Integration.objects.get()).waits


def test_an_organization_has_its_own_periods(nights: Payroll) -> None:
    Organization.objects.update(keep_plans_days=60, keep_feeds_days=400)
    assert upkeep.of_all(after(59)) == {}
    assert set(upkeep.of_all(after(92))) == {"plans"}


def test_history_goes_after_its_years_run_by_run(nights: Payroll) -> None:
    letters = Message.objects.count()
    gone = upkeep.of_all(after(7 * 366))
    assert gone["runs"] >= 3
    last = Run.objects.get()
    assert last.plan is not None, "what the list is compared with stays"
    assert set(Change.objects.values_list("run_id", flat=True)) <= {last.pk}
    assert Message.objects.count() == letters, "the newest of each kind: nobody is welcomed twice"
    entry = AuditEntry.objects.get(verb="expired")
    assert {one["field"]: one["old"] for one in entry.changes}["runs"] == gone["runs"]


def test_the_trail_is_not_shortened_by_a_clock(nights: Payroll) -> None:
    """Three years have to be over by the database's own clock, whatever day the worker believes it is."""
    trail = AuditEntry.objects.count()
    upkeep.of_all(after(20 * 365))
    assert AuditEntry.objects.exclude(verb="expired").count() == trail


def test_a_day_is_done_once_and_says_what_went(nights: Payroll) -> None:
    at = after(31)
    gone = upkeep.of_all(at)
    organization = Organization.objects.get()
    assert organization.upkeep_on == at.date()
    assert organization.upkeep == {"on": at.date().isoformat(), "last": gone, "all": gone}
    assert upkeep.due(at + timedelta(hours=1)) == [] or at.hour == 23
    assert upkeep.due(at + timedelta(days=1)) == [organization.pk]


def test_killed_in_the_middle_the_next_call_goes_on(nights: Payroll, monkeypatch) -> None:
    """Each batch is over for good, and is counted with what it took."""
    monkeypatch.setattr(upkeep, "BATCH", 1)
    counted, taken = upkeep._counted, []

    def dies(*given: object) -> None:
        counted(*given)  # type: ignore[arg-type]
        taken.append(given)
        if len(taken) == 2:
            raise KeyboardInterrupt

    plans = len(with_plans())
    monkeypatch.setattr(upkeep, "_counted", dies)
    with pytest.raises(KeyboardInterrupt):
        upkeep.of_all(after(31))
    assert len(with_plans()) == plans - 1, "the second batch was rolled back with its figure"
    assert Organization.objects.get().upkeep["last"] == {"plans": 1}
    upkeep.of_all(after(31))
    assert Organization.objects.get().upkeep["last"] == {"plans": plans - 1}


def test_time_over_the_next_call_goes_on(nights: Payroll) -> None:
    assert upkeep.of_all(after(31), go_on=lambda: False) == {}
    assert "plans" in upkeep.of_all(after(31))


def test_the_hourly_job_does_it(nights: Payroll, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    jobs.hourly_upkeep(timestamp=0)
    assert Organization.objects.get().upkeep_on is not None


@pytest.mark.django_db(transaction=True)
def test_entries_past_their_years_go_by_the_owners_hand_alone(database_urls) -> None:
    org = made.organization()
    made.location(org)
    for _ in range(2):
        AuditEntry.objects.create(organization=org, by="x", door="cli", verb="added", subject="user")
    with psycopg.connect(database_urls.migrate) as owner:  # as if it had been eight years ago
        owner.execute(
            "UPDATE accounts_auditentry"
            " SET at = at - interval '8 years', recorded_at = recorded_at - interval '8 years'"
            " WHERE id = (SELECT min(id) FROM accounts_auditentry)"
        )
    assert upkeep.of_all(now())["audit"] == 1
    assert sorted(AuditEntry.objects.values_list("verb", flat=True)) == ["added", "expired"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('accounts_auditentry', 'DELETE')")
        assert cursor.fetchone() == (False,)
    connections.close_all()
    with psycopg.connect(database_urls.web) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT expire_audit(1, now(), 1)")
