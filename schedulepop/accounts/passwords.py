"""What makes a password good enough: 8 to 128 characters, not common, not the person, employer or product.

No composition rules; spaces and emoji count as they are (ASVS 6.2). Every place where a password is chosen
asks `reasons_against`.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError

from schedulepop.accounts.models import User

MIN_LENGTH = 8
MAX_LENGTH = 128
PRODUCT = "SchedulePop"
TOO_SIMILAR = 0.7


def reasons_against(password: str, user: User) -> list[str]:
    """Why this password will not do for this user, in sentences; empty when it will."""
    try:
        validate_password(password, user, password_validators=_validators())
    except ValidationError as error:
        return [str(message) for message in error.messages]
    return []


class LengthValidator:
    """At most 128 characters, none of them broken: nothing is cut off or changed silently."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"This password is too long. It may have at most {MAX_LENGTH} characters.")
        try:
            password.encode()
        except UnicodeEncodeError:
            raise ValidationError(
                "This password has a character that cannot be stored. Choose another."
            ) from None

    def get_help_text(self) -> str:
        return f"At most {MAX_LENGTH} characters."


class EmployerValidator:
    """Not the name of the organization, of a facility the person works at, or of the product."""

    def validate(self, password: str, user: User | None = None) -> None:
        for name in [PRODUCT, *(_employers(user) if user is not None else ())]:
            if _resembles(password, name):
                raise ValidationError(f"This password is too similar to “{name}”, which is easy to guess.")

    def get_help_text(self) -> str:
        return "Not the name of your employer."


def _employers(user: User) -> list[str]:
    locations = user.memberships.select_related("location").values_list("location__name", flat=True)
    return [user.organization.name, *locations]


def _resembles(password: str, name: str) -> bool:
    given, known = _letters(password), _letters(name)
    if len(known) < 4 or not given:
        return False
    for word in sorted(map(_letters, name.split()), key=len, reverse=True):
        given = given.replace(word, "")
    if not given:  # its words, in any order
        return True
    # In order, unlike quick_ratio: a phrase that merely has the same letters is nobody's guess.
    return SequenceMatcher(a=_plain(password), b=_plain(name)).ratio() >= TOO_SIMILAR


def _plain(value: str) -> str:
    return re.sub(r"\W+", "", value).casefold()


def _letters(value: str) -> str:
    return re.sub(r"[\W\d_]+", "", value).casefold()


@cache
def _validators() -> tuple[Any, ...]:
    return (
        MinimumLengthValidator(MIN_LENGTH),
        LengthValidator(),
        CommonPasswordValidator(),
        UserAttributeSimilarityValidator(("username", "first_name", "last_name", "full_name", "email")),
        EmployerValidator(),
    )
