"""Every reason of SPEC §1.5 and §5 why a hire does not appear, as it is told to who asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Exclusion, Mapping
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from schedulepop.wording.spoken import short_day
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, CONTACT, NOOR, OPERATOR

pytestmark = pytest.mark.django_db


def test_waits_for_an_answer_about_somebody_elsewhere(maple) -> None:
    maple.hires("021,9021,Agnes,Hillman,agnes@example.com,(515) 555-0121,101,CNA,East Wing,Active,2026-11-20")
    code, sentence = maple.told("Agnes Hillman")
    assert code == "found_elsewhere"
    assert sentence == (
        "Agnes Hillman already exists at another location, so payroll’s record for Maple Grove waits for an answer."
    )
    reply = maple.asks(maple.manager, "Agnes Hillman")
    assert not reply.others  # what is at Oak Hill is not this manager's
    assert [stage.state for stage in reply.stages] == ["done", "here", "later", "later"]


def test_waits_for_an_answer_about_somebody_here(maple) -> None:
    maple.hires("022,9022,Ines,Calloway,other@example.com,(515) 555-0101,101,CNA,East Wing,Active,2026-11-20")
    answers = [maple.asks(maple.manager, "Ines Calloway").answer.code]
    assert answers == ["question"]
    assert "Ask Dana" in maple.asks(maple.manager, "Ines Calloway").answer.text
    assert maple.asks(maple.admin, "other@example.com").answer.yours


def test_unmapped_location(maple) -> None:
    maple.hires(NOOR.replace(",101,", ",909,"))
    code, sentence = maple.told("Noor Castellane")
    assert (code, sentence) == (
        "unmapped_location",
        "Somebody of that name is in payroll under a location that is not set up yet.",
    )
    code, sentence = maple.told("noor", maple.admin)
    assert sentence == "Noor Castellane is in payroll under a location code, “909”, that is not set up yet."
    assert maple.asks(maple.admin, "noor").answer.yours
    assert maple.told("noor")[0] == "say_more"


def test_without_a_location(maple) -> None:
    maple.hires(NOOR.replace(",101,", ",,"))
    assert maple.told("Noor Castellane")[1] == "Somebody of that name is in payroll without a location."
    assert (
        maple.told("Noor Castellane", maple.admin)[1] == "Noor Castellane is in payroll without a location."
    )


def test_unmapped_status(maple) -> None:
    maple.hires(NOOR.replace("Active", "Probezeit"))
    assert maple.told("castellane") == (
        "unmapped_status",
        "Noor Castellane is in payroll with a status, “Probezeit”, that is not set up yet, so nobody was added.",
    )


def test_no_name(maple) -> None:
    maple.hires(NOOR.replace("Noor,Castellane", ","))
    code, sentence = maple.told("noor@example.com")
    assert (code, sentence) == (
        "no_name",
        "Payroll ID 007 has no usable name in payroll, so nobody was added.",
    )


def test_a_rejected_row_names_row_and_column(maple) -> None:
    maple.hires(NOOR.replace("007,", ",", 1))
    code, sentence = maple.told("Castellane Noor")
    assert code == "rejected"
    assert sentence == (
        "Noor Castellane is in row 9 of the payroll file, which cannot be used: in the column “Employee ID”: there is "
        "no payroll ID: give the person an ID in payroll."
    )


def test_a_row_that_does_not_fit_the_columns(maple) -> None:
    maple.hires(f"{NOOR},too,much")
    code, sentence = maple.told("Noor Castellane", maple.admin)
    assert code == "rejected"
    assert "is in row 9 of the payroll file" in sentence
    assert maple.told("Noor Castellane")[1] == (
        "Somebody of that name is in row 9 of the payroll file, which cannot be used: "
        "its location cannot be read either."
    )


def test_a_held_hire(maple) -> None:
    hires = [
        f"{100 + n},{9100 + n},Hire{n},Newton{n},hire{n}@example.com,(515) 555-02{n:02d},"
        "101,CNA,East Wing,Active,2026-11-20"
        for n in range(12)
    ]
    run = maple.hires(*hires)
    code, sentence = maple.told("Hire3 Newton3")
    assert code == "held_create"
    assert sentence.startswith(
        "Hire3 Newton3 is new in payroll for Maple Grove and waits for an approval: "
        "an unusual number of people would be added"
    )
    answer = maple.asks(maple.admin, "Hire3 Newton3").answer
    assert "12 people would be added at Maple Grove" in answer.found.sentence
    assert (answer.yours, answer.found.record.run_id) == (True, run.pk)


def test_the_whole_file_is_on_hold(maple) -> None:
    assert maple.night(*PEOPLE[:2], NOOR).state == "held"
    code, sentence = maple.told("Noor Castellane")
    assert code == "run_held"
    assert ", which is on hold and waits for HR: " in sentence
    code, sentence = maple.told("Zoe Ng")
    assert code == "nobody_held"
    assert sentence.startswith("Nobody of that name is on the list or in the payroll file of ")
    assert ", and the newer one, of " in sentence


def test_what_was_discarded_waits_for_nobody(maple) -> None:
    hires = [
        f"{100 + n},{9100 + n},Hire{n},Newton{n},hire{n}@example.com,(515) 555-02{n:02d},"
        "101,CNA,East Wing,Active,2026-11-20"
        for n in range(12)
    ]
    runs.discard(maple.hires(*hires), actor=Actor.of(maple.admin))
    code, sentence = maple.told("Hire3 Newton3")
    assert code == "discarded"
    assert sentence.endswith("and was on hold, and Renata Okoye discarded that plan.")
    answer = maple.asks(maple.admin, "Hire3 Newton3").answer
    assert answer.yours
    assert "approval" not in answer.text
    runs.discard(maple.night(*PEOPLE[:2], NOOR), actor=Actor.of(maple.admin))
    assert maple.told("Noor Castellane")[0] == "discarded"
    assert maple.told("Zoe Ng")[0] == "not_in_feed"


def test_the_last_run_failed(maple) -> None:
    maple.payroll.path.write_text("<html>Sign in</html>")
    assert maple.payroll.runs().state == "failed"
    code, sentence = maple.told("Noor Castellane")
    assert code == "run_failed"
    assert "the newest sync failed:" in sentence
    assert maple.asks(maple.manager, "Noor Castellane").answer.text.endswith(CONTACT)


def test_the_feed_is_older_than_the_hire(maple) -> None:
    reply = maple.asks(maple.manager, "Noor Castellane", now=now() + timedelta(days=3))
    assert reply.answer.code == "feed_old"
    assert "and that file is old" in reply.answer.found.sentence


def test_left_out_by_a_rule(maple) -> None:
    rule = Exclusion(name="Test rows", column="Last Name", contains="test")
    lifecycle.save_mapping(maple.payroll.integration, Mapping(exclude=(rule,)), actor=OPERATOR)
    maple.hires(NOOR.replace("Castellane", "Testperson"))
    assert maple.told("Noor Testperson") == (
        "excluded_rule",
        "Noor Testperson is in payroll and left out by the rule “Test rows”.",
    )
    Integration.objects.update(policy={"whole_compare_below": 0})
    maple.hires(NOOR.replace("Castellane", "Testperson"))
    assert maple.hires(NOOR.replace("Castellane", "Testperson")).counts["excluded"] == 1
    assert (
        maple.told("Noor Testperson")[0] == "excluded_rule"
    )  # passed over as unchanged: in no plan, yet found


def test_already_left(maple) -> None:
    gone = NOOR.replace("Active", "Terminated")
    maple.hires(gone)
    sentence = "Noor Castellane is in payroll as somebody who has left, so nobody was added."
    assert maple.told("castellane") == ("already_left", sentence)
    Integration.objects.update(policy={"whole_compare_below": 0})
    maple.hires(gone)
    maple.hires(gone)
    assert maple.told("castellane") == ("already_left", sentence)


def test_upcoming(maple) -> None:
    start = (now() + timedelta(days=20)).date()
    maple.hires(NOOR.replace("2026-11-20", start.isoformat()))
    code, sentence = maple.told("castellane")
    assert code == "upcoming"
    assert sentence.startswith("Noor Castellane is on the list of Maple Grove already and starts on ")


def test_no_email(maple) -> None:
    maple.hires(NOOR.replace("noor@example.com", ""))
    assert maple.told("castellane") == (
        "no_email",
        "Noor Castellane is on the list of Maple Grove and has no email address, so no welcome email went out.",
    )


def test_the_welcome_email_failed(maple) -> None:
    maple.hires(NOOR)
    Message.objects.filter(user__last_name="Castellane").update(state="failed")
    assert maple.told("castellane")[1] == (
        "Noor Castellane is on the list of Maple Grove, and the welcome email did not go out."
    )
    Message.objects.filter(user__last_name="Castellane").update(state="accepted")
    assert maple.told("castellane")[0] == "on_list"


def test_waits_for_a_zones_mapping(maple) -> None:
    maple.hires(NOOR.replace("East Wing", "MC-2"))
    Message.objects.update(state="accepted")
    assert maple.told("castellane") == (
        "waits_for_mapping",
        "Noor Castellane is on the list of Maple Grove, still without the zone that payroll calls “MC-2”.",
    )


def test_blocked(maple) -> None:
    ruth = Membership.objects.get(user__last_name="Bello")
    actions.block_access(ruth, "keys lost", actor=Actor.of(maple.manager))
    assert maple.told("bello") == (
        "blocked",
        "Ruth Bello is on the list of Maple Grove, and access is blocked.",
    )


def test_left_and_missing(maple) -> None:
    gone = PEOPLE[-1].replace("Active", "Terminated")
    maple.night(*PEOPLE[:-1], AGNES, gone)
    assert maple.told("bello")[0] == "left"
    maple.night(*PEOPLE[1:-1], AGNES, gone)
    code, sentence = maple.told("calloway")
    assert code == "missing"
    assert "have not named the person since" in sentence


def test_missing_at_one_place_and_named_at_another(maple) -> None:
    here = AGNES.replace(",202,RN,North Hall,", ",101,RN,East Wing,")
    maple.hires(here)
    assert maple.told("Agnes Hillman")[0] == "on_list"
    maple.hires(NOOR)
    since = short_day(
        maple.payroll.integration.local_date(now()), maple.payroll.integration.local_date(now())
    )
    code, sentence = maple.told("Agnes Hillman")
    assert (code, sentence) == (
        "missing_here",
        "Agnes Hillman is on the list of Maple Grove, and payroll’s files have named the person "
        f"only at another location since {since}.",
    )
    answer = maple.asks(maple.manager, "Agnes Hillman").answer
    assert answer.step == (
        "If they still work at Maple Grove, have payroll enter them for it again; if not, their place on that list "
        f"ends by itself. {CONTACT}"
    )
    code, sentence = maple.told("Agnes Hillman", maple.both)
    assert code == "missing_here", "Oak Hill, where payroll names the person, comes second"
    assert (
        "on the list of Maple Grove, and payroll’s files have named the person only at Oak Hill since"
        in sentence
    )
    assert maple.asks(maple.both, "Agnes Hillman", here=maple.hill).answer.code == "on_list"


def test_recycled_and_contradicting_ids(maple) -> None:
    maple.hires(NOOR, NOOR.replace("Noor,Castellane", "Paul,Other"))
    assert maple.told("castellane")[1] == (
        "Noor Castellane cannot be added yet, because payroll’s records contradict each other: one payroll ID comes "
        "with different names."
    )


def test_who_was_taken_back_by_an_undo_waits_for_no_approval(maple) -> None:
    run = maple.hires(NOOR)
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)
    maple.hires(NOOR)
    assert maple.told("Noor Castellane", maple.admin) == (
        "undone",
        "Noor Castellane was taken off the list of Maple Grove again by an undo, and payroll still names the person.",
    )
    assert maple.asks(maple.manager, "Noor Castellane").answer.step.startswith(
        "HR can do this: correct it in payroll"
    )
