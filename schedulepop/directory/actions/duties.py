"""A membership's duties and zones: rows that belong to payroll, to managers, or to both."""

from __future__ import annotations

from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Duty, Membership, MembershipDuty, MembershipZone, Zone

Part = Duty | Zone


def word(part: Part) -> str:
    """How the part is called in sentences."""
    return "duty" if isinstance(part, Duty) else "zone"


def require_of_location(membership: Membership, part: Part) -> None:
    """A duty or zone belongs to one location."""
    if part.location_id != membership.location_id:
        raise Refused(f"{part.name} is not a {word(part)} of {membership.location.name}.")


def primary_id(membership: Membership, part: Part) -> int | None:
    """The id of the membership's primary duty, or zone."""
    return membership.primary_duty_id if isinstance(part, Duty) else membership.primary_zone_id


def row_of(membership: Membership, part: Part) -> MembershipDuty | MembershipZone | None:
    """The membership's row of this part, if it has one."""
    if isinstance(part, Duty):
        return MembershipDuty.objects.filter(membership=membership, duty=part).first()
    return MembershipZone.objects.filter(membership=membership, zone=part).first()


def add_row(membership: Membership, part: Part, *, by_payroll: bool) -> None:
    """A row for this part, if there is none; payroll's, or a manager's."""
    owner = {"by_payroll": by_payroll, "by_manager": not by_payroll}
    if row_of(membership, part) is not None:
        return
    if isinstance(part, Duty):
        MembershipDuty.objects.create(membership=membership, location=membership.location, duty=part, **owner)
    else:
        MembershipZone.objects.create(membership=membership, location=membership.location, zone=part, **owner)


def move_primary(membership: Membership, part: Part) -> None:
    """Make this part the primary one: its row in, the primary moved, the old row out unless a manager's.

    On a membership that payroll owns the primary's row is payroll's, so that the next sync leaves no trace
    of a local edit that it overwrites.
    """
    require_of_location(membership, part)
    old = membership.primary_duty if isinstance(part, Duty) else membership.primary_zone
    add_row(membership, part, by_payroll=membership.payroll_owned)
    field = f"primary_{word(part)}"
    setattr(membership, field, part)
    membership.save(update_fields=[field])
    if old is None:
        return
    row = row_of(membership, old)
    if row is not None and not row.by_manager:
        row.delete()
