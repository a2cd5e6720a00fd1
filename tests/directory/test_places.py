"""Organizations, locations, duties, zones and the payroll codes that name them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import DutyCode, LocationCode
from tests import made
from tests.directory.house import House, entry

pytestmark = pytest.mark.django_db


def test_a_location_with_its_codes(house: House) -> None:
    place = actions.add_location(house.org, "  Oak  Park ", actor=house.dana, codes=["10 A", "10b"])
    assert (place.name, place.timezone) == ("Oak Park", "America/New_York")
    assert set(place.codes.values_list("code", flat=True)) == {"10 a", "10b"}
    first = AuditEntry.objects.earliest("pk")
    assert (first.by, first.door, first.verb, first.subject) == ("Dana Whitfield", "api", "added", "location")
    assert AuditEntry.objects.latest("pk").changes == [{"field": "10b", "old": None, "new": "Oak Park"}]


def test_a_taken_code_refuses_the_whole_location(house: House) -> None:
    actions.map_code(house.grove, "100", actor=house.henry)
    with pytest.raises(Refused, match="The payroll code 100 already names Maple Grove"):
        actions.add_location(house.org, "Oak Park", actor=house.henry, codes=["100"])
    assert not house.org.locations.filter(name="Oak Park").exists()


def test_duties_and_zones_with_their_codes(house: House) -> None:
    cna = actions.add_duty(house.grove, "CNA", actor=house.henry, codes=["C1"], cms_code=10)
    actions.add_zone(house.grove, "West Wing", actor=house.henry)
    assert cna.cms_code == 10
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "subject")) == [
        ("added", "duty"),
        ("mapped_code", "duty"),
        ("added", "zone"),
    ]


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda h: actions.add_location(h.org, "Maple Grove", actor=h.henry), "already has a location named"),
        (lambda h: actions.add_location(h.org, "", actor=h.henry), "The location's name is missing"),
        (
            lambda h: actions.add_location(h.org, "Oak", timezone="Mars", actor=h.henry),
            "“Mars” is not a time zone",
        ),
        (lambda h: actions.add_duty(h.grove, "RN", actor=h.henry), "already has a duty named RN"),
        (lambda h: actions.add_duty(h.grove, "X", cms_code=41, actor=h.henry), "CMS labor codes are 1 to 40"),
        (lambda h: actions.add_zone(h.grove, "Memory Care", actor=h.henry), "already has a zone named"),
    ],
)
def test_what_is_there_or_makes_no_sense(
    house: House, write: Callable[[House], object], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        write(house)
    assert not AuditEntry.objects.exists()


def test_managers_and_strangers_change_no_settings(house: House) -> None:
    stranger = Actor.of(made.admin(made.organization("Cedar Care")))
    for outsider in (house.margo, stranger):
        for write in (
            lambda by: actions.add_location(house.org, "Oak Park", actor=by),
            lambda by: actions.add_duty(house.grove, "CNA", actor=by),
            lambda by: actions.add_zone(house.grove, "West Wing", actor=by),
            lambda by: actions.map_code(house.rn, "R1", actor=by),
            lambda by: actions.unmap_code(house.rn, "R1", actor=by),
            lambda by: actions.edit_organization(house.org, {"name": "Mine"}, actor=by),
        ):
            with pytest.raises(NotAllowed, match="Only an admin of Maple Health or Client Success"):
                write(outsider)


def test_a_code_is_mapped_moved_and_taken_away(house: House) -> None:
    lpn = made.duty(house.grove, "LPN")
    actions.map_code(house.rn, "N-1", actor=house.henry)
    assert entry() == ("Henry Okafor", "web", "mapped_code", [("n-1", None, "RN")])
    actions.map_code(house.rn, " n-1 ", actor=house.henry)  # the same: nothing happens
    assert AuditEntry.objects.count() == 1
    with pytest.raises(Refused, match=r"The payroll code N-1 already names RN\. Take it away there first"):
        actions.map_code(lpn, "N-1", actor=house.henry)
    actions.map_code(lpn, "N-1", actor=house.henry, move=True)
    assert DutyCode.objects.get().duty == lpn
    assert AuditEntry.objects.latest("pk").changes == [{"field": "n-1", "old": "RN", "new": "LPN"}]
    assert not actions.unmap_code(house.rn, "N-1", actor=house.henry)
    assert actions.unmap_code(lpn, "N-1", actor=house.henry)
    assert not DutyCode.objects.exists()
    assert AuditEntry.objects.latest("pk").verb == "unmapped_code"


def test_codes_of_other_places_do_not_count(house: House) -> None:
    cedar = made.location(made.organization("Cedar Care"), "Cedar Court", "100")
    actions.map_code(house.grove, "100", actor=house.henry)
    actions.map_code(house.rn, "N-1", actor=house.henry)
    actions.map_code(made.duty(house.hollow, "RN"), "N-1", actor=house.henry)
    assert LocationCode.objects.get(organization=cedar.organization).location == cedar
    assert DutyCode.objects.filter(code="n-1").count() == 2


def test_organizations_are_added_by_the_vendor(house: House) -> None:
    cedar = actions.add_organization("Cedar Care", "America/Chicago", actor=house.dana)
    assert cedar.slug == "cedar-care"
    assert entry() == ("Dana Whitfield", "api", "added", [("name", None, "Cedar Care")])
    assert house.dana.user is not None
    assert Actor.of(house.dana.user).is_client_success(cedar)
    again = actions.add_organization("Cedar Care", "America/Chicago", actor=Actor.operator("root"))
    assert again.slug == "cedar-care-2"
    with pytest.raises(Refused, match="The short name cedar-care is taken"):
        actions.add_organization("C", "America/Chicago", slug="cedar-care", actor=house.dana)
    for actor in (house.henry, house.margo):
        with pytest.raises(NotAllowed, match="Only the operator of this installation or Client Success"):
            actions.add_organization("Mine", "America/Chicago", actor=actor)
    with pytest.raises(NotAllowed):
        actions.add_organization("Vendor", "America/Chicago", vendor=True, actor=house.dana)


def test_settings_of_an_organization(house: House) -> None:
    actions.edit_organization(
        house.org, {"seniority_by": "latest", "support_name": "Dana Whitfield"}, actor=house.henry
    )
    assert Organization.objects.get(pk=house.org.pk).seniority_by == "latest"
    assert entry()[2:] == ("edited", [("seniority_by", "original", "latest")])
    for changes in ({"vendor": True}, {"seniority_by": "age"}, {"timezone": "Mars"}, {"name": ""}):
        with pytest.raises(Refused):
            actions.edit_organization(house.org, changes, actor=house.henry)


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x07", "\x7f", "\x9b"])
def test_no_typed_name_holds_control_characters(house: House, sign: str) -> None:
    """They would do something to a terminal, and look like nothing on a page."""
    typed = f"Elm{sign} Court"
    for write in (
        lambda: actions.add_location(house.ines.organization, typed, actor=house.henry),
        lambda: actions.edit_organization(house.ines.organization, {"name": typed}, actor=house.henry),
        lambda: actions.edit_user(house.ines.user, {"last_name": typed}, actor=house.henry),
        lambda: actions.block_access(house.ines, typed, actor=house.henry),
        lambda: actions.add_duty(house.ines.location, typed, actor=house.henry),
    ):
        with pytest.raises(Refused, match="a character that nobody can see"):
            write()
