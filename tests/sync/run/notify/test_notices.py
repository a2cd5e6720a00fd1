"""What a run tells by email, and whom: nobody twice, nobody about a location that is not theirs."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Location, Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration
from schedulepop.sync.run import runs
from tests import made, standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
READERS = {"password": made.PASSWORD}


@standing.made_once
def grove(payroll) -> Location:
    """Maple Grove after its first sync."""
    payroll.first_sync()
    return Location.objects.get()


def notices(kind: str) -> list[tuple[str, dict]]:
    found = Message.objects.filter(kind=kind).order_by("pk").select_related("user")
    return [(message.user.last_name, message.context) for message in found]


def person(last_name: str) -> User:
    return User.objects.get(last_name=last_name)


def edit(editor: User, last_name: str, **changes: str) -> None:
    actions.edit_user(person(last_name), changes, actor=Actor.of(editor))


# Overwritten ------------------------------------------------------------------------------------------------


def test_the_editor_is_told_once_what_payroll_put_back(payroll, grove, mailbox) -> None:
    marisol = made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    edit(marisol, "Calloway", phone="+15155550999")
    edit(marisol, "Quintanar", phone="+15155550998", first_name="Lou")
    payroll.runs()
    ((reader, says),) = notices("overwritten")
    assert (reader, says["items"]) == (
        "Tate",
        [
            {"title": "Ines Calloway", "detail": "Phone"},
            {"title": "Luis Quintanar", "detail": "First name, Phone"},
        ],
    )
    (letter,) = [one for one in mailbox.letters() if one.to == "marisol@example.com"]
    assert letter.subject == "Maple Health: payroll replaced what you edited"
    assert "555" not in letter.text.partition("Questions?")[0], "no values"
    payroll.runs()
    assert len(notices("overwritten")) == 1


def test_a_later_change_in_payroll_is_no_overwrite_of_an_edit_that_is_long_gone(payroll, grove) -> None:
    marisol = made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    edit(marisol, "Calloway", phone="+15155550999")
    payroll.runs()
    payroll.sends(PEOPLE[0].replace("555-0101", "555-0177"), *PEOPLE[1:])
    payroll.runs()
    assert person("Calloway").phone == "+15155550177"
    assert len(notices("overwritten")) == 1


def test_who_may_not_sign_in_or_does_not_look_after_the_place_any_more_is_not_told(payroll, grove) -> None:
    gone = made.manager(grove, "Gone Away", email="gone@example.com", **READERS)
    moved = made.manager(grove, "Mo Ved", email="moved@example.com", **READERS)
    edit(gone, "Calloway", phone="+15155550999")
    edit(moved, "Quintanar", phone="+15155550998")
    gone.memberships.update(status="terminated")
    moved.memberships.update(location=made.location(grove.organization, "Oak Hill", "201"))
    payroll.runs()
    assert person("Calloway").phone == "+15155550101"
    assert notices("overwritten") == []


# Alarm ------------------------------------------------------------------------------------------------------


def test_a_doubted_feed_alarms_hr_and_client_success_at_once(payroll, grove, mailbox) -> None:
    renata = made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    made.client_success(grove.organization, "Jonah Pell", email="jonah@example.com", **READERS)
    made.client_success(
        made.organization("Other Health"), "Not Assigned", email="other@example.com", **READERS
    )
    made.admin(grove.organization, "No Address", **READERS)
    made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    payroll.sends(*PEOPLE[:3])
    run = payroll.runs()
    assert [reader for reader, _ in notices("alarm")] == ["Okoye", "Pell"]
    letter = next(one for one in mailbox.letters() if one.to == renata.email)
    assert letter.subject == "Maple Health: the payroll file looks wrong"
    assert letter.links == (f"http://127.0.0.1:8000/runs/{run.pk}/",)
    assert "Nobody on the list was changed." in letter.text
    assert "Maple Grove" in letter.text
    assert "3 of 6" in letter.text.replace("\n", " ")


def test_held_removals_alarm_and_name_the_people(payroll, grove) -> None:
    made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    payroll.sends(*(row.replace("Active", "Terminated") for row in PEOPLE[:3]), *PEOPLE[3:])
    payroll.runs()
    ((_, says),) = notices("alarm")
    assert says["says"] == "3 people wait for your decision"
    assert "Ines Calloway" in says["items"][0]["detail"]


def test_approving_does_not_alarm_again_but_the_next_night_does(payroll, grove) -> None:
    made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    payroll.sends(*PEOPLE[:3])
    payroll.runs()
    run = payroll.runs()
    assert len(notices("alarm")) == 2
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    payroll.runs()
    assert len(notices("alarm")) == 2


def test_a_preview_alarms_nobody(payroll, grove) -> None:
    made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    payroll.sends(*PEOPLE[:3])
    payroll.runs(preview=True)
    assert notices("alarm") == []


# Source trouble ---------------------------------------------------------------------------------------------


def state(payroll) -> str:
    payroll.integration.refresh_from_db()
    return payroll.integration.state


def test_one_notice_per_change_of_reason_and_one_when_it_works_again(payroll, grove, mailbox) -> None:
    made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    said = lambda: [says["says"] for _, says in notices("source_trouble")]  # noqa: E731
    content = payroll.path.read_text()
    payroll.path.unlink()
    for _ in range(2):
        assert payroll.runs().state == "failed"
        assert state(payroll) == "quarantined"
    assert said() == ["payroll cannot be read"]
    payroll.path.write_text("<html>Sign in</html>")
    payroll.runs()
    assert said() == ["payroll cannot be read"] * 2, "another reason"
    payroll.path.write_text(content)
    assert payroll.runs().state == "applied"
    assert state(payroll) == "active"
    assert said()[2:] == ["payroll is read again"]
    payroll.runs()
    assert len(said()) == 3
    assert next(one.subject for one in mailbox.letters() if one.to == "renata@example.com") == (
        "Maple Health: payroll is read again"
    )


def test_a_source_that_is_busy_is_trouble_too(payroll, grove, monkeypatch) -> None:
    from schedulepop.sync.errors import RetryLater
    from schedulepop.sync.run import feeds

    def busy(run):
        raise RetryLater("source_says", {"text": "payroll.csv is still being written."})

    monkeypatch.setattr(feeds, "feed_of", busy)
    run = payroll.runs()
    assert (run.state, run.error_code, state(payroll)) == ("failed", "source_busy", "quarantined")
    assert payroll.integration.failing_since is not None


def test_a_list_that_is_busy_is_not_the_sources_fault(payroll, grove, monkeypatch) -> None:
    from schedulepop.sync.run import driver

    def moved(*args, **more):
        raise driver.OutdatedPlanError("person_edited")

    monkeypatch.setattr(driver, "apply_changes", moved)
    run = payroll.runs()
    assert (run.state, run.error_code, state(payroll)) == ("failed", "list_busy", "active")
    assert payroll.integration.failing_since is None


def test_an_older_file_ends_the_trouble_without_a_word_of_success(payroll, grove) -> None:
    import os

    made.admin(grove.organization, "Renata Okoye", email="renata@example.com", **READERS)
    payroll.path.unlink()
    payroll.runs()
    payroll.sends(*PEOPLE[:5])
    os.utime(payroll.path, (1_000_000_000, 1_000_000_000))
    assert payroll.runs().state == "skipped"
    assert state(payroll) == "active"
    assert payroll.integration.failing_since is None
    assert len(notices("source_trouble")) == 1


def test_before_the_first_sync_whoever_sets_up_sees_the_trouble_on_the_page(payroll) -> None:
    made.admin(payroll.integration.organization, "Renata Okoye", email="renata@example.com", **READERS)
    payroll.path.unlink()
    payroll.runs()
    assert notices("source_trouble") == []


# Moved address ----------------------------------------------------------------------------------------------


def test_payrolls_new_address_is_asked_to_confirm(payroll, grove, mailbox) -> None:
    ines = person("Calloway")
    ines.set_password(made.PASSWORD)
    ines.confirmed_email = ines.email
    ines.save()
    payroll.sends(PEOPLE[0].replace("ines@", "ines.new@"), *PEOPLE[1:])
    payroll.runs()
    letters = {one.to: one for one in mailbox.letters()}
    assert set(letters) == {"ines@example.com", "ines.new@example.com"}
    assert "/confirm/" in letters["ines.new@example.com"].links[0]
    payroll.runs()
    assert Message.objects.filter(kind="confirm_address").count() == 1


def test_a_leaver_is_asked_nothing(payroll, grove) -> None:
    ines = person("Calloway")
    ines.set_password(made.PASSWORD)
    ines.save()
    payroll.sends(PEOPLE[0].replace("ines@", "ines.new@").replace("Active", "Terminated"), *PEOPLE[1:])
    payroll.runs()
    assert Membership.objects.get(user=ines).status == "terminated"
    assert notices("confirm_address") == []


def test_a_notice_goes_to_the_address_its_reader_confirmed(payroll, grove, mailbox) -> None:
    made.admin(
        grove.organization,
        "Renata Okoye",
        email="mistyped@example.com",
        confirmed_email="renata@example.com",
        **READERS,
    )
    payroll.path.unlink()
    payroll.runs()
    outbox.drain()
    assert [one.to for one in mailbox.letters()] == ["renata@example.com"]
    assert Integration.objects.get().notice_log["trouble"]
