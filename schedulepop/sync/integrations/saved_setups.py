"""Starting from a saved set-up: what another customer's mapping says of the platform, and nothing of the customer.

Columns, formats of dates and the words of statuses are the platform's or its usual ones. Codes, the default location
and the rules that leave records out are the customer's own, and so are settings, secrets and the pay switch.
"""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.accounts.actors import Actor
from schedulepop.employee import PAY_FIELDS
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Mapping

OWN = ("duties", "zones", "default_location", "exclude", "create_codes", "pay_unit", "pay_currency")
"""Parts of a mapping that stay with their customer."""


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """A set-up to start from, and what would be taken over of it."""

    integration: Integration
    mapping: Mapping


def choices(integration: Integration, *, actor: Actor) -> list[SavedSetup]:
    """Set-ups of the same connector at other customers of the same Client Success person, the newest first."""
    theirs = [
        one.pk
        for one in actor.organizations().exclude(pk=integration.organization_id)
        if actor.is_client_success(one)
    ]
    found = Integration.objects.filter(organization__in=theirs, connector=integration.connector)
    kept = [one for one in found.select_related("organization").order_by("-pk") if one.mapping.get("columns")]
    return [SavedSetup(one, taken_over(one)) for one in kept]


def taken_over(other: Integration) -> Mapping:
    """Its mapping without what is the customer's own. Columns of pay are left out: the pay switch starts off."""
    whole, blank = Mapping(**other.mapping), Mapping()
    columns = {field: column for field, column in whole.columns.items() if field not in PAY_FIELDS}
    update = {name: getattr(blank, name) for name in OWN} | {
        "columns": columns,
        "dates": {field: declared for field, declared in whole.dates.items() if field in columns},
    }
    return whole.model_copy(update=update)


def start_from(integration: Integration, other_id: int, *, actor: Actor) -> Mapping:
    """Saves what is taken over as the integration's mapping. Raises Refused for a set-up that is not offered."""
    if not actor.is_client_success(integration.organization):
        raise Refused("Only Client Success can start from another customer's set-up.")
    if integration.first_sync_done:
        raise Refused("The first sync is done. A set-up is taken over before it only.")
    chosen = next((one for one in choices(integration, actor=actor) if one.integration.pk == other_id), None)
    if chosen is None:
        raise Refused("This set-up is not there any more. Choose another one.")
    lifecycle.save_mapping(integration, chosen.mapping, actor=actor)
    return chosen.mapping
