"""Where on this machine an organization's files may lie: its own folder, and what the operator allowed besides.

Somebody who sets up one customer never reads another's file, nor anything else the server has: `connectors.inside`
holds every name to these places, when it is set and again at each read.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction

from schedulepop import postgres
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.connectors import inside
from schedulepop.connectors.file import FILE
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Integration

KERNEL = (Path("/proc"), Path("/sys"))


def own(organization: Organization) -> Path:
    """The organization's folder, of which nobody has to be asked."""
    return Path(settings.FEEDS) / organization.slug


def places(organization: Organization) -> tuple[Path, ...]:
    """Where its files may lie: the own folder first, then the folders (or single files) that the operator allowed."""
    return (own(organization), *map(Path, organization.feed_folders))


def make(organization: Organization) -> Path:
    """The own folder, made where it is not there yet."""
    folder = own(organization)
    with suppress(OSError):  # somebody else's to make then: whoever reads in it says that nothing is there
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


def is_outside(integration: Integration) -> bool:
    """Whether its file lies where the organization has none."""
    path = integration.config.get("path")
    if not path or integration.connector != FILE.kind:
        return False
    try:
        inside.resolved(places(integration.organization), path)
    except inside.NotInsideError:
        return True
    return False


def allow(organization: Organization, folder: str, *, actor: Actor) -> Path:
    """One more folder for the organization's files; the operator alone says so, and it is audited.

    Raises NotAllowed, or Refused when it is no folder, another organization's, the product's own or the kernel's.
    """
    if not actor.is_operator:
        raise NotAllowed("Only the operator of this machine can name another folder.")
    real = Path(os.path.realpath(folder))
    if not real.is_dir():
        raise Refused(f"{folder} is no folder. Make it first, or name another one.")
    if any(real.is_relative_to(one) for one in (*KERNEL, postgres.state_home())) or _overlaps(
        real, postgres.state_home()
    ):
        raise Refused(
            f"{real} holds what is no feed: SchedulePop's own data, or the system's. Name another one."
        )
    if (other := _owner(real, organization)) is not None:
        raise Refused(f"{real} is {other.name}'s, or part of it. Give each organization a folder of its own.")
    return _keep(organization, real, actor)


def allow_file(organization: Organization, path: str, *, actor: Actor) -> Path:
    """What the operator names is allowed by that: its folder, or the file alone where others' lie beside it."""
    file = Path(os.path.realpath(path))
    if any(file.is_relative_to(one) for one in KERNEL):
        raise Refused(f"{path} is no file. Name the export itself.")
    shared = _owner(file.parent, organization) is not None or _overlaps(file.parent, postgres.state_home())
    return _keep(organization, file if shared else file.parent, actor)


@transaction.atomic
def forbid(organization: Organization, folder: str, *, actor: Actor) -> None:
    """Takes an allowed folder back. Raises NotAllowed, or Refused when it is none."""
    if not actor.is_operator:
        raise NotAllowed("Only the operator of this machine can take a folder back.")
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if (real := os.path.realpath(folder)) not in organization.feed_folders:
        raise Refused(f"{folder} is none that was allowed.")
    organization.feed_folders = [one for one in organization.feed_folders if one != real]
    organization.save(update_fields=["feed_folders"])
    _told(organization, real, None, actor)


@transaction.atomic
def _keep(organization: Organization, place: Path, actor: Actor) -> Path:
    kept = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if str(place) not in kept.feed_folders:
        kept.feed_folders = [*kept.feed_folders, str(place)]
        kept.save(update_fields=["feed_folders"])
        _told(kept, None, str(place), actor)
    organization.feed_folders = kept.feed_folders
    return place


def _told(organization: Organization, old: str | None, new: str | None, actor: Actor) -> None:
    changes = [audit.change("feed_folders", old, new)]
    audit.record(actor, organization, "edited", ("organization", organization.pk), changes=changes)


def _owner(folder: Path, organization: Organization) -> Organization | None:
    """Another organization that has files there."""
    others = Organization.objects.exclude(pk=organization.pk).order_by("pk")
    return next(
        (one for one in others if any(_overlaps(folder, Path(os.path.realpath(p))) for p in places(one))),
        None,
    )


def _overlaps(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
