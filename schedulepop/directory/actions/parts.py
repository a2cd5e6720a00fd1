"""Duties and zones by another name."""

from __future__ import annotations

from django.db import transaction

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Duty, Zone


@transaction.atomic
def rename(part: Duty | Zone, name: str, *, actor: Actor) -> None:
    """Another name for a duty or a zone; its people and payroll codes stay. Raises NotAllowed or Refused."""
    checks.require_settings(actor, part.organization)
    kind = type(part).__name__.lower()
    called = checks.name(name, f"The {kind}’s name")
    others = type(part)._default_manager.filter(location=part.location_id, name=called).exclude(pk=part.pk)
    if others.exists():
        raise Refused(f"{part.location.name} has a {kind} named {called} already. Merge the two instead.")
    if part.name == called:
        return
    old, part.name = part.name, called
    part.save(update_fields=["name"])
    changes = [audit.change("name", old, called)]
    audit.record(
        actor,
        part.organization,
        "renamed",
        (kind, part.pk),
        location_id=part.location_id,
        changes=changes,
    )
