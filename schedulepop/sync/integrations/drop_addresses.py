"""Drop addresses: made, replaced and taken back by those who store credentials, and recognized by their token.

The token is shown once. Kept is a hash of it with the installation's key, so that neither a copy of the database nor a
reader of it can send anything (ADR 0019).
"""

from __future__ import annotations

import secrets as random

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.connectors import REGISTRY, get
from schedulepop.connectors.received_files import without_date
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle, secrets
from schedulepop.sync.models import Arrival, DropAddress, Integration, IntegrationState

USER = "drop"
"""Whoever sends signs in by this name, with the token as password."""
_NO_TOKEN = "0" * 64  # what a token is compared with where there is no address


def of(integration: Integration) -> DropAddress | None:
    """The address, also one that was revoked; None: there never was one."""
    return DropAddress.objects.filter(integration=integration).first()


def make(integration: Integration, *, actor: Actor) -> tuple[DropAddress, str]:
    """A new address, or a new token for the one there is, which ends the old token. The token is given here only.

    Raises NotAllowed, or Refused where the integration takes nothing by a drop address.
    """
    secrets.require_may_store(integration, actor)
    if not get(integration.connector).dropped:
        raise Refused(f"{integration} takes no files by a drop address.")
    token = random.token_urlsafe(32)
    with transaction.atomic():
        Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
        before = of(integration)
        goes_on = is_open(before)
        code = before.code if before and goes_on else random.token_hex(12)
        address, _ = DropAddress.objects.update_or_create(
            integration=integration,
            defaults={
                "organization_id": integration.organization_id,
                "code": code,
                "token_hash": _hash(code, token),
                "made_at": clock(),
                "made_by": actor.by,
                "revoked_at": None,
            },
        )
        _audit(actor, integration, "set" if goes_on else None, "set")
    return address, token


def revoke(integration: Integration, *, actor: Actor) -> None:
    """From now on nothing arrives there; what has arrived stays. Raises NotAllowed, or Refused when there is none."""
    lifecycle.must_set_up(actor, integration.organization)
    with transaction.atomic():
        there = DropAddress.objects.filter(integration=integration, revoked_at=None)
        if not there.update(revoked_at=clock(), token_hash=_NO_TOKEN):
            raise Refused(f"{integration} has no drop address.")
        _audit(actor, integration, "set", None)


def forget(integration: Integration, name: str, *, actor: Actor) -> int:
    """Files called like this one are no longer waited for: their facility has closed. Returns how many there were."""
    lifecycle.must_set_up(actor, integration.organization)
    written = str(integration.config.get("date_in_name") or "")
    key = without_date(name, written)
    with transaction.atomic():
        arrived = Arrival.objects.filter(integration=integration)
        gone = [one.pk for one in arrived if without_date(one.name, written) == key]
        if not gone:
            raise Refused(f"No file called like {name} has arrived.")
        arrived.filter(pk__in=gone).delete()
        audit.record(
            actor,
            integration.organization,
            "forgot_files",
            ("integration", integration.pk),
            changes=[audit.change("files", len(gone), None)],
        )
    return len(gone)


def link(address: DropAddress) -> str:
    """The address, from the settings alone: no request's Host header gets into somebody's script."""
    return f"{settings.BASE_URL}/drop/{address.code}/"


def command(address: DropAddress, token: str) -> str:
    """What payroll's job runs. The slash at the end has curl send the file's own name along."""
    return f"curl -T export.csv -u {USER}:{token} {link(address)}"


def is_open(address: DropAddress | None) -> bool:
    """Whether files can arrive."""
    return address is not None and address.revoked_at is None


def closed() -> list[Integration]:
    """Integrations that run by themselves and have no open address: of every organization, for the operator."""
    kinds = [kind for kind, connector in REGISTRY.items() if connector.dropped]
    live = [IntegrationState.ACTIVE, IntegrationState.QUARANTINED]
    found = Integration.objects.select_related("organization").filter(connector__in=kinds, state__in=live)
    return [one for one in found if not is_open(of(one))]


def authenticated(code: str, token: str) -> DropAddress | None:
    """The address whose token this is. As long for one that is not there: nobody learns which addresses there are."""
    address = _open(code)
    right = constant_time_compare(_hash(code, token), address.token_hash if address else _NO_TOKEN)
    return address if right else None


def note_wrong_token(code: str) -> None:
    """Somebody came to an address that there is, and had not its token: its organization's audit trail says so."""
    if (address := _open(code)) is not None:
        audit.record_wrong_token(address.integration.organization, address.integration_id)


def _open(code: str) -> DropAddress | None:
    found = DropAddress.objects.select_related("integration__organization")
    return found.filter(code=code, revoked_at=None).first()


def _audit(actor: Actor, integration: Integration, old: str | None, new: str | None) -> None:
    audit.record(
        actor,
        integration.organization,
        "stored_secrets",
        ("integration", integration.pk),
        changes=[audit.change("drop_address", old, new)],
    )


def _hash(code: str, token: str) -> str:
    return salted_hmac("schedulepop.drop_address", f"{code}\0{token}", algorithm="sha256").hexdigest()
