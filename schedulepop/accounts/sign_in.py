"""Signing in, by username or by a confirmed email that exactly one live account has.

Never by an address several accounts share: asking each of them for the password would let two people in a
family sign in as each other. Whoever cannot be found costs as much time as a wrong password.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from schedulepop.accounts import access, throttle
from schedulepop.accounts.models import User
from schedulepop.accounts.passwords import MAX_LENGTH
from schedulepop.lib.text import clean


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
            return None
        user = find(username)
        if user is None or len(password) > MAX_LENGTH:
            make_password(password[:MAX_LENGTH])  # the time a check takes
            return None
        if not user.check_password(password) or not access.may_sign_in(user):
            return None
        throttle.succeeded(username, source)
        return user

    def get_user(self, user_id: int) -> User | None:
        """The session's user, as long as they may sign in; asked with every request."""
        users = User.objects.filter(pk=user_id).select_related("organization")
        return access.live_users(users).first()
