"""Runs when something else happens: edits in between, a mail server that breaks, a feed that is doubted."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import Change, Issue
from schedulepop.sync.run import lease, runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")


def test_an_edit_between_plan_and_apply_is_planned_anew(payroll, synced, monkeypatch) -> None:
    """A manager edits Ines while tonight's run is about to write her new phone: her edit is named, not lost."""
    payroll.sends(*(row.replace("555-0101", "555-0199") for row in PEOPLE))
    ines = User.objects.get(last_name="Calloway")
    manager = Actor.of(made.manager(Membership.objects.first().location, "Marisol Tate"))
    from schedulepop.directory import actions
    from schedulepop.sync.run import driver

    drawn, real = [], driver.plan_run

    def draw_and_be_edited(*args, **more):
        drawn.append(real(*args, **more))
        if len(drawn) == 1:
            actions.edit_user(ines, {"email": "ines.private@example.com"}, actor=manager)
        return drawn[-1]

    monkeypatch.setattr(driver, "plan_run", draw_and_be_edited)
    run = payroll.runs()
    ines.refresh_from_db()
    assert (len(drawn), run.state, ines.email, ines.phone) == (
        2,
        "applied",
        "ines@example.com",
        "+15155550199",
    )
    assert {field["field"] for field in Change.objects.get(run=run).fields} == {"email", "phone"}


def test_a_mail_server_that_breaks_never_fails_the_run(payroll, synced, monkeypatch) -> None:
    payroll.sends(
        *PEOPLE,
        "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05",
    )
    monkeypatch.setattr("schedulepop.messages.outbox.drain", lambda **_: 1 / 0)
    assert payroll.runs().state == "applied"


def test_the_lock_is_free_as_soon_as_a_run_is_over(payroll) -> None:
    for _ in range(20):
        with lease.lock(payroll.integration.pk) as mine:
            assert mine


def test_a_hire_without_an_email_is_welcomed_when_payroll_gives_one(payroll, synced, mailbox) -> None:
    hire = "007,9007,Noor,Castellane,{},(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"
    payroll.sends(*PEOPLE, hire.format(""))
    payroll.runs()
    assert list(Message.objects.values_list("kind", "state")) == [("welcome", "queued")]
    payroll.sends(*PEOPLE, hire.format("noor@example.com"))
    payroll.runs()
    assert Message.objects.get().user.email == "noor@example.com"


def test_somebody_with_one_name_is_added_welcomed_and_listed(payroll, synced, mailbox) -> None:
    hire = "007,9007,{},wibowo@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"
    payroll.sends(*PEOPLE, hire.format("Wibowo,"))
    payroll.runs()
    wibowo = User.objects.get(email="wibowo@example.com")
    assert (wibowo.first_name, wibowo.last_name) == ("Wibowo", "")
    assert (wibowo.full_name, wibowo.short_name, wibowo.initials, wibowo.username) == (
        "Wibowo",
        "Wibowo",
        "W",
        "wibowo",
    )
    (letter,) = [one for one in mailbox.letters() if one.to == wibowo.email]
    assert "Welcome, Wibowo." in letter.text
    for said, name in (
        ("Wibowoh,", "Wibowoh"),
        (",Wibowoh", "Wibowoh"),
        ("Wibowoh,Santoso", "Wibowoh Santoso"),
    ):
        payroll.sends(*PEOPLE, hire.format(said))
        payroll.runs()
        wibowo.refresh_from_db()
        assert wibowo.full_name == name


def test_the_old_address_of_an_account_is_told_when_payroll_changes_it(payroll, synced) -> None:
    ines = User.objects.get(last_name="Calloway")
    ines.set_password(made.PASSWORD)
    ines.confirmed_email = "ines@example.com"
    ines.save()
    payroll.sends(PEOPLE[0].replace("ines@", "ines.new@"), *PEOPLE[1:])
    payroll.runs()
    letter = Message.objects.get(kind="moved_address")
    assert (letter.user, letter.context) == (ines, {"address": "ines@example.com"})
    ines.refresh_from_db()
    assert (ines.email, ines.confirmed_email) == ("ines.new@example.com", "ines@example.com")


