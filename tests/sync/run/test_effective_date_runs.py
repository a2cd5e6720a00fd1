"""What falls due by itself at a location's midnight: last days, first days, pay; once, in every time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Invitation, User
from schedulepop.directory.models import Location, Membership, MembershipDuty
from schedulepop.sync.models import Change, FieldOverride, Integration, Issue, Link, Run
from schedulepop.sync.review import overrides
from schedulepop.sync.run import lease, runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

NEW_YORK, CHICAGO = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago")
MAY_1 = datetime(2027, 5, 1, tzinfo=NEW_YORK)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of ticks and of the runs they make."""

    def set_to(moment: datetime) -> datetime:
        for module in ("effective_dates", "runs", "driver", "outcome"):
            monkeypatch.setattr(f"schedulepop.sync.run.{module}.clock", lambda: moment)
        return moment

    return set_to


@pytest.fixture
def synced(payroll):
    payroll.first_sync()
    payroll.integration.refresh_from_db()
    return payroll


def member(last_name: str) -> Membership:
    return Membership.objects.get(user__last_name=last_name)


def stage(last_name: str, day: date, **more) -> Membership:
    Membership.objects.filter(user__last_name=last_name).update(ends_on=day, termination_date=day, **more)
    return member(last_name)


def tick(moment: datetime) -> list[Run]:
    """The hourly tick, and a worker that drives at once."""
    return [runs.drive(run.pk) for run in jobs.apply_due(moment)]


def test_a_staged_end_comes_at_midnight_and_only_once(synced, at) -> None:
    luis = stage("Quintanar", date(2027, 5, 1))
    Invitation.objects.create(
        user=luis.user, purpose="set_up", token_hash="x", expires_at=MAY_1 + timedelta(9)
    )
    assert tick(at(MAY_1 - timedelta(minutes=1))) == []
    (run,) = tick(at(MAY_1))
    luis.refresh_from_db()
    luis.user.refresh_from_db()
    assert (run.trigger, run.state, run.counts["deactivated"], run.requested_by) == (
        "effective",
        "applied",
        1,
        "dates",
    )
    assert (luis.status, luis.ends_on, luis.termination_date) == ("terminated", None, date(2027, 5, 1))
    assert luis.user.must_end_sessions_before is not None
    assert not Invitation.objects.filter(revoked_at=None, token_hash="x").exists()
    told = {field["field"]: field["why"] for field in Change.objects.get(run=run).fields}
    assert told == {"status": "dates", "ends_on": "dates"}
    assert AuditEntry.objects.filter(run_id=run.pk, verb="deactivate").count() == 1
    assert tick(at(MAY_1 + timedelta(hours=1))) == []


def test_a_first_day_comes_and_payroll_is_no_fresher_for_it(synced, at) -> None:
    Membership.objects.filter(user__last_name="Bello").update(status="upcoming", hire_date=date(2027, 5, 1))
    before = Integration.objects.values("last_success_at", "last_good", "state").get()
    (run,) = tick(at(MAY_1))
    assert (member("Bello").status, run.counts["updated"], run.counts["read"]) == ("active", 1, 1)
    assert Integration.objects.values("last_success_at", "last_good", "state").get() == before


@pytest.mark.parametrize("status", ["leave_of_absence", "fmla", "furlough", "quarantine"])
def test_a_leave_ends_at_midnight_and_only_once(synced, at, status: str) -> None:
    Membership.objects.filter(user__last_name="Bello").update(status=status, leave_end=date(2027, 5, 1))
    assert tick(at(MAY_1 - timedelta(minutes=1))) == []
    (run,) = tick(at(MAY_1))
    assert (member("Bello").status, run.counts["updated"], run.state) == ("active", 1, "applied")
    told = [
        (field["field"], field["old"], field["new"], field["why"])
        for field in Change.objects.get(run=run).fields
    ]
    assert told == [("status", status, "active", "dates")]
    assert tick(at(MAY_1 + timedelta(hours=1))) == []


