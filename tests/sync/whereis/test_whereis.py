"""Where is my person? What is found, and what each reader may learn of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed
from schedulepop.sync.models import Run
from schedulepop.sync.whereis import whereis
from schedulepop.sync.whereis.outcomes import OUTCOMES
from schedulepop.wording.outcomes import TEXTS
from tests import made
from tests.sync.plan.asking import CONTACT, NOOR

pytestmark = pytest.mark.django_db


def test_on_the_list(maple) -> None:
    assert maple.told("calloway") == ("on_list", "Ines Calloway is on the list of Maple Grove.")
    assert (
        maple.told("Inez Caloway")[0]
        == maple.told("ines@example.com")[0]
        == maple.told("001")[0]
        == "on_list"
    )
    assert maple.told("9001")[0] == maple.told("(515) 555-0101")[0] == "on_list"
    reply = maple.asks(maple.manager, "calloway")
    assert (reply.answer.yours, reply.answer.about) == (True, "RN, No. 9001")
    assert [stage.title for stage in reply.stages] == [
        "Read from payroll",
        "On the list of Maple Grove",
        "Welcome email",
    ]


def test_on_leave_and_with_a_last_day(maple) -> None:
    Membership.objects.filter(user__last_name="Bello").update(status="fmla")
    assert maple.told("Ruth Bello")[1] == "Ruth Bello is on the list of Maple Grove, on FMLA."
    Membership.objects.filter(user__last_name="Bello").update(status="suspended")
    assert maple.told("Ruth Bello")[1] == "Ruth Bello is on the list of Maple Grove, status: suspended."
    Membership.objects.filter(user__last_name="Bello").update(status="active", ends_on=made.NOON.date())
    assert (
        maple.told("Ruth Bello")[1]
        == "Ruth Bello is on the list of Maple Grove, with Nov 16 as the last day."
    )


def test_exists_elsewhere_and_nothing_more_is_said(maple) -> None:
    reply = maple.asks(maple.manager, "Agnes Hillman")
    assert reply.answer.code == "elsewhere"
    assert (
        reply.answer.found.sentence
        == "Somebody of that name already exists at another location of Maple Health."
    )
    assert (reply.answer.person, reply.answer.user_id, reply.answer.about, reply.stages) == ("", None, "", ())
    assert reply.answer.text.endswith(CONTACT)
    for text in ("agnes@example.com", "020", "9020", "(515) 555-0120"):
        answer = maple.asks(maple.manager, text).answer
        assert answer.code == "elsewhere"
        assert not {"Agnes", "Hillman", "Oak", "RN"} & set(answer.text.replace(",", " ").split())


@pytest.mark.parametrize(
    "text", ["hillman", "agnes", "Agnes Hill", "Agnes Hilman", "agn hil", "agnes@example", "90", "9"]
)
def test_nobody_leafs_through_people_of_other_locations(maple, text: str) -> None:
    reply = maple.asks(maple.manager, text)
    assert reply.answer.code in ("say_more", "not_in_feed")
    assert not reply.others


def test_the_other_location_is_named_to_who_looks_after_it(maple) -> None:
    answer = maple.asks(maple.both, "hillman", here=maple.grove).answer
    assert (answer.code, answer.found.outcome.leads, answer.yours) == ("on_another_list", "add_here", True)
    assert answer.found.sentence == "Agnes Hillman is on the list of Oak Hill, not of Maple Grove."
    assert maple.told("hillman", maple.admin) == ("on_list", "Agnes Hillman is on the list of Oak Hill.")


def test_nobody_of_that_name(maple) -> None:
    Run.objects.update(source_time=now() - timedelta(hours=3))
    code, sentence = maple.told("Zoe Ng")
    assert code == "not_in_feed"
    assert sentence.startswith("Nobody of that name is in the last payroll file, of ")
    reply = maple.asks(maple.manager, "Zoe Ng")
    assert (reply.known, reply.stages) == (False, ())
    assert "Please do not add anybody by hand who is in payroll." in reply.answer.text
    assert maple.told("zoe@example.com")[1].startswith("Nobody with that email address is in")
    assert maple.told("")[0] == "say_more"


def test_before_the_first_sync(payroll) -> None:
    org = payroll.integration.organization
    manager = Actor.of(made.manager(org.locations.get()))
    assert whereis.ask(org, "Zoe Ng", actor=manager).answer.code == "not_yet"
    payroll.runs()
    answer = whereis.ask(org, "Ines Calloway", actor=manager).answer
    assert (answer.code, answer.found.sentence) == (
        "first_sync",
        "Ines Calloway is in the payroll file, and the first sync has not been approved yet.",
    )
    assert answer.step.startswith(
        "Client Success approves the first sync; then everybody appears at once. Ask "
    )


def test_without_payroll(db: None) -> None:
    place = made.location()
    answer = whereis.ask(place.organization, "Zoe Ng", actor=Actor.of(made.manager(place))).answer
    assert answer.code == "not_connected"


def test_other_organizations_and_staff(maple) -> None:
    stranger = made.location(made.organization("Cedar Care"), "Cedar Point")
    made.person(stranger, "Paul Stranger", email="paul@example.com")
    assert maple.told("Paul Stranger", maple.admin)[0] == "not_in_feed"
    assert maple.told("paul@example.com", maple.admin)[0] == "not_in_feed"
    staff = Membership.objects.get(user__last_name="Bello").user
    with pytest.raises(NotAllowed):
        maple.asks(staff, "Ines Calloway")


def test_pay_is_in_no_answer(maple) -> None:
    Membership.objects.get(user__last_name="Calloway").duties.update(
        pay_rate=315_000, pay_unit="hour", pay_currency="USD"
    )
    said = str(maple.asks(maple.admin, "calloway").as_json())
    assert not {"31.5", "315000", "hour"} & set(said.replace(",", " ").split())


def test_the_most_urgent_of_several_comes_first(maple) -> None:
    maple.hires(
        NOOR.replace("Active", "Probezeit"),
        NOOR.replace("007", "008").replace("noor@", "n2@").replace("Castellane", "Castell"),
    )
    reply = maple.asks(maple.manager, "noor")
    assert [reply.answer.code, *(one.code for one in reply.others)] == ["unmapped_status", "on_list"]


def test_every_outcome_reads_as_one_sentence_and_one_step() -> None:
    assert list(TEXTS) == list(OUTCOMES)
    for code, one in TEXTS.items():
        assert one.sentence.endswith((".", "}")), code
        assert one.step.endswith("."), code
        assert "Please do not" in one.step or one.step.count(". ") <= 1, code
        assert bool(one.here) == OUTCOMES[code].waits
