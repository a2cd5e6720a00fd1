"""What a drop address makes of files: several of one night, dates in names, and a job that tries again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.connectors.file import FILE
from schedulepop.directory.models import Membership
from schedulepop.lib.formats import make_key_pair
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.integrations import (
    drop_addresses,
    dropped_files,
    forget_pay,
    lifecycle,
    schedule,
    secrets,
)
from schedulepop.sync.integrations.dropped_files import Receipt
from schedulepop.sync.models import Arrival, DropAddress, Integration, RawFeed
from schedulepop.sync.run import arrivals, runs
from tests import made
from tests.lib.formats.receiving import encrypted
from tests.saying import refusing
from tests.sync.conftest import PEOPLE
from tests.sync.integrations.dropping import HIRE, OPERATOR, Drop, export, maple_grove

pytestmark = pytest.mark.django_db
GROVE, HILL = PEOPLE[:3], PEOPLE[3:]


def arrives(drop: Drop, *people: str, name: str = "export.csv", at: datetime | None = None) -> Receipt:
    return dropped_files.receive(drop.integration, export(*people), name=name, at=at or now())


@pytest.fixture
def facilities() -> Drop:
    """A file for each of two facilities; the first sync was that of yesterday's."""
    drop = maple_grove(each_facility=True, wait_hours=4, date_in_name="%Y%m%d")
    yesterday = now() - timedelta(days=1)
    for name, people in (("grove", GROVE), ("hill", HILL)):
        arrives(drop, *people, name=f"{name}_{yesterday:%Y%m%d}.csv", at=yesterday)
    drop.first_sync()
    DropAddress.objects.update(run_at=None)
    return drop


def test_a_night_of_several_files_is_one_sync_when_all_are_there(facilities: Drop) -> None:
    assert Membership.objects.filter(status="active").count() == 6
    at, today = now(), f"{now():%Y%m%d}"
    first = arrives(facilities, *GROVE, HIRE, name=f"grove_{today}.csv", at=at)
    assert first.waits_until is not None
    assert timedelta(hours=3, minutes=59) < first.waits_until - at <= timedelta(hours=4)
    assert jobs.start_arrived(at + timedelta(minutes=1)) == []
    second = arrives(facilities, *HILL, name=f"hill_{today}.csv", at=at + timedelta(minutes=9))
    assert second.waits_until is None
    (run,) = jobs.start_arrived(at + timedelta(minutes=9))
    run = runs.drive(run.pk)
    assert (run.state, run.counts["created"], run.counts["read"]) == ("applied", 1, 7)


def test_the_nightly_sync_does_not_read_half_a_night(facilities: Drop) -> None:
    at = now()
    Integration.objects.update(created_at=at - timedelta(days=9))
    facilities.integration.runs.update(local_date=at.date() - timedelta(days=1))
    arrives(facilities, *GROVE, name=f"grove_{at:%Y%m%d}.csv", at=at)
    due = schedule.due_at(facilities.integration, facilities.integration.local_date(at) + timedelta(days=1))
    DropAddress.objects.update(run_at=due + timedelta(hours=1))
    assert jobs.start_due(due) == []
    DropAddress.objects.update(run_at=None)
    assert len(jobs.start_due(due)) == 1


def test_what_does_not_come_within_the_hours_is_said_as_such(facilities: Drop) -> None:
    at = now()
    arrives(facilities, *GROVE, name=f"grove_{at:%Y%m%d}.csv", at=at - timedelta(hours=4, minutes=1))
    (run,) = jobs.start_arrived(at)
    run = runs.drive(run.pk)
    assert (run.state, run.error_code) == ("failed", "page_missing")
    assert "1 of 2 facilities have sent a new file" in run.error
    assert Membership.objects.filter(status="active").count() == 6


def test_a_facility_that_has_closed_is_no_longer_waited_for(facilities: Drop) -> None:
    at = now()
    with pytest.raises(Refused, match="No file called like oak"):
        drop_addresses.forget(facilities.integration, "oak.csv", actor=OPERATOR)
    assert drop_addresses.forget(facilities.integration, f"hill_{at:%Y%m%d}.csv", actor=OPERATOR) == 1
    assert arrives(facilities, *PEOPLE, name=f"grove_{at:%Y%m%d}.csv", at=at).waits_until is None
    assert AuditEntry.objects.filter(verb="forgot_files").count() == 1


def test_each_facilitys_file_alone_is_not_the_file_of_the_set_up(facilities: Drop) -> None:
    from schedulepop.sync.run import feeds

    latest = feeds.latest(facilities.integration)
    assert latest is not None
    assert " , ".join(sorted(latest.name.split(", "))).count(".csv") == 2


def test_the_newest_by_its_name_wins_whatever_came_last() -> None:
    drop = maple_grove(date_in_name="%Y%m%d")
    arrives(drop, *PEOPLE, HIRE, name="staff_20261128.csv")
    arrives(drop, *PEOPLE, name="staff_20261127.csv")
    run = runs.drive(runs.request(drop.integration, trigger="manual", actor=OPERATOR).pk)
    assert (run.raw.name, run.counts["created"]) == ("staff_20261128.csv", 7)
    assert Arrival.objects.count() == 2


