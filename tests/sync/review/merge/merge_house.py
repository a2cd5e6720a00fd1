"""Two accounts of one person, for the tests of merging."""

from __future__ import annotations

from typing import Any

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, Link, Merge
from schedulepop.sync.review.merge import merge as merges
from schedulepop.sync.run import journal
from tests import made

OPERATOR = Actor.operator("henry")


class House:
    """Maple Health with two locations, an integration, and two accounts of one Ines."""

    def __init__(self) -> None:
        self.org = made.organization()
        self.grove, self.hill = made.location(self.org, "Maple Grove"), made.location(self.org, "Oak Hill")
        self.payroll = Integration.objects.create(
            organization=self.org, name="Payroll", slug="payroll", connector="file"
        )
        self.kept = made.user(self.org, "Ines Calloway", password=made.PASSWORD)
        self.merged = made.user(self.org, "Inez Calloway", password=made.PASSWORD)

    def works(self, user: User, place: Any, duty: str = "RN", **more: Any) -> Membership:
        return made.membership(
            user, place, duty=made.duty(place, duty), zone=made.zone(place), **{"payroll_owned": True, **more}
        )

    def linked(self, user: User, source_id: str) -> Link:
        return Link.objects.create(
            organization=self.org, integration=self.payroll, source_id=source_id, user=user
        )

    def merge(self, **more: Any) -> Merge:
        return merges.merge(self.kept, self.merged, reason="Hired twice", actor=OPERATOR, **more)

    def rows(self) -> journal.Rows:
        return journal.capture([self.kept.pk, self.merged.pk])
