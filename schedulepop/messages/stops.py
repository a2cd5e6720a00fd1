"""The switch that stops mail, as the outbox and the pages read it; who may press it is `directory.actions.mail`.

It stops every letter, those about signing in included: who presses it trusts neither what goes out nor where to, and a
sheet lets people in meanwhile. Letters go on being queued. What waited goes out when mail is on again, but for what is
too old by then (`letters.Kind.good_for`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from schedulepop.accounts.models import Organization
from schedulepop.messages.models import MailStop, Message


def in_force(organizations: Iterable[Organization] = ()) -> list[MailStop]:
    """The stops that hold mail of these organizations now, that of the whole installation first."""
    concerns = Q(organization=None) | Q(organization__in=list(organizations))
    found = MailStop.objects.filter(concerns, ended_at=None).select_related("organization")
    return list(found.order_by(F("organization").asc(nulls_first=True)))


def of_organization(organization: Organization) -> MailStop | None:
    """What holds this organization's mail now; the stop of the whole installation comes first."""
    return next(iter(in_force([organization])), None)


def everywhere() -> MailStop | None:
    """The stop of the whole installation."""
    return next(iter(in_force()), None)


def stopped() -> Exists:
    """Whether a message's mail is stopped, as a condition of a query of messages."""
    concerns = Q(organization=None) | Q(organization=OuterRef("organization"))
    return Exists(MailStop.objects.filter(concerns, ended_at=None))


def held(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those of them that wait because mail is stopped."""
    return messages.filter(stopped(), state=Message.State.QUEUED)
