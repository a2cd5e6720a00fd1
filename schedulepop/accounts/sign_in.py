"""Signing in, by username or by a confirmed email that exactly one live account has.

Never by an address several accounts share: asking each of them for the password would let two people in a
family sign in as each other. Whoever cannot be found costs as much time as a wrong password.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from schedulepop.accounts import access, audit, invitations, tenancy, throttle
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.accounts.passwords import MAX_LENGTH
from schedulepop.lib.text import clean

log = structlog.get_logger("sign_in")


def find(login: str) -> User | None:
    """The one account this login names: its username, else its confirmed email when no other live one has it.

    Relies on user_by_confirmed, which holds confirmed addresses only.
    """
    name = clean(login).lower()
    if not name or "\x00" in name:
        return None
    user = User.objects.filter(username=name).first()
    if user is None and "@" in name:
        confirmed = User.objects.exclude(confirmed_email="").annotate(lower_email=Lower("confirmed_email"))
        sharing = access.live_users(confirmed.filter(lower_email=name))
        found = list(sharing[:2])
        user = found[0] if len(found) == 1 else None
    return user


def delayed_until(request: HttpRequest | None, login: str, now: datetime | None = None) -> datetime | None:
    """Until when this login has to wait after too many wrong passwords; the same for logins that do not exist."""
    return throttle.delayed_until(login, throttle.source_of(request), now or timezone.now())


def _note_failure(user: User | None, why: str, login: str, source: str) -> None:
    """Kept in the audit trail of whom it concerns; else in the log, without what was typed, and as slowly."""
    if user is not None:
        audit.record_failure(user, why)
    else:
        throttle.note_unknown(login, source)
    log.info("sign_in_failed", known=user is not None, source=source)


def is_current_password(user: User, password: str, request: HttpRequest) -> bool | None:
    """Whether this is the password of somebody who is signed in; None: too many wrong ones, wait (as at sign-in)."""
    key, source = f"current password {user.pk}", throttle.source_of(request)
    if not throttle.begin(key, source, timezone.now()):
        return None
    if len(password) > MAX_LENGTH or not user.check_password(password):
        audit.record_failure(user, "current password")
        return False
    throttle.succeeded(key, source)
    return True


def change_password(user: User, password: str, now: datetime) -> None:
    """By somebody signed in, who said the current one; their other sessions and open links to a password end."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        invitations.revoke([user.pk], now, purposes=invitations.PASSWORD)
        audit.record(Actor.of(user), user.organization, "changed_password", ("user", user.pk), user=user)


class SignInBackend(BaseBackend):
    """Django's door to the above. A session dies by itself once its user may not sign in any more."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **other: Any,
    ) -> User | None:
        """The user, or None: wrong, unknown, ended, blocked and delayed all look alike."""
        if not username or password is None:
            return None
        source = throttle.source_of(request)
        if not throttle.begin(username, source, timezone.now()):
            log.info("sign_in_delayed", source=source)
            return None
        with tenancy.of_login(username):
            user = find(username)
            if user is None or len(password) > MAX_LENGTH:
                make_password(password[:MAX_LENGTH])  # the time a check takes
                _note_failure(user, "password", username, source)
                return None
            right = user.check_password(password)
            if not right or not access.may_sign_in(user):
                _note_failure(user, "access" if right else "password", username, source)
                return None
        throttle.succeeded(username, source)
        return user

    def get_user(self, user_id: int) -> User | None:
        """The session's user, as long as they may sign in; asked with every request."""
        users = User.objects.filter(pk=user_id).select_related("organization")
        return access.live_users(users).first()
