"""The pay rate of a membership's primary duty, by hand: admins only, for a rate that is held against payroll."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Membership

_PARTS = 10_000  # a rate is kept in ten-thousandths of the currency unit
_MOST = Decimal(10) ** 9


@transaction.atomic
def edit_pay(membership: Membership, rate: object, *, actor: Actor, now: datetime | None = None) -> int:
    """Set the rate, in the unit and currency it has; returns it in ten-thousandths. The next sync overwrites it."""
    checks.require_admin(actor, membership.organization)
    membership = checks.lock(membership)
    row = membership.duties.filter(duty=membership.primary_duty).first()
    if row is None or not row.pay_unit or not row.pay_currency:
        raise Refused(
            f"{membership.user.full_name} has no pay rate from payroll here, so there is none to change."
        )
    value = _amount(rate)
    if value != row.pay_rate:
        old, row.pay_rate = row.pay_rate, value
        row.save(update_fields=["pay_rate"])
        membership.changed_at, membership.changed_what = now or timezone.now(), f"Edited by {actor.by}"[:80]
        membership.save(update_fields=["changed_at", "changed_what"])
        checks.record(actor, membership, "edited", [audit.change("pay_rate", old, value)])
    return value


def _amount(given: object) -> int:
    try:
        amount = Decimal(str(given).strip().lstrip("$").replace(",", ""))
        parts = amount * _PARTS
        if not 0 <= amount < _MOST or parts != parts.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        raise Refused(f"“{given}” is not a pay rate. Write it like 18.25.") from None
    return int(parts)