def test_a_name_without_its_date_is_refused() -> None:
    drop = maple_grove(date_in_name="%Y%m%d")
    with refusing(NeedsAdmin, "no date written as %Y%m%d in the name staff"):
        arrives(drop, name="staff.csv")
    assert not RawFeed.objects.exists()


def test_the_next_night_may_have_the_same_bytes() -> None:
    drop = maple_grove()
    at = now() - timedelta(days=1)
    assert not arrives(drop, at=at).again
    assert arrives(drop, at=at + timedelta(minutes=59)).again
    assert not arrives(drop, at=at + timedelta(days=1)).again
    assert (RawFeed.objects.count(), Arrival.objects.count()) == (1, 2)


def test_nothing_new_at_night_is_a_sync_that_changes_nobody() -> None:
    drop = maple_grove()
    arrives(drop)
    drop.first_sync()
    run = runs.drive(runs.request(drop.integration, trigger="schedule", actor=OPERATOR).pk)
    assert (run.state, run.counts["unchanged"]) == ("applied", 6)


def test_an_address_where_nothing_has_arrived_says_so() -> None:
    drop = maple_grove()
    answer = lifecycle.test(drop.integration, actor=OPERATOR)
    assert (answer.ok, answer.sentence.partition(".")[0]) == (
        False,
        "Nothing has arrived at the drop address yet",
    )
    arrives(drop)
    assert lifecycle.test(drop.integration, actor=OPERATOR).sentence.startswith("export.csv: 6 records.")


def test_columns_nobody_mapped_go_when_a_sync_has_read_the_file() -> None:
    drop = maple_grove()
    arrives(drop)
    drop.first_sync()
    lines = export(*PEOPLE, HIRE).decode().splitlines()
    body = "\n".join([lines[0] + ",Shirt", *(f"{line},size-M" for line in lines[1:])]).encode()
    dropped_files.receive(drop.integration, body, name="export.csv", at=now())
    assert b"size-M" in arrivals.of(drop.integration)[0].content()
    (run,) = jobs.start_arrived(now())
    assert runs.drive(run.pk).counts["created"] == 1
    assert b"size-M" not in arrivals.of(drop.integration)[0].content()


def test_a_file_for_the_integrations_own_key_is_opened() -> None:
    drop, keys = maple_grove(), make_key_pair("Maple Health")
    secrets.store(drop.integration, {"pgp_key": keys.secret}, actor=OPERATOR)
    body = encrypted(export(), keys)
    receipt = dropped_files.receive(drop.integration, body, name="export.csv.pgp", at=now())
    assert (receipt.arrival.records, receipt.arrival.size) == (6, len(body))


def test_pay_that_is_switched_off_goes_from_what_waits() -> None:
    drop = maple_grove()
    lifecycle.set_policy(drop.integration, {"pay": "on"}, actor=OPERATOR)
    drop.integration.refresh_from_db()
    lines = export().decode().splitlines()
    body = "\n".join([lines[0] + ",Hourly Rate", *(f"{line},31.75" for line in lines[1:])]).encode()
    dropped_files.receive(drop.integration, body, name="export.csv", at=now())
    assert b"31.75" in arrivals.of(drop.integration)[0].content()
    forget_pay.forget(drop.integration, actor=OPERATOR, now=now())
    assert b"31.75" not in arrivals.of(drop.integration)[0].content()


def test_only_those_who_store_credentials_make_an_address() -> None:
    drop = maple_grove()
    org = drop.integration.organization
    with pytest.raises(NotAllowed, match="in two steps"):
        drop_addresses.make(drop.integration, actor=Actor.of(made.admin(org)))
    manager = made.manager(org.locations.get(), "Marisol Tate")
    for refused in (drop_addresses.make, drop_addresses.revoke):
        with pytest.raises(NotAllowed):
            refused(drop.integration, actor=Actor.of(manager))
    other = lifecycle.add(org, "Uploads", connector=FILE.kind, config={}, actor=OPERATOR)
    with pytest.raises(Refused, match="takes no files by a drop address"):
        drop_addresses.make(other, actor=OPERATOR)


def test_every_turn_of_an_address_is_audited_without_its_token() -> None:
    drop = maple_grove()
    _, token = drop_addresses.make(drop.integration, actor=OPERATOR)
    drop_addresses.revoke(drop.integration, actor=OPERATOR)
    entries = AuditEntry.objects.filter(subject="integration", verb="stored_secrets").order_by("pk")
    turns = [(one.changes[0]["old"], one.changes[0]["new"]) for one in entries]
    assert turns == [(None, "set"), ("set", "set"), ("set", None)]
    assert token not in str(list(entries.values()))
    assert drop.token not in str(list(entries.values()))
    with pytest.raises(Refused, match="has no drop address"):
        drop_addresses.revoke(drop.integration, actor=OPERATOR)
