"""The facts behind a headline: integrations, runs and issues as they stand in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, Issue, Run
from schedulepop.sync.review import list_status
from schedulepop.sync.run import outcome
from schedulepop.sync.run.headline import Code, Feed, Source
from tests import made
from tests.standing import made_once
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db


@made_once
def world() -> World:
    """After a night that went through, with its issues solved."""
    found = maple(people=12)
    Issue.objects.all().delete()
    # runs by itself: it has a path
    Integration.objects.update(config={"path": "/feeds/payroll.csv"})
    found.integration.refresh_from_db()
    return found


def code(world: World, *places: int, at: datetime | None = None) -> Code:
    world.integration.refresh_from_db()
    return list_status.of_lists([world.integration], places or None, at or now()).headline.code


def set_integration(world: World, **values: Any) -> None:
    Integration.objects.filter(pk=world.integration.pk).update(**values)
    world.integration.refresh_from_db()


def set_run(world: World, **values: Any) -> None:
    Run.objects.filter(pk=world.run.pk).update(**values)


def hold(rule: str, location: int | None = None) -> dict[str, Any]:
    scope = "location" if location else "organization"
    return {"rule": rule, "scope": scope, "location_id": location, "source_id": None, "params": {}}


def test_a_good_night_matches(world: World) -> None:
    assert code(world) is Code.MATCHES


@pytest.mark.parametrize(
    ("values", "source"),
    [
        ({"state": "draft"}, Source.PREPARING),
        ({"state": "previewed"}, Source.PREPARING),
        ({"state": "first_applied"}, Source.NOT_SWITCHED_ON),
        ({"state": "paused"}, Source.PAUSED),
        ({"state": "disabled"}, Source.SWITCHED_OFF),
        ({"state": "quarantined"}, Source.FAILED),
        ({"failing_since": now()}, Source.FAILED),
        ({"last_success_at": now() - timedelta(hours=27)}, Source.SILENT),
        ({"last_success_at": now() - timedelta(hours=25)}, Source.FRESH),
        ({"last_source_time": now() - timedelta(hours=47)}, Source.FRESH),
        ({"last_source_time": now() - timedelta(hours=49)}, Source.OLD),
    ],
)
def test_the_source(world: World, values: dict[str, Any], source: Source) -> None:
    set_integration(world, **values)
    assert list_status.source_of(world.integration, now()) is source


def test_who_uploads_by_hand_is_not_silent_and_yet_may_be_old(world: World) -> None:
    week = timedelta(days=7)
    set_integration(world, config={}, last_success_at=now() - week, last_source_time=now() - week)
    for number, weeks in enumerate((3, 2, 1), start=1):
        Run.objects.create(
            **{name: getattr(world.run, name) for name in ("organization", "integration", "local_date")},
            number=number,
            trigger="manual",
            state="applied",
            requested_by="Renata Okoye",
            source_time=world.integration.last_source_time - week * (weeks - 1),
        )
    assert list_status.source_of(world.integration, now()) is Source.FRESH, (
        "a file a week, and a week has passed"
    )
    assert list_status.source_of(world.integration, now() + timedelta(days=8)) is Source.OLD


def test_a_newer_file_on_hold_is_what_waits_and_not_payrolls_silence(world: World) -> None:
    days = timedelta(days=4)
    set_integration(world, last_source_time=now() - days)
    assert code(world) is Code.OLD
    set_run(world, state="held", rest="waiting", holds=[hold("column_gone")], source_time=now())
    assert code(world) is Code.FEED_HELD
    assert schedule.freshness(world.integration, now())["old_since"] is None


def test_headline_and_alarm_agree_on_what_is_old(world: World) -> None:
    for hours in (27, 47, 49, 90):
        written = now() - timedelta(hours=hours)
        set_integration(world, last_source_time=written)
        alarms = schedule.freshness(world.integration, now())["old_since"] is not None
        assert (list_status.source_of(world.integration, now()) is Source.OLD) == alarms == (hours > 48)


def test_a_held_feed_concerns_the_locations_of_its_holds(world: World) -> None:
    set_run(world, state="held", rest="waiting", holds=[hold("short", world.hill.pk)])
    assert code(world, world.hill.pk) is Code.FEED_HELD
    assert code(world) is Code.FEED_HELD
    assert code(world, world.grove.pk) is Code.MATCHES
    set_run(world, holds=[hold("column_gone")])
    assert code(world, world.grove.pk) is Code.FEED_HELD


def test_a_discarded_feed_is_not_what_the_list_shows(world: World) -> None:
    set_run(world, state="discarded", rest="discarded", holds=[hold("short", world.hill.pk)])
    assert code(world, world.hill.pk) is Code.DISCARDED
    assert code(world, world.grove.pk) is Code.MATCHES


def test_an_approved_hold_is_over(world: World) -> None:
    set_run(world, rest="approved", decided_by="Renata Okoye", holds=[hold("column_gone")])
    assert code(world, world.hill.pk) is Code.MATCHES


def test_whom_an_accepted_file_lacks_is_still_on_the_list(world: World) -> None:
    set_run(world, rest="approved", decided_by="Renata Okoye", holds=[hold("short", world.hill.pk)])
    assert code(world, world.hill.pk) is Code.ACCEPTED
    assert code(world, world.grove.pk) is Code.MATCHES


def test_an_undone_run_is_not_what_the_list_shows(world: World) -> None:
    set_run(world, state="undone")
    assert code(world) is Code.DISCARDED


@pytest.mark.parametrize(("counts", "expected"), [({"updated": 2}, Code.NEWER_WAITS), ({}, Code.MATCHES)])
def test_a_newer_plan_waits_only_when_it_would_change_somebody(
    world: World, counts: dict[str, int], expected: Code
) -> None:
    Run.objects.create(
        **{name: getattr(world.run, name) for name in ("organization", "integration", "local_date")},
        number=world.run.number + 1,
        trigger="manual",
        preview=True,
        state="planned",
        requested_by="Renata Okoye",
        counts={"read": 9, **counts},
        plan_hash="changes somebody" if counts else outcome.digest_of_nothing(),
    )
    assert code(world) is expected


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        ("possible_match", Code.QUESTIONS),
        ("unmapped_duty", Code.ISSUES),
        ("ragged_row", Code.ISSUES),
        ("needs_contact", Code.MATCHES),
        ("header_not_first", Code.MATCHES),
    ],
)
def test_open_issues(world: World, issue: str, expected: Code) -> None:
    one = Issue.objects.create(
        organization=world.organization, integration=world.integration, code=issue, key="1"
    )
    assert code(world, world.grove.pk) is expected, "what is tied to no location may concern any"
    one.location = world.hill
    one.save()
    assert code(world, world.hill.pk) is expected
    assert code(world, world.grove.pk) is Code.MATCHES


def test_before_the_first_sync_and_without_payroll(world: World) -> None:
    set_integration(world, last_success_at=None, state="draft")
    assert code(world) is Code.PREPARING
    assert list_status.of_lists([], None, now()).headline.code is Code.PREPARING


def test_an_integration_being_prepared_does_not_hide_the_one_that_runs(world: World) -> None:
    other = Integration.objects.create(
        organization=world.organization, name="New", slug="new", connector="file"
    )
    found = list_status.of_lists([other, world.integration], None, now())
    assert (found.headline.code, found.integration) == (Code.MATCHES, world.integration)


def test_a_run_without_a_feed_claims_nothing(world: World) -> None:
    set_run(world, trigger="effective")
    run = Run.objects.select_related("integration").get(pk=world.run.pk)
    assert list_status.facts_of_run(run, None, None).feed is Feed.NONE


def test_other_organizations_do_not_count(world: World) -> None:
    other = made.organization("Birch Care")
    theirs = Integration.objects.create(organization=other, name="P", slug="p", connector="file")
    Issue.objects.create(organization=other, integration=theirs, code="unmapped_duty", key="1")
    assert code(world) is Code.MATCHES
