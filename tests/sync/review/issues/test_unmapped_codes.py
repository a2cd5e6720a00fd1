"""Issues come, are seen again and go by themselves; a code mapped where its issue stands fills the waiting at once."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory import actions
from schedulepop.directory.errors import Refused as NotThere
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Issue, Run, Trigger
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.sync.run import at_once_requests, runs
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR, Maple

pytestmark = pytest.mark.django_db

LUZ = "008,9008,Luz,Marin,luz@example.com,(515) 555-0108,101,CNA,MC-2,Active,2026-11-20"

AT_HILL = [
    f"{n},8{n},Hilda,Hill{chr(97 + n % 26)},h{n}@example.com,(515) 555-1{n},202,RN,North Hall,Active,2020-02-02"
    for n in range(200, 207)
]
"""Seven more people at Oak Hill."""


def only_issue(code: str) -> Issue:
    return Issue.objects.get(code=code, resolved_at=None)


def map_and_fill(issue: Issue, actor: Actor, **what: str) -> Run | None:
    asks = unmapped_codes.unmapped(issue)
    assert asks is not None
    unmapped_codes.map_code(asks, actor=actor, **what)
    run = unmapped_codes.fill_waiting(issue, actor=actor)
    return runs.drive(run.pk) if run is not None else None


def test_one_issue_per_code_with_the_people_it_concerns(maple: Maple) -> None:
    maple.hires(NOOR.replace("East Wing", "MC-2"), LUZ)
    issue = only_issue("unmapped_zone")
    assert (issue.count, issue.location, issue.key) == (2, maple.grove, f"{maple.grove.pk}:mc-2")
    assert [row["name"] for row in issue.rows] == ["Noor Castellane", "Luz Marin"]
    asks = unmapped_codes.unmapped(issue)
    assert asks is not None
    assert (asks.kind, asks.code, [name for _, name in asks.choices]) == (
        "zone",
        "MC-2",
        ["East Wing", "Memory Care"],
    )


def test_seen_again_it_stays_the_same_and_a_clean_run_resolves_it(maple: Maple) -> None:
    first = maple.hires(LUZ)
    issue = only_issue("unmapped_zone")
    opened = issue.first_seen_at
    maple.hires(LUZ.replace("0108", "0188"))
    issue.refresh_from_db()
    assert (issue.first_seen_at, issue.first_run, issue.resolved_at) == (opened, first, None)
    last = maple.hires(LUZ.replace("MC-2", "East Wing"))
    issue.refresh_from_db()
    assert issue.resolved_at is not None
    assert issue.resolved_by == f"sync run {last.number}"


def test_a_zone_is_mapped_and_the_people_have_it_at_once(maple: Maple) -> None:
    maple.hires(NOOR.replace("East Wing", "MC-2"), LUZ)
    run = map_and_fill(only_issue("unmapped_zone"), Actor.of(maple.admin), to="memory care")
    assert run is not None
    assert (run.state, run.counts["updated"], run.counts["created"]) == ("applied", 2, 0)
    zones = Membership.objects.filter(user__last_name__in=["Castellane", "Marin"])
    assert {one.primary_zone.name for one in zones if one.primary_zone} == {"Memory Care"}
    assert not Issue.objects.filter(code="unmapped_zone", resolved_at=None).exists()
    assert AuditEntry.objects.get(verb="mapped_code").by == "Renata Okoye"


def test_a_duty_is_made_where_it_is_missing(maple: Maple) -> None:
    maple.hires(NOOR.replace(",CNA,", ",COOK,"))
    map_and_fill(only_issue("unmapped_duty"), OPERATOR, create="Cook")
    member = Membership.objects.get(user__last_name="Castellane")
    assert member.primary_duty is not None
    assert (member.primary_duty.name, member.location) == ("Cook", maple.grove)


@pytest.mark.parametrize("what", [{"to": "Oak Hill"}, {"create": "Cedar Court"}])
def test_people_who_waited_for_a_location_appear_and_are_welcomed(maple: Maple, what: dict[str, str]) -> None:
    maple.hires(NOOR.replace(",101,CNA,East Wing", ",909,RN,North Hall"))
    assert maple.told("Noor Castellane", maple.admin)[0] == "unmapped_location"
    run = map_and_fill(only_issue("unmapped_location"), Actor.of(maple.client_success), **what)
    assert run is not None
    assert run.counts["created"] == 1
    noor = Membership.objects.get(user__last_name="Castellane")
    assert noor.location.name == next(iter(what.values()))
    assert Message.objects.filter(user=noor.user, kind="welcome").count() == 1


def test_a_status_word_is_mapped_in_the_mapping(maple: Maple) -> None:
    maple.hires(NOOR.replace("Active", "Probezeit"))
    issue = only_issue("unmapped_status")
    version = issue.integration.mapping_version
    asks = unmapped_codes.unmapped(issue)
    assert asks is not None
    with pytest.raises(Refused, match="not an employment status"):
        unmapped_codes.map_code(asks, to="Trial", actor=OPERATOR)
    run = map_and_fill(issue, OPERATOR, to="active")
    assert run is not None
    assert run.counts["created"] == 1
    issue.integration.refresh_from_db()
    assert issue.integration.mapping_version == version + 1
    assert issue.integration.mapping["statuses"] == {"Probezeit": "active"}


def test_only_admins_and_client_success_map(maple: Maple) -> None:
    maple.hires(LUZ)
    with pytest.raises(NotAllowed):
        map_and_fill(only_issue("unmapped_zone"), Actor.of(maple.manager), to="Memory Care")


def test_a_name_that_is_not_there_is_refused_with_those_that_are(maple: Maple) -> None:
    maple.hires(LUZ)
    with pytest.raises(Refused, match="Maple Grove has: East Wing, Memory Care"):
        map_and_fill(only_issue("unmapped_zone"), OPERATOR, to="Moon")
    with pytest.raises(NotThere, match="already has a zone named"):
        map_and_fill(only_issue("unmapped_zone"), OPERATOR, create="Memory Care")


def test_while_a_run_is_under_way_it_waits_its_turn(maple: Maple) -> None:
    """The run that goes first plans by the new map already, and nothing is left to do."""
    maple.hires(LUZ)
    night = runs.request(maple.payroll.integration, trigger=Trigger.MANUAL, actor=OPERATOR)  # type: ignore[arg-type]
    Run.objects.filter(pk=night.pk).update(state="running")
    waits = map_and_fill(only_issue("unmapped_zone"), OPERATOR, to="Memory Care")
    assert waits is not None
    assert waits.state == "queued"
    assert runs.drive(night.pk).counts["updated"] == 1
    (after,) = at_once_requests.drive_next(waits.integration_id)
    assert (after, after.counts["unchanged"]) == (waits, 1)


def test_what_is_on_hold_stays_and_nobody_else_is_touched(maple: Maple) -> None:
    """Removals go on waiting in the night's run; the edit of a manager is overwritten tonight, as its page said."""
    gone = [row.replace("Active", "Terminated") for row in PEOPLE[:4]]
    night = maple.night(*gone, *PEOPLE[4:], NOOR.replace("East Wing", "MC-2"))
    omar = Membership.objects.get(user__last_name="Haddad")
    actions.edit_user(omar.user, {"phone": "515 555 0000"}, actor=Actor.of(maple.manager))
    run = map_and_fill(only_issue("unmapped_zone"), OPERATOR, to="Memory Care")
    assert run is not None
    assert (run.state, run.rest, run.counts["updated"], run.counts["read"]) == ("applied", "none", 1, 1)
    assert (runs.reload(night).rest, runs.reload(night).counts["held"]) == ("waiting", 4)
    assert Membership.objects.filter(status="active", payroll_owned=True, location=maple.grove).count() == 7
    omar.user.refresh_from_db()
    assert omar.user.phone == "+15155550000"


