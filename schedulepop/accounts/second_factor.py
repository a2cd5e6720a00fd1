"""Two-step sign-in: an authenticator app (TOTP, RFC 6238) and recovery codes, for whoever turns it on.

A code counts for its 30 seconds and one step before and after, once: the step of the newest code used is kept, and
older ones are over. Recovery codes are kept as keyed hashes; the app's key is sealed (`sealing`).
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils.crypto import salted_hmac

from schedulepop.accounts import audit, sealing
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, SecondFactor, User
from schedulepop.lib import typed_codes

ISSUER = "SchedulePop"
STEP = 30  # seconds
EITHER_SIDE = 1  # steps a clock may be off
CODES = 10


def purpose(user: User) -> str:
    """What this user's key is sealed for."""
    return f"second factor of user {user.pk}"


def is_on(user: User) -> bool:
    """Whether this user signs in in two steps."""
    return SecondFactor.objects.filter(user=user).exists()


def new_key() -> str:
    """A key for an authenticator app, in base 32."""
    return pyotp.random_base32()


def address(user: User, key: str) -> str:
    """The `otpauth:` address an app reads from a QR code."""
    return pyotp.TOTP(key).provisioning_uri(name=user.username, issuer_name=ISSUER)


def turn_on(user: User, key: str, code: str, now: datetime) -> list[str] | None:
    """Start with this key, if the code is its; returns the recovery codes, which are never shown again."""
    step = _step(key, code, 0)
    if step is None:
        return None
    codes = _new_codes()
    with transaction.atomic():
        SecondFactor.objects.update_or_create(
            user=user,
            defaults={
                "secret": sealing.seal(key, purpose(user)),
                "last_step": step,
                "recovery_codes": [_hash(user, one) for one in codes],
                "since": now,
            },
        )
        _record(user, "turned_on_second_factor")
    return codes


def check(user: User, code: str) -> bool:
    """Whether this is the app's code of now, not used before, or a recovery code; either is used up by it."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None:
            return False
        step = _step(sealing.unseal(factor.secret, purpose(user)), code, factor.last_step)
        if step is not None:
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
        hashed = _hash(user, code)
        if hashed not in factor.recovery_codes:
            return False
        factor.recovery_codes.remove(hashed)
        factor.save(update_fields=["recovery_codes"])
        left = audit.change("recovery_codes", len(factor.recovery_codes) + 1, len(factor.recovery_codes))
        _record(user, "used_recovery_code", [left])
        return True


def new_codes(user: User) -> list[str]:
    """Ten fresh recovery codes; the old ones are over."""
    codes = _new_codes()
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).update(recovery_codes=[_hash(user, one) for one in codes])
        _record(user, "made_recovery_codes")
    return codes


def turn_off(user: User) -> None:
    """By the person; the caller has checked the password and a code."""
    with transaction.atomic():
        remove(user)
        _record(user, "turned_off_second_factor")


def remove(user: User) -> None:
    """Sign-in is by password alone again."""
    SecondFactor.objects.filter(user=user).delete()


def is_asked(actor: Actor, organization: Organization) -> bool:
    """Whether the organization asks this one for a second step: its admins, Client Success, and the vendor's lead."""
    theirs = organization.vendor and actor.is_lead
    return organization.requires_second_factor and (theirs or actor.runs_syncs(organization))


def is_missing(actor: Actor, *organizations: Organization) -> bool:
    """Whether any of these organizations asks for a second step, and this one has none."""
    if actor.user is None or not any(is_asked(actor, one) for one in organizations):
        return False
    return not is_on(actor.user)


def may_store_credentials(actor: Actor) -> bool:
    """Whether this actor may store a payroll system's credentials: only after a second step.

    The operator of the machine may; of users, those who sign in in two steps, whatever the organization asks for.
    """
    return actor.user is None or is_on(actor.user)


def reseal() -> int:
    """Every key sealed anew with the installation's first one; returns how many none opens, which stay as they are."""
    lost = 0
    for factor in SecondFactor.objects.select_for_update().order_by("pk"):
        try:
            factor.secret = sealing.resealed(factor.secret)
        except sealing.NotReadableError:
            lost += 1
        else:
            factor.save(update_fields=["secret"])
    return lost


def _step(key: str, code: str, after: int) -> int | None:
    """The step this code belongs to, if it is a newer one than `after`."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdecimal()):
        return None
    now, totp = int(time.time()) // STEP, pyotp.TOTP(key)
    steps = range(max(now - EITHER_SIDE, after + 1), now + EITHER_SIDE + 1)
    return next((one for one in steps if secrets.compare_digest(totp.generate_otp(one), given)), None)


def _new_codes() -> list[str]:
    return [typed_codes.new(5) for _ in range(CODES)]


def _hash(user: User, code: str) -> str:
    typed = f"{user.pk}:{typed_codes.plain(code)}"
    return salted_hmac("schedulepop.recovery_code", typed, algorithm="sha256").hexdigest()


def _record(user: User, verb: str, changes: list[dict[str, object]] | None = None) -> None:
    audit.record(Actor.of(user), user.organization, verb, ("user", user.pk), user=user, changes=changes or [])
