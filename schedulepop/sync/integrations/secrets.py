"""Secrets of an integration: set, replaced and emptied, never read. Nothing here gives a value but to the source.

Whoever stores one signs in in two steps (`second_factor.may_store_credentials`); the web and the command line alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from django.db import transaction
from pydantic import ValidationError

from schedulepop.accounts import audit, sealing, second_factor
from schedulepop.accounts.actors import Actor
from schedulepop.connectors import get
from schedulepop.connectors.contract import Form
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, IntegrationSecret
from schedulepop.sync.run import secret_values

LONGEST = 64 * 1024  # characters of one secret
SECOND_STEP = (
    "Only somebody who signs in in two steps can store credentials of a payroll system. Turn two-step sign-in on under "
    "Account, then come back."
)
opened = secret_values.opened


@dataclass(frozen=True, slots=True)
class SecretState:
    """What may be known of a secret. `set_at` None: it is not set."""

    name: str
    title: str
    help: str
    required: bool
    set_at: datetime | None = None
    set_by: str = ""
    expires_at: datetime | None = None


def names(integration: Integration) -> tuple[SecretState, ...]:
    """Every secret of the connector's form, whether it is set or not."""
    stored = {one.name: one for one in integration.secrets.defer("value")}
    states = []
    for name, field in get(integration.connector).secrets.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        one = stored.get(name)
        states.append(
            SecretState(
                name,
                field.title or name,
                str(extra.get("help", "")),
                field.is_required(),
                one.set_at if one else None,
                one.set_by if one else "",
                one.expires_at if one else None,
            )
        )
    return tuple(states)


def missing(integration: Integration) -> tuple[SecretState, ...]:
    """The secrets without which its source cannot be asked."""
    return tuple(one for one in names(integration) if one.required and one.set_at is None)


def store(
    integration: Integration,
    values: Mapping[str, str],
    *,
    actor: Actor,
    expires_at: datetime | None = None,
) -> None:
    """Stores these secrets, each in the place of the one before; others stay. Blanks around a value do not count.

    `expires_at` is theirs; of a certificate it is known. Raises NotAllowed, or Refused when a value does not fit the
    connector's form; no message has a value.
    """
    require_may_store(integration, actor)
    form = get(integration.connector).secrets
    kept = {name: value.strip() for name, value in values.items()}
    _must_fit(form, kept)
    expires = {name: at for name, value in kept.items() if (at := _ends(value) or expires_at) is not None}
    with transaction.atomic():
        locked = Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
        if secret_values.sent_to(locked) != secret_values.sent_to(integration):
            raise Refused("Somebody changed the settings at the same moment. Look at them, then try again.")
        before = set(locked.secrets.values_list("name", flat=True))
        secret_values.write(locked, kept, by=actor.by, expires=expires)
        audit.record(
            actor,
            integration.organization,
            "stored_secrets",
            ("integration", integration.pk),
            changes=[audit.change(name, "set" if name in before else None, "set") for name in sorted(kept)],
        )


def require_may_store(integration: Integration, actor: Actor) -> None:
    """Raises NotAllowed, with what to do, unless this actor may store secrets here."""
    lifecycle.must_set_up(actor, integration.organization)
    if not second_factor.may_store_credentials(actor):
        raise NotAllowed(SECOND_STEP)


def change_config(integration: Integration, config: Mapping[str, Any], *, actor: Actor) -> bool:
    """Other settings of the connector. Whether that emptied the secrets: they go when a setting changes that says where
    they are sent. Raises NotAllowed, or Refused when a setting does not fit.
    """
    lifecycle.must_set_up(actor, integration.organization)
    settings = lifecycle.fitting_config(integration.connector, config)
    with transaction.atomic():
        locked = Integration.objects.select_for_update().select_related("organization").get(pk=integration.pk)
        lifecycle.reach(locked.organization, settings.get("path", ""), actor)
        before = locked.config
        elsewhere = secret_values.sent_to(locked) != secret_values.sent_to(locked, settings)
        changed = [
            audit.change(name, before.get(name), settings.get(name))
            for name in sorted({*before, *settings})
            if before.get(name) != settings.get(name)
        ]
        emptied = list(locked.secrets.values_list("name", flat=True)) if elsewhere else []
        if emptied:
            locked.secrets.all().delete()
            changed += [audit.change(name, "set", None) for name in sorted(emptied)]
        locked.config = settings
        locked.save(update_fields=["config"])
        if changed:
            audit.record(
                actor, locked.organization, "configured", ("integration", locked.pk), changes=changed
            )
    integration.config = settings
    return bool(emptied)


def reseal() -> int:
    """Every secret under the installation's first key; returns how many no key opens, which stay as they are."""
    lost = 0
    for secret in IntegrationSecret.objects.select_for_update(no_key=True).order_by("pk"):
        try:
            secret.value = sealing.resealed(bytes(secret.value).decode()).encode()
        except (sealing.NotReadableError, UnicodeDecodeError):
            lost += 1
        else:
            secret.key_id = sealing.key_id()
            secret.save(update_fields=["value", "key_id"])
    return lost


def _must_fit(form: type[Form], values: Mapping[str, str]) -> None:
    """What is given fits; what is not given may follow."""
    if unknown := values.keys() - form.model_fields.keys():
        known = ", ".join(form.model_fields) or "none"
        raise Refused(f"There is no secret called {', '.join(sorted(unknown))}. There are: {known}.")
    titles = {name: field.title or name for name, field in form.model_fields.items()}
    for name, value in values.items():
        if not value:
            raise Refused(f"{titles[name]} is empty.")
        if len(value) > LONGEST or "\x00" in value:
            raise Refused(f"{titles[name]} is none: it is too long, or has signs that do not belong into it.")
    try:
        form.model_validate(values)
    except ValidationError as error:
        wrong = {
            str(one["loc"][0])
            for one in error.errors(include_input=False, include_context=False, include_url=False)
            if one["loc"] and not (one["type"] == "missing" and one["loc"][0] not in values)
        }
        if wrong:
            raise Refused(f"Not fitting: {', '.join(titles[name] for name in sorted(wrong))}.") from None


def _ends(value: str) -> datetime | None:
    """When a certificate ends: of a chain, the first to do so. None: it is no certificate."""
    if "-----BEGIN CERTIFICATE-----" not in value:
        return None
    try:
        return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(value.encode()))
    except ValueError:
        return None
