"""Two duties or zones become one: whoever has one has the other, nights go by it, and all of it can be taken back."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory import reads
from schedulepop.directory.errors import NotAllowed
from schedulepop.directory.models import Duty, Location, Membership, MembershipDuty, MembershipZone, Zone
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.merge import parts
from schedulepop.sync.review.undo import undo
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def zone(name: str) -> Zone:
    return Zone.objects.select_related("organization", "location").get(name=name)


def duty(name: str) -> Duty:
    return Duty.objects.select_related("organization", "location").get(name=name)


def zones() -> dict[str, list[str]]:
    """First name → zones, the primary one first."""
    found = {}
    for one in Membership.objects.select_related("user", "primary_zone"):
        first = one.primary_zone.name if one.primary_zone else ""
        names = one.zones.exclude(zone=one.primary_zone_id).values_list("zone__name", flat=True)
        found[one.user.first_name] = [first, *sorted(names)]
    return found


def images_of(payroll: Payroll) -> list[dict[str, object]]:
    """Every row of a membership's parts, as a test compares them."""
    return [
        *MembershipZone.objects.order_by("pk").values(),
        *MembershipDuty.objects.order_by("pk").values(),
        *Membership.objects.order_by("pk").values("pk", "primary_zone", "primary_duty", "cms_code"),
    ]


def test_everybody_moves_primary_and_further_and_the_codes_with_them(synced: Payroll) -> None:
    ines = Membership.objects.get(user__first_name="Ines")
    MembershipZone.objects.create(
        membership=ines, location=ines.location, zone=zone("East Wing"), by_manager=True
    )
    told = parts.preview(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    assert (told.primary, told.further, told.both, told.codes) == (4, 1, 1, ("east wing",))
    parts.merge(told.kept, told.merged, actor=OPERATOR, digest=told.digest)
    assert set(map(tuple, zones().values())) == {("Memory Care",)}
    assert [*zone("Memory Care").codes.order_by("code").values_list("code", flat=True)] == [
        "east wing",
        "memory care",
    ]
    both = MembershipZone.objects.get(membership=ines)
    assert (both.by_payroll, both.by_manager) == (True, True)
    entry = AuditEntry.objects.get(verb="merged_part")
    assert (entry.subject, entry.changes[0]["old"], entry.changes[1]["new"]) == ("zone", "East Wing", 5)


def test_the_night_after_goes_by_it_and_the_merged_one_is_offered_nowhere(synced: Payroll) -> None:
    place = Location.objects.get(name="Maple Grove")
    parts.merge(duty("RN"), duty("CNA"), actor=OPERATOR)
    synced.sends(
        *PEOPLE, "007,9007,Ada,Field,ada@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-11-02"
    )
    run = synced.runs()
    assert (run.counts["created"], run.counts["updated"], run.counts["held"]) == (1, 0, 0)
    assert Membership.objects.get(user__first_name="Ada").primary_duty == duty("RN")
    assert not MembershipDuty.objects.filter(duty=duty("CNA")).exists()
    assert reads.duty_names(OPERATOR, place.organization, [place]) == ["LPN", "RN"]


def test_taken_back_every_row_is_as_before(synced: Payroll) -> None:
    before = images_of(synced)
    done = parts.merge(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    assert images_of(synced) != before
    assert parts.undo(done, actor=OPERATOR) == []
    assert images_of(synced) == before
    assert [*zone("East Wing").codes.values_list("code", flat=True)] == ["east wing"]
    assert zone("East Wing").merged_into is None
    with pytest.raises(Refused, match="already"):
        parts.undo(done, actor=OPERATOR)
    assert synced.runs().counts["updated"] == 0


def test_what_was_written_since_stays_and_is_said(synced: Payroll) -> None:
    third = made.zone(Location.objects.get(name="Maple Grove"), "North Hall")
    done = parts.merge(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    luis = Membership.objects.get(user__first_name="Luis")
    MembershipZone.objects.create(membership=luis, location=luis.location, zone=third, by_payroll=True)
    Membership.objects.filter(pk=luis.pk).update(primary_zone=third)
    conflicts = parts.undo(done, actor=OPERATOR)
    assert [(table, column) for table, _, column in conflicts] == [
        ("directory_membership", "primary_zone_id")
    ]
    assert zones()["Luis"][0] == "North Hall"
    assert zones()["Omar"][0] == "East Wing"


def test_an_undo_of_an_earlier_run_finds_the_merged_one(synced: Payroll) -> None:
    made.zone(Location.objects.get(name="Maple Grove"), "West Wing", "West Wing")
    synced.sends(PEOPLE[0], PEOPLE[1].replace("East Wing", "West Wing"), *PEOPLE[2:])
    run = synced.runs()
    assert zones()["Luis"] == ["West Wing"]
    parts.merge(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)
    assert zones()["Luis"][0] == "East Wing"


def test_labor_codes_follow_the_kept_duty(synced: Payroll) -> None:
    Duty.objects.filter(name="RN").update(cms_code=7)
    Duty.objects.filter(name="CNA").update(cms_code=10)
    assert parts.preview(duty("RN"), duty("CNA"), actor=OPERATOR).cms_differs
    parts.merge(duty("RN"), duty("CNA"), actor=OPERATOR)
    assert set(
        Membership.objects.filter(primary_duty__name="RN")
        .exclude(cms_code=None)
        .values_list("cms_code", flat=True)
    ) == {7}


def test_who_may_and_what_is_no_pair(synced: Payroll) -> None:
    place = Location.objects.get(name="Maple Grove")
    manager = Actor.of(made.manager(place))
    with pytest.raises(NotAllowed):
        parts.merge(zone("Memory Care"), zone("East Wing"), actor=manager)
    elsewhere = made.zone(made.location(place.organization, "Oak Hill"), "North Hall")
    for kept, merged in ((zone("East Wing"), zone("East Wing")), (zone("East Wing"), elsewhere)):
        with pytest.raises(Refused):
            parts.preview(kept, merged, actor=OPERATOR)
    seen = parts.preview(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    Membership.objects.filter(user__first_name="Omar").update(notes="Changed since")
    with pytest.raises(Refused, match="changed since you looked"):
        parts.merge(seen.kept, seen.merged, actor=OPERATOR, digest=seen.digest)
    parts.merge(zone("Memory Care"), zone("East Wing"), actor=OPERATOR)
    with pytest.raises(Refused, match="merged into another one before"):
        parts.preview(zone("East Wing"), zone("Memory Care"), actor=OPERATOR)
