"""Maple Grove with a payroll file of its own: the smallest organization a sync can run for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import standing

HEADER = (
    "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Facility Code,Job "
    "Title,Department,Status,Hire Date"
)
PEOPLE = (
    "001,9001,Ines,Calloway,ines@example.com,(515) 555-0101,101,RN,Memory Care,Active,2019-03-04",
    "002,9002,Luis,Quintanar,luis@example.com,(515) 555-0102,101,CNA,East Wing,Active,2021-05-10",
    "003,9003,Delia,Abernathy,delia@example.com,(515) 555-0103,101,CNA,East Wing,Active,2020-01-15",
    "004,9004,Petra,Lindqvist,petra@example.com,(515) 555-0104,101,LPN,Memory Care,Active,2022-08-01",
    "005,9005,Omar,Haddad,omar@example.com,(515) 555-0105,101,CNA,East Wing,Active,2023-02-20",
    "006,9006,Ruth,Bello,ruth@example.com,(515) 555-0106,101,RN,East Wing,Active,2018-11-12",
)


@dataclass
class Payroll:
    """An integration and the file it reads."""

    integration: object
    path: Path
    sent: str = ""

    def sends(self, *people: str) -> None:
        """What the file holds from now on."""
        self.sent = "\n".join([HEADER, *people]) + "\n"
        self.laid_out()

    def laid_out(self) -> None:
        """The file lies there with what was sent last (see `standing`: files are not rolled back)."""
        self.path.write_text(self.sent, encoding="utf-8")

    def runs(self, **more: object):  # type: ignore[no-untyped-def]
        """One sync by the machine's operator, from request to end."""
        from schedulepop.accounts.actors import Actor
        from schedulepop.sync.run import runs

        self.integration.refresh_from_db()  # type: ignore[attr-defined]
        run = runs.request(self.integration, trigger="manual", actor=Actor.operator("test"), **more)  # type: ignore[arg-type]
        return runs.drive(run.pk)

    def first_sync(self) -> None:
        """The first sync, approved; the integration is active afterwards."""
        from schedulepop.accounts.actors import Actor
        from schedulepop.sync.integrations import lifecycle
        from schedulepop.sync.run import runs

        run = self.runs()
        operator = Actor.operator("test")
        runs.approve(run, plan_hash=run.plan_hash, actor=operator)
        lifecycle.activate(self.integration, actor=operator)  # type: ignore[arg-type]


@standing.made_once
def payroll() -> Payroll:
    """Maple Grove's payroll with six people, not yet synced."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.integrations import lifecycle
    from schedulepop.sync.plan.policy import Mapping
    from tests import made

    org = made.organization()
    place = made.location(org, "Maple Grove", "101")
    for name in ("RN", "LPN", "CNA"):
        made.duty(place, name, name)
    for name in ("Memory Care", "East Wing"):
        made.zone(place, name, name)
    path = Path(tempfile.mkdtemp(dir=os.environ["SCHEDULEPOP_HOME"])) / "payroll.csv"
    integration = lifecycle.add(
        org,
        "Payroll",
        connector="file",
        config={"path": str(path)},
        actor=Actor.operator("test"),
        mapping=Mapping(),
    )
    made_payroll = Payroll(integration, path)
    made_payroll.sends(*PEOPLE)
    return made_payroll


@standing.made_once
def synced(payroll: Payroll) -> Payroll:
    """The same payroll after its first sync; active from then on."""
    payroll.first_sync()
    return payroll


@standing.made_once
def maple(payroll: Payroll):  # type: ignore[no-untyped-def]
    """Maple Grove and Oak Hill after the first sync, with managers who ask."""
    from tests.sync.plan.asking import Maple

    return Maple(payroll)


@pytest.fixture
def written() -> Callable[[], dict[str, int]]:
    """Counts of everything a sync could write."""
    from schedulepop.accounts.models import AuditEntry, User
    from schedulepop.directory.models import Membership, MembershipDuty, MembershipZone
    from schedulepop.messages.models import Message
    from schedulepop.sync.models import Change, Issue, Link, MissingLink, RawFeed

    tables = (
        User,
        Membership,
        MembershipDuty,
        MembershipZone,
        Message,
        Change,
        Issue,
        Link,
        MissingLink,
        RawFeed,
    )

    def count() -> dict[str, int]:
        counts = {table.__name__: table.objects.count() for table in tables}
        return counts | {"AuditEntry": AuditEntry.objects.exclude(subject="run").count()}

    return count