def test_a_suspension_ends_by_no_date_and_a_kept_leave_by_none_either(synced, at) -> None:
    Membership.objects.filter(user__last_name="Bello").update(status="suspended", leave_end=date(2027, 5, 1))
    luis = member("Quintanar")
    overrides.set(
        luis.user,
        luis.location,
        "status",
        "fmla",
        reason="HR waits for a note",
        until=date.today() + timedelta(300),
        actor=Actor.operator("test"),
    )
    Membership.objects.filter(pk=luis.pk).update(leave_end=date.today())
    assert tick(at(datetime.combine(date.today() + timedelta(2), datetime.min.time(), NEW_YORK))) == []
    assert member("Quintanar").status == "fmla"


def test_a_raise_comes_into_force_while_the_pay_switch_is_on(synced, at) -> None:
    ruth = member("Bello")
    MembershipDuty.objects.filter(membership=ruth).update(
        pay_rate=300_000,
        pay_unit="hour",
        pay_currency="USD",
        next_pay_rate=315_000,
        next_pay_unit="hour",
        next_pay_currency="USD",
        next_pay_on=date(2027, 5, 1),
    )
    assert tick(at(MAY_1)) == [], "off means that nobody reads it"
    Integration.objects.update(policy={"pay": True})
    (run,) = tick(at(MAY_1))
    duty = ruth.duties.get()
    assert (duty.pay_rate, duty.next_pay_rate, duty.next_pay_on, run.state) == (
        315_000,
        None,
        None,
        "applied",
    )
    assert tick(at(MAY_1)) == []


def test_each_location_has_its_own_midnight(synced, at) -> None:
    place = made.location(synced.integration.organization, "Maple Prairie", "202", timezone="America/Chicago")
    stage("Quintanar", date(2027, 5, 1))
    omar = made.user(synced.integration.organization, "Nora Prairie")
    made.membership(
        omar, place, payroll_owned=True, ends_on=date(2027, 5, 1), termination_date=date(2027, 5, 1)
    )
    Link.objects.create(
        organization=synced.integration.organization,
        integration=synced.integration,
        source_id="900",
        user=omar,
    )
    tick(at(MAY_1))
    assert (member("Quintanar").status, member("Prairie").status) == ("terminated", "active")
    tick(at(MAY_1 + timedelta(minutes=59)))
    assert member("Prairie").status == "active"
    tick(at(MAY_1 + timedelta(hours=1)))
    assert member("Prairie").status == "terminated"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", date(2027, 4, 30)),
        ("America/New_York", date(2027, 11, 7)),
        ("Atlantic/Azores", date(2027, 10, 31)),
    ],
    ids=["a day that begins at one", "a day of 25 hours", "a midnight that comes twice"],
)
def test_days_on_which_the_clocks_change(synced, at, zone: str, day: date) -> None:
    """Hour by hour over two days: due at the first hour of that day, and never again."""
    Location.objects.update(timezone=zone)
    stage("Quintanar", day)
    local = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=1)
    came = []
    for hour in range(48):
        moment = at(start + timedelta(hours=hour))
        came += [moment for _ in tick(moment)]
    (moment,) = came
    assert moment.astimezone(local).date() == day
    assert (moment - timedelta(hours=1)).astimezone(local).date() < day


def test_too_many_staged_ends_on_one_day_are_held_and_asked_about_once(synced, at) -> None:
    for name in ("Quintanar", "Abernathy", "Lindqvist"):
        stage(name, date(2027, 5, 1))
    (run,) = tick(at(MAY_1))
    assert (run.state, run.counts["held"], Membership.objects.filter(status="terminated").count()) == (
        "held",
        3,
        0,
    )
    assert tick(at(MAY_1 + timedelta(hours=1))) == []
    approved = runs.approve(run, plan_hash=run.plan_hash, actor=Actor.operator("test"))
    assert (approved.state, Membership.objects.filter(status="terminated").count()) == ("applied", 3)
    assert not Issue.objects.filter(resolved_at=None).exists()


