"""The values of an integration's secrets: sealed for it and for where they are sent, opened for its source alone.

A row that is copied to another integration does not open, and neither does one whose host, URL, tenant or host key was
changed beside `change_config`: nobody has stored secrets sent to a server of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import sealing
from schedulepop.connectors import get
from schedulepop.connectors.contract import marked
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Integration, IntegrationSecret
from schedulepop.sync.run.lease import LeaseLostError

BY_THE_PLATFORM = "the platform"  # who set a secret that replaces itself


def opened(integration: Integration) -> dict[str, str]:
    """Every secret that is set, by its name. Raises NeedsAdmin when one does not open."""
    return {one.name: open_(integration, one) for one in integration.secrets.order_by("name")}


def open_(integration: Integration, secret: IntegrationSecret) -> str:
    """One secret's value. Raises NeedsAdmin when no key opens it, or it was sealed for something else."""
    try:
        return sealing.unseal(bytes(secret.value).decode(), _purpose(integration, secret.name))
    except (sealing.NotReadableError, UnicodeDecodeError):
        raise NeedsAdmin("secrets_sealed_otherwise") from None


class Opened:
    """The values for one fetch, and how the platform replaces one of them."""

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        kept = (
            list(integration.secrets.order_by("name"))
            if get(integration.connector).secrets.model_fields
            else []
        )
        self._sealed = {one.name: bytes(one.value) for one in kept}
        self.values = {one.name: open_(integration, one) for one in kept}

    def keep(self, name: str, value: str) -> None:
        """A secret that the platform has replaced: committed when this returns, and never over a newer one.

        Raises LeaseLostError when somebody stored another one meanwhile, RuntimeError inside a transaction.
        """
        with transaction.atomic(durable=True):
            rows = IntegrationSecret.objects.select_for_update(no_key=True)
            row = rows.filter(integration=self._integration, name=name).first()
            if (bytes(row.value) if row else None) != self._sealed.get(name):
                raise LeaseLostError(f"{name} of integration {self._integration.pk} was replaced meanwhile")
            write(self._integration, {name: value}, by=BY_THE_PLATFORM, expires={})
        self._sealed[name] = bytes(
            IntegrationSecret.objects.values_list("value", flat=True).get(
                integration=self._integration, name=name
            )
        )


def write(
    integration: Integration, values: Mapping[str, str], *, by: str, expires: Mapping[str, datetime]
) -> None:
    """Seals and stores these, each in the place of the one before."""
    for name, value in values.items():
        sealed = sealing.seal(value, _purpose(integration, name))
        IntegrationSecret.objects.update_or_create(
            integration=integration,
            name=name,
            defaults={
                "organization_id": integration.organization_id,
                "value": sealed.encode(),
                "key_id": sealing.key_id(),
                "set_at": clock(),
                "set_by": by,
                "expires_at": expires.get(name),
            },
        )


def sent_to(integration: Integration, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings that say where secrets are sent, but for defaults: one that is added later changes nothing."""
    form = get(integration.connector).config
    made = form.model_validate(integration.config if config is None else config)
    return made.model_dump(mode="json", include=set(marked(form, "sent_to")), exclude_defaults=True)


def _purpose(integration: Integration, name: str) -> str:
    about = [integration.organization_id, integration.pk, integration.connector, name, sent_to(integration)]
    return f"secret of integration {json.dumps(about, sort_keys=True)}"
