"""Mail stopped and switched on again: of an organization, or of the whole installation."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.lib.text import clean
from schedulepop.messages.models import MailStop
from schedulepop.wording.translation import gettext

LONGEST_REASON = 200


@transaction.atomic
def stop_mail(organization: Organization | None, reason: str, *, actor: Actor) -> MailStop:
    """From the commit on no letter begins to go out; one that was being handed over may still arrive.

    `organization` None: of the whole installation. Raises NotAllowed, and Refused without a reason or where it is
    stopped already.
    """
    _require(actor, organization)
    said = clean(reason)[:LONGEST_REASON]
    if not said:
        raise Refused(gettext("Say why: whoever looks after mail next reads it."))
    try:
        with transaction.atomic():
            made = MailStop.objects.create(organization=organization, by=actor.by, reason=said)
    except IntegrityError:  # mail_stop_once
        raise Refused(gettext("Email is stopped already.")) from None
    _audit(actor, organization, "stopped_mail", "stopped_all_mail", [audit.change("reason", None, said)])
    return made


@transaction.atomic
def start_mail(organization: Organization | None, *, actor: Actor) -> None:
    """What waited goes out within a minute, in its order. Raises NotAllowed, and Refused where nothing is stopped."""
    _require(actor, organization)
    stop = _open(organization)
    if stop is None:
        raise Refused(gettext("Email is not stopped."))
    stop.ended_at, stop.ended_by = timezone.now(), actor.by
    stop.save(update_fields=["ended_at", "ended_by"])
    _audit(actor, organization, "started_mail", "started_all_mail", [audit.change("stopped", stop.at, None)])


def _open(organization: Organization | None) -> MailStop | None:
    return MailStop.objects.select_for_update().filter(organization=organization, ended_at=None).first()


def _require(actor: Actor, organization: Organization | None) -> None:
    if organization is not None:
        checks.require_settings(actor, organization)
    elif not actor.is_lead:
        raise NotAllowed(
            gettext("Only a Client Success lead or the operator stops the email of all customers.")
        )


def _audit(
    actor: Actor,
    organization: Organization | None,
    of_one: str,
    of_all: str,
    changes: list[dict[str, object]],
) -> None:
    """A stop of everything stands in the vendor's trail; where the operator has no vendor, in everybody's."""
    if organization is not None:
        audit.record(actor, organization, of_one, ("mail", None), changes=changes)
        return
    if actor.user is not None:
        concerned = [actor.user.organization]
    else:
        known = Organization.objects.order_by("pk")
        concerned = list(known.filter(vendor=True)) or list(known)
    for one in concerned:
        audit.record(actor, one, of_all, ("mail", None), changes=changes)
