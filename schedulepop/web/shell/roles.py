"""The roles of a reader in an organization, and the sets of them that pages ask for (SPEC §2)."""

from __future__ import annotations

from typing import Literal

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory.models import Location

Role = Literal["admin", "client_success", "client_success_lead", "manager", "staff"]
ADMINS: frozenset[Role] = frozenset({"admin", "client_success"})
"""Who runs syncs: everything of the organization."""
MANAGERS: frozenset[Role] = ADMINS | {"manager"}
"""Who looks after people: the others of their own locations."""
SIGNED_IN: frozenset[Role] = MANAGERS | {"staff", "client_success_lead"}
CLIENT_SUCCESS: frozenset[Role] = frozenset({"client_success", "client_success_lead"})
"""The vendor's people: who look after customers, and who lead them and see nobody of theirs."""
ROLE_WORDS: dict[Role, str] = {
    "admin": "Admin",
    "client_success": "Client Success",
    "client_success_lead": "Client Success lead",
    "manager": "Manager",
    "staff": "Staff",
}


def role_at(actor: Actor, organization: Organization, locations: tuple[Location, ...]) -> Role:
    """The strongest role somebody has in an organization. `locations`: those of it they manage."""
    if actor.is_admin(organization):
        return "admin"
    if actor.is_client_success(organization):
        return "client_success"
    if organization.vendor and actor.is_lead:
        return "client_success_lead"
    return "manager" if locations else "staff"
