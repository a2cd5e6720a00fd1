"""What a merge writes: everything of one user becomes the other's. Called in a transaction, rows locked.

Where both are at one location the kept membership stays, with its local fields; payroll's values come from the
one payroll speaks for, managers' extras are united, and a block on either denies.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from schedulepop import employee
from schedulepop.accounts import access, invitations
from schedulepop.accounts.models import Grant, User
from schedulepop.directory.models import EmploymentPeriod, Membership, MembershipDuty, MembershipZone
from schedulepop.messages.models import Message
from schedulepop.sync.models import Answer, FieldOverride, IdChange, Issue, Link

BLOCK = ("access_blocked_reason", "access_blocked_by", "access_blocked_at")
NOT_SENT = "Not sent: this account was merged into another one of the same person."


def move(kept: User, merged: User, *, by: str, now: datetime) -> None:
    """All of it. Afterwards `merged` has no membership, no grant, no link, and never signs in."""
    _links(kept, merged, by=by, now=now)
    there = {one.location_id: one for one in kept.memberships.select_for_update(no_key=True)}
    for one in merged.memberships.select_for_update(no_key=True).order_by("pk"):
        if one.location_id in there:
            _join(there[one.location_id], one)
    has_primary = kept.memberships.filter(is_primary=True).exists()
    rest = merged.memberships.all()
    if has_primary:
        rest.update(user=kept, is_primary=False)
    else:
        rest.update(user=kept)
    _grants(kept, merged, now)
    _decisions(kept, merged, by=by, now=now)
    Message.objects.filter(user=merged, state=Message.State.QUEUED).update(
        state=Message.State.FAILED, error=NOT_SENT
    )
    invitations.revoke([merged.pk], now)
    invitations.revoke_handed_over([kept.pk], now)  # what the other one may see is theirs, too
    _person(kept, merged)
    access.end_sessions([merged.pk], now)
    touch(kept)


def touch(*users: User) -> None:
    """Let the next run compare them in full, though only their links moved."""
    with connection.cursor() as cursor:
        for user in users:
            cursor.execute("SELECT sync_touch(%s)", [user.pk])


def payroll_speaks_for(kept: Membership, merged: Membership) -> bool:
    """Whether payroll's values are the merged membership's: it alone is payroll's, or the other employment is over."""
    if not merged.payroll_owned:
        return False
    return not kept.payroll_owned or (employee.is_ended(kept.status) and not employee.is_ended(merged.status))


def _join(kept: Membership, merged: Membership) -> None:
    takes = payroll_speaks_for(kept, merged)
    if takes and kept.payroll_owned and employee.is_ended(kept.status):
        EmploymentPeriod.objects.create(
            membership=kept,
            hire_date=kept.hire_date,
            ended_on=kept.termination_date,
            status=kept.status,
            duty_name=kept.primary_duty.name if kept.primary_duty else "",
        )
    _parts(kept, merged, takes=takes)
    values = (
        {name: getattr(merged, name) for name in employee.MEMBERSHIP_COLUMNS} | {"payroll_owned": True}
        if takes
        else {}
    )
    if merged.access_blocked_at and not kept.access_blocked_at:
        values |= {name: getattr(merged, name) for name in BLOCK}
    for part in ("primary_duty_id", "primary_zone_id"):
        if getattr(merged, part) and (takes or getattr(kept, part) is None):
            values[part] = getattr(merged, part)
    if merged.is_primary and not Membership.objects.filter(user=kept.user_id, is_primary=True).exists():
        values["is_primary"] = True
    EmploymentPeriod.objects.filter(membership=merged).update(membership=kept)
    with connection.cursor() as cursor:  # parts go with it, and the primary ones only after it
        cursor.execute("DELETE FROM directory_membership WHERE id = %s", [merged.pk])
    if values:
        Membership.objects.filter(pk=kept.pk).update(**values)


