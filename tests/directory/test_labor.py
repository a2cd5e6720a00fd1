"""CMS codes of duties: chosen by people, given to everybody at once, on the record."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory import actions, labor
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location
from tests import made
from tests.directory.house import House, build, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build()


def code_of(house: House) -> int | None:
    house.ines.refresh_from_db()
    return house.ines.cms_code


def test_everybody_with_the_duty_has_its_code_at_once_and_nobody_else(house: House) -> None:
    aide = made.person(house.grove, "Luis Q", duty=made.duty(house.grove, "CNA"))
    other = made.person(house.hollow, "Ann Lee", duty=made.duty(house.hollow, "RN"))
    assert actions.set_labor_code(house.rn, 7, actor=house.henry) == 1
    assert code_of(house) == 7
    assert aide.memberships.get().cms_code is None
    assert other.memberships.get().cms_code is None
    told = {
        (e.subject, e.user_id): [(c["field"], c["old"], c["new"]) for c in e.changes]
        for e in AuditEntry.objects.all()
    }
    assert told == {
        ("duty", None): [("cms_code", None, 7), ("people", None, 1)],
        ("membership", house.ines.user_id): [("labor_code", None, 7)],
    }


def test_the_same_code_again_writes_nothing(house: House) -> None:
    actions.set_labor_code(house.rn, 7, actor=house.henry)
    before = AuditEntry.objects.count()
    assert actions.set_labor_code(house.rn, 7, actor=house.henry) == 0
    assert AuditEntry.objects.count() == before


def test_without_a_code_those_who_had_the_dutys_lose_it_and_payrolls_own_stays(house: House) -> None:
    own = made.person(house.grove, "Luis Q", duty=house.rn)
    actions.set_labor_code(house.rn, 7, actor=house.henry)
    own.memberships.update(cms_code=6)
    assert actions.set_labor_code(house.rn, None, actor=house.dana) == 1
    assert code_of(house) is None
    assert own.memberships.get().cms_code == 6


def test_who_may(house: House) -> None:
    for actor in (house.margo, house.bruno):
        with pytest.raises(NotAllowed):
            actions.set_labor_code(house.rn, 7, actor=actor)
        with pytest.raises(NotAllowed):
            actions.set_facility(house.grove, "A1", "OH", actor=actor)
    with pytest.raises(NotAllowed):
        actions.set_labor_code(house.rn, 7, actor=Actor.of(made.admin(made.organization("Oak Care"))))
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("code", [0, 41, -1])
def test_a_code_cms_does_not_have_is_refused(house: House, code: int) -> None:
    with pytest.raises(Refused, match="1 to 40"):
        actions.set_labor_code(house.rn, code, actor=house.henry)


def test_while_the_switch_is_off_nothing_is_written_or_shown(house: House) -> None:
    actions.set_labor_code(house.rn, 7, actor=house.henry)
    actions.edit_organization(house.org, {"cms_codes": False}, actor=house.henry)
    house.rn.refresh_from_db()
    with pytest.raises(Refused, match="switched off"):
        actions.set_labor_code(house.rn, 6, actor=house.henry)
    (line,) = labor.lines([house.grove], codes=False)
    assert (line.duty.name, line.people, line.code, line.candidates) == ("RN", 1, None, ())


def test_the_list_counts_who_works_and_suggests_without_choosing(house: House) -> None:
    made.person(house.grove, "Gone Girl", duty=house.rn, status="resigned")
    made.duty(house.grove, "CNA", cms_code=10)
    lines = {line.duty.name: line for line in labor.lines([house.grove])}
    assert (lines["RN"].people, lines["RN"].code, [one.code for one in lines["RN"].candidates]) == (
        1,
        None,
        [6, 7],
    )
    assert (str(lines["CNA"].code), lines["CNA"].people, lines["CNA"].candidates) == (
        "10 · Certified Nurse Aide",
        0,
        (),
    )


def test_a_facility_has_an_id_and_a_state(house: House) -> None:
    actions.set_facility(house.grove, " 365123 ", "oh", actor=house.henry)
    place = Location.objects.get(pk=house.grove.pk)
    assert (place.cms_facility_id, place.cms_state) == ("365123", "OH")
    assert entry()[2:] == ("edited", [("cms_facility_id", "", "365123"), ("cms_state", "", "OH")])
    actions.set_facility(house.grove, "365123", "OH", actor=house.henry)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("facility", "state", "why"),
    [("365123", "", "both"), ("", "OH", "both"), ("36-1", "OH", "letters"), ("3651", "OX", "no state")],
)
def test_half_a_facility_is_refused(house: House, facility: str, state: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        actions.set_facility(house.grove, facility, state, actor=house.henry)
