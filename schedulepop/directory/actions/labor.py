"""CMS labor codes of duties, and how CMS knows a facility (SPEC §8). Admins and Client Success choose; nothing is
guessed.
"""

from __future__ import annotations

import re

from django.db import transaction

from schedulepop import cms
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Duty, Location, Membership

FIELD = "labor_code"
"""What the trail calls a code that came with the duty: not the canonical field, whose edits a sync overwrites."""
_FACILITY = re.compile(r"[A-Za-z0-9]{1,16}")


def set_labor_code(duty: Duty, code: int | None, *, actor: Actor) -> int:
    """Map a duty to its CMS code, or to none, and give it at once to everybody whose primary duty it is.

    At once, because a code for a whole building arriving with the next run would look like a feed gone wrong.
    Without a code those who had the duty's lose it; a code of payroll's own comes back with the next run. Returns
    how many people changed.
    """
    checks.require_settings(actor, duty.organization)
    if not duty.organization.cms_codes:
        raise Refused(f"CMS codes are switched off for {duty.organization.name}. Switch them on first.")
    if code is not None and code not in cms.CODES:
        raise Refused(f"{code} is no CMS job title code; they are 1 to 40.")
    with transaction.atomic():
        duty = (
            Duty.objects.select_for_update(no_key=True, of=("self",))
            .select_related("organization", "location")
            .get(pk=duty.pk)
        )
        old = duty.cms_code
        if old == code:
            return 0
        duty.cms_code = code
        duty.save(update_fields=["cms_code"])
        theirs = Membership.objects.filter(primary_duty=duty, location=duty.location_id)
        theirs = theirs.filter(cms_code=old) if code is None else theirs.exclude(cms_code=code)
        rows = list(
            theirs.select_for_update(no_key=True).order_by("pk").values_list("pk", "user_id", "cms_code")
        )
        Membership.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(cms_code=code)
        audit.record(
            actor,
            duty.organization,
            "set_labor_code",
            ("duty", duty.pk),
            location_id=duty.location_id,
            changes=[audit.change("cms_code", old, code), audit.change("people", None, len(rows))],
        )
        audit.record_many(
            actor,
            duty.organization,
            "set_labor_code",
            "membership",
            (
                audit.Concerned(user_id, pk, duty.location_id, [audit.change(FIELD, before, code)])
                for pk, user_id, before in rows
            ),
        )
    return len(rows)


@transaction.atomic
def set_facility(location: Location, facility_id: str, state: str, *, actor: Actor) -> None:
    """The facility's ID and state in CMS's systems, for the header of a submission; both, or neither."""
    checks.require_settings(actor, location.organization)
    facility_id, state = facility_id.strip(), state.strip().upper()
    if bool(facility_id) != bool(state):
        raise Refused("CMS needs both the facility ID and the state.")
    if facility_id and not _FACILITY.fullmatch(facility_id):
        raise Refused("A facility ID has 1 to 16 letters and digits, as CMS gave it.")
    if state and state not in cms.STATES:
        raise Refused(f"{state} is no state. Write it in two letters, like OH.")
    location = Location.objects.select_for_update(no_key=True).get(pk=location.pk)
    new = {"cms_facility_id": facility_id, "cms_state": state}
    changes = [
        audit.change(name, getattr(location, name), value)
        for name, value in new.items()
        if getattr(location, name) != value
    ]
    if changes:
        Location.objects.filter(pk=location.pk).update(**new)
        audit.record(
            actor,
            location.organization,
            "edited",
            ("location", location.pk),
            location_id=location.pk,
            changes=changes,
        )
