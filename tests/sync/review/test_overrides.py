"""Values held against payroll: set, visible, released by payroll, by the day and by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import FieldOverride, Issue, Touched
from schedulepop.sync.review import overrides
from tests import made, standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
SOON = now().date() + timedelta(days=30)


@standing.made_once
def ines(payroll) -> User:
    payroll.first_sync()
    return User.objects.get(last_name="Calloway")


def test_a_value_is_on_the_list_at_once_and_stays_there_through_syncs(payroll, ines) -> None:
    overrides.set(
        ines, None, "phone", "(515) 555-0177", reason="Payroll has the old one", until=SOON, actor=OPERATOR
    )
    ines.refresh_from_db()
    assert ines.phone == "+15155550177"
    run = payroll.runs()
    ines.refresh_from_db()
    assert (ines.phone, run.counts["updated"], run.counts["unchanged"]) == ("+15155550177", 0, 6)
    issue = Issue.objects.get(code="overridden", resolved_at=None)
    assert issue.user == ines
    assert "…01" in issue.message
    assert "0101" not in issue.message


def test_it_goes_when_payroll_sends_the_same_value_once_and_audited(payroll, ines) -> None:
    overrides.set(ines, None, "phone", "(515) 555-0177", reason="New number", until=SOON, actor=OPERATOR)
    payroll.sends(PEOPLE[0].replace("0101", "0177"), *PEOPLE[1:])
    run = payroll.runs()
    override = FieldOverride.objects.get()
    assert (override.released_why, override.released_by) == ("converged", f"sync run {run.number}")
    assert AuditEntry.objects.filter(verb="released", run_id=run.pk, user=ines).count() == 1
    payroll.sends(*PEOPLE)
    payroll.runs()
    ines.refresh_from_db()
    assert ines.phone == "+15155550101"
    assert AuditEntry.objects.filter(verb="released").count() == 1
    assert not Issue.objects.filter(code="overridden", resolved_at=None).exists()


def test_on_its_day_payroll_flows_in(payroll, ines) -> None:
    lpn = ines.memberships.get().location.duties.get(name="LPN")
    place = ines.memberships.get().location
    overrides.set(ines, place, "duty", "lpn", reason="On probation", until=SOON, actor=OPERATOR)
    payroll.runs()
    assert ines.memberships.get().primary_duty == lpn
    FieldOverride.objects.update(until=now().date() - timedelta(days=1))
    payroll.runs()
    assert ines.memberships.get().primary_duty.name == "RN"
    assert FieldOverride.objects.get().released_why == "expired"


def test_the_hourly_tick_knows_what_is_due_at_each_locations_midnight(payroll, ines) -> None:
    place = ines.memberships.get().location
    place.timezone = "America/Los_Angeles"
    place.save()
    overrides.set(
        ines,
        None,
        "phone",
        "(515) 555-0177",
        reason="x",
        until=date(2026, 11, 18),
        actor=OPERATOR,
        now=made.NOON,
    )
    overrides.set(
        ines, place, "zone", "East Wing", reason="x", until=date(2026, 11, 18), actor=OPERATOR, now=made.NOON
    )
    at = datetime.fromisoformat("2026-11-18T00:30:00-05:00")  # midnight has come in New York only
    assert [override.field for override in overrides.due(ines.organization, at)] == ["phone"]
    Touched.objects.all().delete()
    assert len(overrides.expire(ines.organization, actor=OPERATOR, now=at)) == 1
    assert overrides.expire(ines.organization, actor=OPERATOR, now=at) == []
    assert Touched.objects.count() == 1
    later = datetime.fromisoformat("2026-11-18T00:30:00-08:00")
    assert [override.field for override in overrides.due(ines.organization, later)] == ["zone"]


def test_an_admin_releases_and_the_next_sync_brings_payrolls_value(payroll, ines) -> None:
    overrides.set(ines, None, "phone", "(515) 555-0177", reason="x", until=SOON, actor=OPERATOR)
    payroll.runs()
    overrides.release(ines, None, "phone", actor=Actor.of(made.admin(ines.organization)))
    payroll.runs()
    ines.refresh_from_db()
    assert ines.phone == "+15155550101"
    with pytest.raises(Refused, match="is not held"):
        overrides.release(ines, None, "phone", actor=OPERATOR)


def test_a_second_override_replaces_the_first(payroll, ines) -> None:
    for number in ("0177", "0178"):
        overrides.set(ines, None, "phone", f"(515) 555-{number}", reason="x", until=SOON, actor=OPERATOR)
    first, second = FieldOverride.objects.order_by("pk")
    assert (first.released_why, second.value, second.released_at) == ("replaced", "+15155550178", None)


def test_pay_is_an_admins_alone_and_written_nowhere_it_could_be_read(payroll, ines) -> None:
    one = ines.memberships.get()
    one.duties.update(pay_rate=182_500, pay_unit="hour", pay_currency="USD")
    admin = Actor.of(made.admin(ines.organization))
    override = overrides.set(ines, one.location, "pay_rate", "19.10", reason="x", until=SOON, actor=admin)
    assert (override.value, one.duties.get().pay_rate) == ("191000", 191_000)
    assert AuditEntry.objects.get(verb="overrode").changes[0]["new"] is None
    with pytest.raises(NotAllowed):
        overrides.set(
            ines,
            one.location,
            "pay_rate",
            "19",
            reason="x",
            until=SOON,
            actor=Actor.of(made.client_success(ines.organization)),
        )
    for wrong in ("a lot", "-1", "1.123456"):
        with pytest.raises(DirectoryError, match="is not a pay rate"):
            overrides.set(ines, one.location, "pay_rate", wrong, reason="x", until=SOON, actor=admin)
    one.duties.update(pay_rate=None, pay_unit="", pay_currency="")
    with pytest.raises(DirectoryError, match="no pay rate"):
        overrides.set(ines, one.location, "pay_rate", "19", reason="x", until=SOON, actor=admin)


@pytest.mark.parametrize(
    ("field", "value", "more", "says"),
    [
        ("phone", "515 555 0177", {"reason": " "}, "Say why"),
        ("phone", "515 555 0177", {"until": now().date() - timedelta(days=1)}, "from tomorrow on"),
        ("phone", "515 555 0177", {"until": now().date() + timedelta(days=400)}, "at most a year"),
        ("location", "101", {}, "cannot be held"),
        ("duty", "RN", {}, "Name their location"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(ines, field, value, more, says) -> None:
    given = {"reason": "x", "until": SOON, "actor": OPERATOR, **more}
    with pytest.raises(Refused, match=says):
        overrides.set(ines, None, field, value, **given)
    assert not FieldOverride.objects.exists()


def test_a_duty_the_location_does_not_have(ines) -> None:
    with pytest.raises(Refused, match="has no duty Pilot"):
        overrides.set(
            ines, ines.memberships.get().location, "duty", "Pilot", reason="x", until=SOON, actor=OPERATOR
        )


def test_managers_neither_set_nor_list_and_people_added_by_hand_have_nothing_to_hold(ines) -> None:
    place = Membership.objects.first().location
    manager = Actor.of(made.manager(place))
    with pytest.raises(NotAllowed):
        overrides.set(ines, None, "phone", "515 555 0177", reason="x", until=SOON, actor=manager)
    assert not overrides.of_organization(manager, ines.organization).exists()
    by_hand = made.person(place, "Ivo Agency")
    with pytest.raises(Refused, match="does not come from payroll"):
        overrides.set(by_hand, None, "phone", "515 555 0177", reason="x", until=SOON, actor=OPERATOR)


def test_the_list_and_the_persons_own(ines) -> None:
    one = ines.memberships.get()
    overrides.set(ines, None, "phone", "515 555 0177", reason="x", until=SOON, actor=OPERATOR)
    overrides.set(ines, one.location, "status", "leave_of_absence", reason="x", until=SOON, actor=OPERATOR)
    overrides.set(ines, one.location, "termination_date", "", reason="x", until=SOON, actor=OPERATOR)
    listed = overrides.of_organization(OPERATOR, ines.organization)
    assert [override.field for override in listed] == ["termination_date", "status", "phone"]
    held = overrides.of_person(one)
    assert (held["status"].value, held["termination_date"].value) == ("leave_of_absence", "")