def test_a_plan_of_payrolls_file_still_waits_after_a_run_of_the_dates(synced, at) -> None:
    payroll = synced
    payroll.sends(*PEOPLE[:2])
    waiting = payroll.runs()
    assert waiting.state == "held"
    stage("Calloway", date(2027, 5, 1))
    tick(at(MAY_1))
    assert (runs.reload(waiting).state, member("Calloway").status) == ("held", "terminated")


def test_never_two_at_once(synced, at) -> None:
    stage("Quintanar", date(2027, 5, 1))
    busy = runs.request(synced.integration, trigger="manual", actor=Actor.operator("test"))
    assert tick(at(MAY_1)) == []
    Run.objects.filter(pk=busy.pk).update(state="failed")
    (asked,) = jobs.apply_due(at(MAY_1))
    with lease.lock(synced.integration.pk):
        assert runs.drive(asked.pk).state == "queued"
    assert runs.drive(asked.pk).state == "applied"


def test_what_was_withdrawn_in_between_changes_nobody(synced, at) -> None:
    stage("Quintanar", date(2027, 5, 1))
    (asked,) = jobs.apply_due(at(MAY_1))
    Membership.objects.update(ends_on=None)
    run = runs.drive(asked.pk)
    assert (run.state, run.counts["deactivated"], member("Quintanar").status) == ("applied", 0, "active")


def test_a_local_person_and_a_disabled_integration_are_left_alone(synced, at) -> None:
    luis = stage("Quintanar", date(2027, 5, 1))
    User.objects.filter(pk=luis.user_id).update(local=True)
    assert tick(at(MAY_1)) == []
    User.objects.update(local=False)
    Integration.objects.update(state="disabled")
    assert tick(at(MAY_1)) == []
    Integration.objects.update(state="paused")
    assert len(tick(at(MAY_1))) == 1


def test_somebody_is_edited_while_the_dates_are_applied(synced, at, monkeypatch) -> None:
    """Each time the plan is drawn anew; after three times the next hour tries, and the integration is in no trouble."""
    stage("Quintanar", date(2027, 5, 1))
    (asked,) = jobs.apply_due(at(MAY_1))
    from schedulepop.sync.run import driver

    monkeypatch.setattr(
        driver, "_check_current", lambda *_: (_ for _ in ()).throw(driver.OutdatedPlanError("person_edited"))
    )
    run = runs.drive(asked.pk)
    assert (run.state, run.error_reason, Integration.objects.get().state) == (
        "failed",
        "person_edited",
        "active",
    )


def test_open_issues_stay_open(synced, at) -> None:
    synced.sends(*PEOPLE[:5], PEOPLE[5].replace("ruth@example.com", ""))
    synced.runs()
    synced.sends()
    synced.runs()
    before = set(Issue.objects.filter(resolved_at=None).values_list("code", flat=True))
    assert before >= {"feed_empty", "on_hold"}
    stage("Bello", date(2027, 5, 1))
    tick(at(MAY_1))
    assert set(Issue.objects.filter(resolved_at=None).values_list("code", flat=True)) == before


def test_an_override_ends_on_its_day(synced, at) -> None:
    luis = member("Quintanar")
    overrides.set(
        luis.user,
        None,
        "phone",
        "(515) 555-0177",
        reason="New phone",
        until=date(2027, 5, 1),
        actor=Actor.operator("test"),
        now=MAY_1 - timedelta(days=9),
    )
    tick(at(MAY_1 - timedelta(minutes=1)))
    assert FieldOverride.objects.filter(released_at=None).count() == 1
    tick(at(MAY_1))
    assert FieldOverride.objects.get().released_why == "expired"


def test_the_page_of_such_a_run_opens(synced, at, client) -> None:
    stage("Quintanar", date(2027, 5, 1))
    (run,) = tick(at(MAY_1))
    client.force_login(made.admin(synced.integration.organization))
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "looked at what fell due by date" in page
