"""Apply: missing counters, touched marks, issues."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Issue, MissingLink, Touched
from schedulepop.sync.plan.frames.outcomes import HOLD, RECORD
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS
from schedulepop.sync.run.apply import Compared
from tests import made
from tests.sync.run.apply.apply_house import TODAY, House, change, frame, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def test_missing_counters_become_those_of_the_run(house: House) -> None:
    schema = SNAPSHOT_SCHEMAS["missing"]
    gone = {"source_id": "001", "feeds": 1, "since": TODAY, "counted_sha": "a", "about": "person"}
    house.apply(plan(missing=frame([gone, {**gone, "source_id": "002"}], schema)))
    kept = MissingLink.objects.get(source_id="001").pk
    house.apply(plan(missing=frame([{**gone, "feeds": 2, "counted_sha": "b"}], schema)))
    row = MissingLink.objects.get()
    assert (row.pk, row.feeds, row.counted_sha) == (kept, 2, "b")


def test_a_mark_set_again_since_it_was_read_stays(house: House) -> None:
    first, second = house.member(), house.member(source_id="002")
    for member in (first, second):
        member.user.phone = "+15155550111"
        member.user.save()
    marks = [(t.link_id, t.link.source_id, t.version) for t in Touched.objects.order_by("link_id")]
    second.user.phone = "+15155550112"
    second.user.save()
    house.apply(plan(), compared=Compared(dirty_links=marks))
    assert [t.link.source_id for t in Touched.objects.all()] == ["002"]


def problem(
    source_id: str | None = "001", code: str = "phone_unreadable", key: str | None = None
) -> dict[str, Any]:
    return {
        "code": code,
        "row": 2,
        "source_id": source_id,
        "column": "Phone",
        "value": "…",
        "key": key or source_id,
        "reason": code,
    }


def test_issues_open_once_follow_their_rows_and_resolve(house: House) -> None:
    member = house.member()
    records = frame([{"row": 2, "source_id": "001", "name": "Ann Lee", "user_id": member.user_id}], RECORD)
    codes = [problem(f"{n:03d}", "unmapped_zone", "mc-2") for n in range(60)]
    seen = plan(problems=[problem(), *codes], records=records)
    assert house.apply(seen).issues_opened == 2
    phone, zone = Issue.objects.get(code="phone_unreadable"), Issue.objects.get(code="unmapped_zone")
    assert (phone.key, phone.user, phone.count, zone.count, len(zone.rows)) == ("001", member.user, 1, 60, 50)
    assert phone.rows == [
        {
            "row": 2,
            "source_id": "001",
            "name": "Ann Lee",
            "column": "Phone",
            "value": "…",
            "reason": "phone_unreadable",
            "params": None,
        }
    ]
    done = house.apply(plan(problems=[problem(), *codes[:59]], records=records))
    zone.refresh_from_db()
    assert (done.issues_opened, done.issues_resolved, zone.count) == (0, 0, 59)
    assert house.apply(plan(problems=codes[:59])).issues_resolved == 1
    phone.refresh_from_db()
    assert (phone.resolved_at, phone.resolved_by) == (made.NOON, "sync run 3")
    assert house.apply(seen).issues_opened == 1


def test_an_issue_stays_open_while_its_record_was_not_looked_at(house: House) -> None:
    house.apply(plan(problems=[problem(), problem("002")]))
    assert house.apply(plan(), compared=Compared({"002"}, full=False)).issues_resolved == 1
    assert Issue.objects.get(resolved_at=None).key == "001"


def test_a_hold_is_an_issue_until_somebody_decides(house: House) -> None:
    hold = {
        "rule": "removals_location",
        "scope": "location",
        "location_id": house.grove.pk,
        "params": '{"count": 5, "base": 9, "place": "Maple Grove", "some": ["Ann Lee"], "more": 4}',
    }
    held = change(
        house.member(),
        "deactivate",
        told={"status": ("active", "quit")},
        status="quit",
        held_by="removals_location",
        held_scope="location",
        held_location=house.grove.pk,
    )
    waiting = plan(held, holds=frame([hold], HOLD))
    house.apply(waiting)
    issue = Issue.objects.get()
    assert (issue.code, issue.key, issue.count, issue.message, issue.location) == (
        "on_hold",
        f"location:{house.grove.pk}",
        1,
        "5 of 9 people at Maple Grove would lose access: Ann Lee and 4 more. They wait; everything else goes through. "
        "If it is right, approve; if not, correct it in payroll.",
        house.grove,
    )
    assert Membership.objects.get().status == "active"
    done = house.apply(waiting, changes=waiting.held, decided=True)
    assert (done.counts, done.issues_resolved, Membership.objects.get().status) == (
        {"deactivate": 1},
        1,
        "quit",
    )


def test_applying_is_marked_for_its_transaction_only(house: House) -> None:
    house.apply(plan())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('schedulepop.applying', true)")
        assert cursor.fetchone() == ("off",)
