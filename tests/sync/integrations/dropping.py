"""Maple Grove, whose payroll sends its file to a drop address."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import drop_addresses, lifecycle
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import HEADER, PEOPLE

OPERATOR = Actor.operator("test")
HIRE = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"


def export(*people: str) -> bytes:
    """What payroll sends, of these people or of all six."""
    return ("\n".join([HEADER, *(people or PEOPLE)]) + "\n").encode()


@dataclass
class Drop:
    """An integration with its address and the token that was shown once."""

    integration: Integration
    code: str
    token: str = field(repr=False)

    @property
    def address(self) -> str:
        return f"/drop/{self.code}"

    def signed(self, token: str | None = None, user: str = "drop") -> dict[str, str]:
        """The headers of whoever has the token, as the test client takes them."""
        pair = base64.b64encode(f"{user}:{token or self.token}".encode()).decode()
        return {"HTTP_AUTHORIZATION": f"Basic {pair}"}

    def first_sync(self) -> None:
        """What has arrived is previewed, approved, and syncs by itself from now on."""
        run = runs.drive(runs.request(self.integration, trigger="manual", actor=OPERATOR).pk)
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
        lifecycle.activate(self.integration, actor=OPERATOR)
        self.integration.refresh_from_db()

    def driven(self) -> Run:
        """The newest run, driven as the worker would."""
        return runs.drive(self.integration.runs.order_by("-number")[0].pk)


def maple_grove(name: str = "Maple Health", **config: Any) -> Drop:
    """The organization, its integration and its address; nothing has arrived yet."""
    org = made.organization(name)
    place = made.location(org, "Maple Grove", "101")
    for duty in ("RN", "LPN", "CNA"):
        made.duty(place, duty, duty)
    for zone in ("Memory Care", "East Wing"):
        made.zone(place, zone, zone)
    integration = lifecycle.add(
        org, "Payroll", connector="drop", config=config, actor=OPERATOR, mapping=Mapping()
    )
    address, token = drop_addresses.make(integration, actor=OPERATOR)
    return Drop(integration, address.code, token)