def test_blanks_and_other_issues_ask_for_no_mapping(maple: Maple) -> None:
    maple.hires(NOOR.replace(",101,", ",,"), LUZ.replace("MC-2", "East Wing").replace("luz@example.com", ""))
    assert unmapped_codes.unmapped(only_issue("unmapped_location")) is None
    assert unmapped_codes.unmapped(only_issue("needs_contact")) is None


def test_before_the_first_sync_nothing_is_run(payroll) -> None:
    payroll.runs()
    assert unmapped_codes.fill_waiting(Issue(integration=payroll.integration), actor=OPERATOR) is None


def test_while_a_newer_feed_is_on_hold_nothing_is_planned(maple: Maple) -> None:
    """HR goes on deciding about the plan they have seen, is alarmed once, and the approval goes by the new map."""
    maple.hires(LUZ)
    held = maple.night(*PEOPLE[:2], LUZ)
    assert held.state == "held"
    letters = Message.objects.count()
    issue = only_issue("unmapped_zone")
    assert map_and_fill(issue, OPERATOR, to="Memory Care") is None
    assert unmapped_codes.waits_for_decision(issue)
    held.refresh_from_db()
    assert (held.state, Run.objects.count(), Message.objects.count()) == ("held", held.number, letters)
    with pytest.raises(Refused, match="look"):
        runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    held.refresh_from_db()
    runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    zone = Membership.objects.get(user__last_name="Marin").primary_zone
    assert (zone and zone.name, unmapped_codes.waits_for_decision(issue)) == ("Memory Care", False)


def test_a_hold_at_another_location_stops_no_map(maple: Maple) -> None:
    """Six people at Maple Grove are missing; the zone is Oak Hill's."""
    at_hill = LUZ.replace(",101,CNA,MC-2", ",202,RN,NH-2")
    maple.payroll.integration.policy = {"short": {"floor": 3, "share": 0.9}}  # type: ignore[attr-defined]
    maple.payroll.integration.save()  # type: ignore[attr-defined]
    run = maple.night(AGNES, at_hill, *AT_HILL)
    assert {hold["location_id"] for hold in run.holds} == {maple.grove.pk}
    issue = only_issue("unmapped_zone")
    again = map_and_fill(issue, OPERATOR, create="North Two")
    assert again is not None
    zone = Membership.objects.get(user__last_name="Marin").primary_zone
    assert (again.state, again.rest, zone and zone.name) == ("applied", "none", "North Two")
    assert runs.reload(run).rest == "waiting"


def test_a_discarded_feed_is_not_planned_again(maple: Maple) -> None:
    maple.hires(LUZ)
    runs.discard(maple.night(*PEOPLE[:2], LUZ), actor=Actor.of(maple.admin))
    again = map_and_fill(only_issue("unmapped_zone"), OPERATOR, to="Memory Care")
    assert again is not None
    assert (again.state, again.holds, again.counts["updated"]) == ("applied", [], 1)
