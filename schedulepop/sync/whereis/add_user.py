"""Add user: searched first, refused when somebody like that is or will be here, and by hand only with a reason.

Whoever is in payroll appears by themselves; adding them by hand makes two of them (SPEC §1.5). What is added
here is marked `local`: an agency's or a contractor's person, whom no sync matches or removes.
"""

from __future__ import annotations

from schedulepop.accounts.actors import Actor
from schedulepop.directory import actions
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.models import Location, Membership
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


def add_by_hand(
    location: Location,
    who: NewPerson,
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
        who,
        local=local,
        reason=reason,
        welcome=welcome,
        anyway=different_person,
        actor=actor,
    )


def lookalike(location: Location, who: NewPerson, *, actor: Actor) -> Answer | None:
    """Who is or will be on a list already and resembles this person by name, email, phone or number."""
    name = f"{who.first_name} {who.last_name}".strip()
    typed = [name, who.email, who.phone, who.employee_number]
    return whereis.lookalike(location.organization, typed, actor=actor, here=location)
