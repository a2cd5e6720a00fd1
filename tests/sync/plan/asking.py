"""Maple Grove and Oak Hill after a first sync, and the questions people ask about who is missing."""

from __future__ import annotations

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.models import Run
from schedulepop.sync.whereis import whereis
from schedulepop.sync.whereis.whereis import Reply
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

OPERATOR = Actor.operator("test")
NOOR = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-11-20"
AGNES = "020,9020,Agnes,Hillman,agnes@example.com,(515) 555-0120,202,RN,North Hall,Active,2020-02-02"
CONTACT = "Ask Dana Whitfield (dana@schedulepop.example, +1 555 010 0100)."


class Maple:
    """Six people at Maple Grove and one at Oak Hill, from payroll; managers who ask."""

    def __init__(self, payroll: Payroll) -> None:
        self.payroll = payroll
        self.grove: Location = payroll.integration.organization.locations.get()  # type: ignore[attr-defined]
        self.org: Organization = self.grove.organization
        self.hill = made.location(self.org, "Oak Hill", "202")
        made.duty(self.hill, "RN", "RN")
        made.zone(self.hill, "North Hall", "North Hall")
        payroll.sends(*PEOPLE, AGNES)
        payroll.first_sync()
        self.admin = made.admin(self.org, "Renata Okoye")
        self.client_success = made.client_success(self.org, "Jonah Pell")
        self.manager = made.manager(self.grove, "Marisol Tate", local=True)
        self.both = made.manager(self.grove, "Gwendolyn Marsh", local=True)
        made.membership(self.both, self.hill, role=Membership.MANAGER)

    def hires(self, *rows: str) -> Run:
        """The next night: everybody, and these besides."""
        return self.night(*PEOPLE, AGNES, *rows)

    def night(self, *rows: str) -> Run:
        """The next night with exactly these rows."""
        self.payroll.sends(*rows)
        return self.payroll.runs()  # type: ignore[no-any-return]

    def asks(self, who: User, text: str, **more: object) -> Reply:
        """The reply to this person's question."""
        return whereis.ask(self.org, text, actor=Actor.of(who), **more)  # type: ignore[arg-type]

    def told(self, text: str, who: User | None = None) -> tuple[str, str]:
        """Outcome and sentence of the first answer; the manager of Maple Grove asks unless told otherwise."""
        answer = self.asks(who or self.manager, text).answer
        return answer.code, answer.found.sentence
