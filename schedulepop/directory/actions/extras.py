"""Further duties and zones: managers add and remove them, and they survive every sync (SPEC §1.4)."""

from __future__ import annotations

from django.db import transaction

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import checks, duties
from schedulepop.directory.actions.duties import Part
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Duty, Membership, MembershipDuty, MembershipZone, Zone


def add_extra_duty(membership: Membership, duty: Duty, *, actor: Actor) -> None:
    """One more duty of this person at this location."""
    _add(membership, duty, actor)


def add_extra_zone(membership: Membership, zone: Zone, *, actor: Actor) -> None:
    """One more zone of this person at this location."""
    _add(membership, zone, actor)


def remove_extra_duty(membership: Membership, duty: Duty, *, actor: Actor) -> None:
    """Take a manager's extra duty away. Refused for the primary one, and for what payroll gave."""
    _remove(membership, duty, actor)


def remove_extra_zone(membership: Membership, zone: Zone, *, actor: Actor) -> None:
    """Take a manager's extra zone away. Refused for the primary one, and for what payroll gave."""
    _remove(membership, zone, actor)


@transaction.atomic
def review_extras(membership: Membership, *, keep: bool, actor: Actor) -> None:
    """After somebody came back: a manager keeps the extras of the earlier employment, or removes all of them.

    Refused when there is nothing to review any more. Payroll's own further duties and zones stay either way.
    """
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    if not membership.extras_to_review:
        raise Refused(f"The extras of {membership.user.full_name} were looked at already.")
    theirs: list[MembershipDuty | MembershipZone] = [
        *membership.duties.filter(by_manager=True)
        .exclude(duty=membership.primary_duty_id)
        .select_related("duty"),
        *membership.zones.filter(by_manager=True)
        .exclude(zone=membership.primary_zone_id)
        .select_related("zone"),
    ]
    changes = []
    for row in theirs:
        part: Part = row.duty if isinstance(row, MembershipDuty) else row.zone
        changes.append(audit.change(f"extra_{duties.word(part)}", part.name, part.name if keep else None))
        if keep:
            continue
        if row.by_payroll:
            row.by_manager = False
            row.save(update_fields=["by_manager"])
        else:
            row.delete()
    Membership.objects.filter(pk=membership.pk).update(extras_to_review=False)
    checks.record(actor, membership, "kept_extras" if keep else "removed_extras", changes)


@transaction.atomic
def _add(membership: Membership, part: Part, actor: Actor) -> None:
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    duties.require_of_location(membership, part)
    row = duties.row_of(membership, part)
    if row is None:
        duties.add_row(membership, part, by_payroll=False)
    elif duties.primary_id(membership, part) == part.pk or row.by_manager:
        raise Refused(f"{membership.user.full_name} has the {duties.word(part)} {part.name} already.")
    else:  # payroll's further job: now it stays, whatever payroll does
        row.by_manager = True
        row.save(update_fields=["by_manager"])
    _record(membership, part, "added_extra", None, part.name, actor)


@transaction.atomic
def _remove(membership: Membership, part: Part, actor: Actor) -> None:
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    who, place = membership.user.full_name, membership.location.name
    row = duties.row_of(membership, part)
    if row is None:
        raise Refused(f"{who} does not have the {duties.word(part)} {part.name} at {place}.")
    if duties.primary_id(membership, part) == part.pk:
        raise Refused(_why_primary_stays(membership, part))
    if not row.by_manager:
        raise Refused(f"{part.name} comes from payroll, so it can only be taken away there.")
    if row.by_payroll:  # payroll keeps it as well
        row.by_manager = False
        row.save(update_fields=["by_manager"])
    else:
        row.delete()
    _record(membership, part, "removed_extra", part.name, None, actor)


def _why_primary_stays(membership: Membership, part: Part) -> str:
    sentence = (
        f"{part.name} is the primary {duties.word(part)} of {membership.user.full_name} "
        f"at {membership.location.name} and cannot be removed."
    )
    if membership.payroll_owned:
        return f"{sentence} It comes from payroll: change it there."
    return f"{sentence} Make another {duties.word(part)} the primary one first."


def _record(
    membership: Membership, part: Part, verb: str, old: str | None, new: str | None, actor: Actor
) -> None:
    word = duties.word(part)
    checks.record(actor, membership, f"{verb}_{word}", [audit.change(word, old, new)])
