"""What makes a password good enough: 8 to 128 characters, not common, not the person, employer or product, nor one of
those with a little around it.

No composition rules; emoji count as they are (ASVS 6.2), blanks in a row as one. Every place where a password is chosen
asks `reasons_against`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError

from schedulepop.accounts.models import User

MIN_LENGTH = 8
MAX_LENGTH = 128
PRODUCT = "SchedulePop"
TOO_SIMILAR = 0.7
SHORTEST_WORD = 4  # shorter ones are in too many words to count as a name
FEWEST = 3  # different characters
_SIGNS = str.maketrans("@4830!1|$57+", "aabeoiiisstt")
_PUNCTUATION = string.punctuation + " "
_AROUND = string.digits + _PUNCTUATION + "¡¿€£°§"
_UNSEEN = "\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad\u2800\u3164\u115f\u1160\uffa0"


def reasons_against(password: str, user: User) -> list[str]:
    """Why this password will not do for this user, in sentences; empty when it will."""
    try:
        validate_password(password, user, password_validators=_validators())
    except ValidationError as error:
        return [str(message) for message in error.messages]
    return []


class LengthValidator:
    """8 to 128 characters, none of them broken or invisible: nothing is cut off or changed silently."""

    def validate(self, password: str, user: User | None = None) -> None:
        if any(unicodedata.category(c) == "Cc" for c in password):
            raise ValidationError(
                "This password has a character that nobody can see or type. Choose another."
            )
        if len(_squeezed(password)) < MIN_LENGTH:
            raise ValidationError(
                f"This password is too short. It needs {MIN_LENGTH} characters; blanks in a row count as one."
            )
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"This password is too long. It may have at most {MAX_LENGTH} characters.")
        try:
            password.encode()
        except UnicodeEncodeError:
            raise ValidationError(
                "This password has a character that cannot be stored. Choose another."
            ) from None

    def get_help_text(self) -> str:
        return f"{MIN_LENGTH} to {MAX_LENGTH} characters."


class OwnWordsValidator:
    """What is left beside the person's own words, the employer's and the product's must be a password by itself."""

    def validate(self, password: str, user: User | None = None) -> None:
        own = [*(_own_words(user) if user is not None else ()), PRODUCT]
        for name in own:
            known = _plain(name)
            if (
                len(known) >= SHORTEST_WORD
                and SequenceMatcher(a=_plain(password), b=known).ratio() >= TOO_SIMILAR
            ):
                raise ValidationError(f"This password is too similar to “{name}”, which is easy to guess.")
        used, left = [], _folded(password)
        for word, name in sorted(_words(own), key=lambda pair: -len(pair[0])):
            for form in (left, left.translate(_SIGNS)):
                for found in re.finditer(re.escape(word), form):
                    left = left[: found.start()] + " " * len(word) + left[found.end() :]
                    used.append(name)
        if used and (len(_squeezed(left)) < MIN_LENGTH or _is_common(left)):
            raise ValidationError(
                f"This password is too similar to “{used[0]}”, which is easy to guess. Add words that are not yours."
            )

    def get_help_text(self) -> str:
        return "Not your name or the name of your employer."


class CommonPasswordsValidator:
    """Not a common one, nor one of them with digits or signs around it, in signs for letters, or said twice."""

    def validate(self, password: str, user: User | None = None) -> None:
        if _is_common(password):
            raise ValidationError("This password is too common: many people use it or one much like it.")

    def get_help_text(self) -> str:
        return "Not one that many people use."


def _own_words(user: User) -> list[str]:
    locations = user.memberships.select_related("location").values_list("location__name", flat=True)
    own = [
        user.full_name,
        user.username,
        user.email.partition("@")[0],
        user.confirmed_email.partition("@")[0],
    ]
    return [name for name in (*own, user.organization.name, *locations) if name]


def _words(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for word in dict.fromkeys(re.sub(r"[\W_]+", "", part) for part in [name, *re.split(r"[\W_]+", name)]):
            word = _folded(word)
            if len(word) >= SHORTEST_WORD:
                yield word, name


def _plain(value: str) -> str:
    """Letters and digits only, with letters for the signs that stand for them: `C@llow4y` is `calloway`."""
    return re.sub(r"[\W_]+", "", _folded(value).translate(_SIGNS))


def _folded(value: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(c))


def _is_common(password: str) -> bool:
    given = _squeezed(password).casefold()
    forms = {given, given.translate(_SIGNS)}
    forms |= {form.strip(_AROUND) for form in (given, given.strip(_AROUND).translate(_SIGNS))}
    forms |= {"".join(c for c in form if c not in _PUNCTUATION) for form in forms}
    forms |= {
        form[: len(form) // times]
        for form in forms
        for times in (2, 3, 4)
        if form == form[: len(form) // times] * times
    }
    forms |= {form[::-1] for form in forms}
    words = {form for form in forms if len(form) >= SHORTEST_WORD}
    letters = [c for c in given if not c.isspace()]
    no_words = all(c.isascii() and not c.isalpha() for c in letters)
    in_a_row = sum(abs(ord(b) - ord(a)) <= 1 for a, b in pairwise(letters))
    return (
        bool(words & _common())
        or len(set(letters)) < FEWEST
        or (no_words and sum(c.isdecimal() for c in letters) * 2 > len(letters))
        or in_a_row * 5 >= len(letters) * 3
    )


def _squeezed(value: str) -> str:
    """Without blanks around it, and with one for any number inside; what nobody sees is a blank."""
    seen = "".join(" " if unicodedata.category(c)[0] == "Z" or c in _UNSEEN else c for c in value)
    return " ".join(seen.split())


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


@cache
def _validators() -> tuple[Any, ...]:
    return (
        LengthValidator(),
        CommonPasswordsValidator(),
        UserAttributeSimilarityValidator(("username", "first_name", "last_name", "full_name", "email")),
        OwnWordsValidator(),
    )