def _parts(kept: Membership, merged: Membership, *, takes: bool) -> None:
    """Duties and zones of both: a manager's extras are the kept one's too; payroll's only where it counts."""
    for model, name in ((MembershipDuty, "duty_id"), (MembershipZone, "zone_id")):
        mine = {getattr(row, name): row for row in model._default_manager.filter(membership=kept)}
        for row in model._default_manager.filter(membership=merged):
            own = mine.get(getattr(row, name))
            primary = getattr(merged, f"primary_{name}") == getattr(row, name)
            needed = takes or row.by_manager or (primary and getattr(kept, f"primary_{name}") is None)
            if own is None and needed:
                row.pk, row.membership = None, kept
                row._state.adding = True
                if not takes:
                    row.by_payroll = row.by_payroll and not row.by_manager
                row.save(force_insert=True)
            elif own is not None:
                own.by_manager = own.by_manager or row.by_manager
                own.by_payroll = own.by_payroll or (takes and row.by_payroll)
                if takes and isinstance(own, MembershipDuty):
                    for field in employee.PAY_COLUMNS:
                        setattr(own, field, getattr(row, field))
                own.save()


def _links(kept: User, merged: User, *, by: str, now: datetime) -> None:
    """Every ID is the kept user's; a second live one of the same integration is a further one.

    Where one of the two employments is over, the other's ID has replaced its ID: kept for CMS (SPEC §8).
    """
    mine = {
        link.integration_id: link for link in Link.objects.filter(user=kept, retired_at=None, further=False)
    }
    for link in Link.objects.filter(user=merged).order_by("pk"):
        first = mine.get(link.integration_id)
        if first is not None and link.retired_at is None:
            _replaced(kept, merged, first, link, by=by, now=now)
        link.user = kept
        link.further = link.further or (first is not None and link.retired_at is None)
        link.save(update_fields=["user", "further"])


def _replaced(kept: User, merged: User, first: Link, link: Link, *, by: str, now: datetime) -> None:
    mine, theirs = _all_ended(kept), _all_ended(merged)
    if mine == theirs:
        return
    old, new = (first, link) if mine else (link, first)
    IdChange.objects.create(
        organization=kept.organization,
        integration=link.integration,
        user=kept,
        old_id=old.source_id,
        new_id=new.source_id,
        changed_on=now.date(),
        by=by,
        at=now,
    )


def _all_ended(user: User) -> bool:
    statuses = list(user.memberships.filter(payroll_owned=True).values_list("status", flat=True))
    return bool(statuses) and all(employee.is_ended(status) for status in statuses)


def _grants(kept: User, merged: User, now: datetime) -> None:
    mine = set(Grant.objects.filter(user=kept, ended_at=None).values_list("role", "organization_id"))
    for grant in Grant.objects.filter(user=merged, ended_at=None):
        if (grant.role, grant.organization_id) not in mine:
            Grant.objects.create(user=kept, role=grant.role, organization_id=grant.organization_id)
    Grant.objects.filter(user=merged, ended_at=None).update(ended_at=now)


def _decisions(kept: User, merged: User, *, by: str, now: datetime) -> None:
    """Answers, overrides, issues and ID changes follow; of two overrides of one field the kept user's counts."""
    Answer.objects.filter(user=merged).update(user=kept)
    IdChange.objects.filter(user=merged).update(user=kept)
    Issue.objects.filter(user=merged).update(user=kept)
    mine = set(FieldOverride.objects.filter(user=kept, released_at=None).values_list("location_id", "field"))
    for override in FieldOverride.objects.filter(user=merged):
        if override.released_at is None and (override.location_id, override.field) in mine:
            override.released_at, override.released_by, override.released_why = now, by, "merged"
        override.user = kept
        override.save(update_fields=["user", "released_at", "released_by", "released_why"])


def _person(kept: User, merged: User) -> None:
    """What the kept user does not have comes from the merged one; agency staff only where both are."""
    kept.email, kept.phone = kept.email or merged.email, kept.phone or merged.phone
    kept.local = kept.local and merged.local
    kept.save(update_fields=["email", "phone", "local"])
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
