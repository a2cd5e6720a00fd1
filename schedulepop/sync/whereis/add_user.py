"""Add user: searched first, refused when somebody like that is or will be here, and by hand only with a reason.

Whoever is in payroll appears by themselves; adding them by hand makes two of them (SPEC §1.5). What is added
here is marked `local`: an agency's or a contractor's person, whom no sync matches or removes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schedulepop.accounts.actors import Actor
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.whereis import whereis
from schedulepop.sync.whereis.whereis import Answer

WHO_MAY = "New people come from payroll by themselves. Only an admin or Client Success can add one by hand."
WHY = "Say why this person is not in payroll, for example “agency nurse until March”."


class AlreadyHereError(Refused):
    """Somebody like that is or will be on a list; `answer` says who and where, as far as the asker may know."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.found.sentence} {answer.found.step}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom to add."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    employee_number: str = ""
    duty: Duty | None = None
    zone: Zone | None = None
    role: str = Membership.STAFF
    hire_date: date | None = None


def add_by_hand(
    location: Location,
    who: Newcomer,
    *,
    reason: str,
    actor: Actor,
    local: bool = True,
    different_person: bool = False,
    welcome: bool = True,
) -> Membership:
    """Adds somebody who is not in payroll. `reason` is kept in the audit trail.

    `local` off: payroll will name them later and may match them then. `different_person`: the asker has seen who
    resembles them and says it is somebody else. Raises NotAllowed, AlreadyHereError, Refused, or what
    `directory.actions.add_user` raises.
    """
    if not actor.runs_syncs(location.organization):
        raise NotAllowed(WHO_MAY)
    if not reason.strip():
        raise Refused(WHY)
    if not different_person:
        resembles = lookalike(location, who, actor=actor)
        if resembles is not None:
            raise AlreadyHereError(resembles)
    return actions.add_user(
        location,
        first_name=who.first_name,
        last_name=who.last_name,
        email=who.email,
        phone=who.phone,
        duty=who.duty,
        zone=who.zone,
        role=who.role,
        employee_number=who.employee_number,
        hire_date=who.hire_date,
        local=local,
        reason=reason,
        welcome=welcome,
        anyway=different_person,
        actor=actor,
    )


def lookalike(location: Location, who: Newcomer, *, actor: Actor) -> Answer | None:
    """Who is or will be on a list already and resembles this person by name, email, phone or number."""
    name = f"{who.first_name} {who.last_name}".strip()
    typed = [name, who.email, who.phone, who.employee_number]
    return whereis.lookalike(location.organization, typed, actor=actor, here=location)