def test_a_first_sync_that_would_create_nobody_is_refused(payroll) -> None:
    payroll.sends(*(row.replace(",101,", ",999,") for row in PEOPLE))
    run = payroll.runs()
    assert (run.state, run.counts["held"]) == ("planned", 6)
    with pytest.raises(Refused, match="create nobody"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    payroll.integration.refresh_from_db()
    assert not payroll.integration.first_sync_done


def test_a_first_sync_past_a_column_that_may_say_who_has_left_is_refused(payroll) -> None:
    without_status = {
        "source_id": "Employee ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "Email",
        "location": "Facility Code",
    }
    payroll.integration.mapping = {"columns": without_status}
    payroll.integration.save()
    payroll.sends(*PEOPLE)
    run = payroll.runs()
    assert next(iter(run.summary["issues"]))["code"] == "status_unread"
    with pytest.raises(Refused, match="Status may say who has left"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    payroll.integration.mapping = {"columns": without_status, "no_status": ["Status"]}
    payroll.integration.save()
    run = payroll.runs()
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert Membership.objects.filter(status="active").count() == 6


def test_an_empty_feed_is_held_and_one_issue_says_so(payroll, synced) -> None:
    payroll.sends()
    run = payroll.runs()
    assert (run.state, run.rest, [hold["rule"] for hold in run.holds][:1]) == ("held", "waiting", ["empty"])
    assert Membership.objects.filter(status="active").count() == 6
    assert Issue.objects.filter(code="on_hold", resolved_at=None).count() <= 1
    payroll.sends(*PEOPLE)
    assert payroll.runs().state == "applied"
    assert not Issue.objects.filter(resolved_at=None).exists()


def test_a_status_column_that_says_something_else_waits_until_somebody_accepts_it(payroll, synced) -> None:
    words = ("Employed", "Employed", "Working", "Employed", "On Leave", "Working")
    other = [row.replace(",Active,", f",{word},") for row, word in zip(PEOPLE, words, strict=True)]
    for _ in range(2):  # a held feed is nothing to compare the next one with
        payroll.sends(*other)
        run = payroll.runs()
        assert (run.rest, [hold["rule"] for hold in run.holds]) == ("waiting", ["status_words"])
        assert Membership.objects.filter(status="active").count() == 6
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert Membership.objects.filter(status="leave_of_absence").count() == 1
    payroll.sends(other[0].replace("555-0101", "555-0199"), *other[1:])
    run = payroll.runs()
    assert (run.rest, run.holds) == ("none", [])


def test_words_that_change_nobody_are_doubted_every_night_until_somebody_accepts_them(
    payroll, synced
) -> None:
    payroll.integration.refresh_from_db()
    payroll.integration.policy = {"whole_compare_below": 0}
    payroll.integration.save()
    for night in range(3):
        payroll.sends(
            *(row.replace(",Active,", ",Full-Time,") for row in PEOPLE), *([f"# {night}"] if night else [])
        )
        run = payroll.runs()
        assert [hold["rule"] for hold in run.holds] == ["status_words"], night
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    payroll.sends(*(row.replace(",Active,", ",Full-Time,") for row in PEOPLE))
    assert payroll.runs().holds == []


def test_half_the_building_missing_is_held_as_short_and_approving_accepts_it(payroll, synced) -> None:
    payroll.sends(*PEOPLE[:3])
    run = payroll.runs()
    assert (run.state, {hold["rule"] for hold in run.holds}) == ("held", {"short"})
    done = runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert (done.rest, Membership.objects.filter(status="active").count()) == ("approved", 6)
    assert payroll.runs().holds == []
