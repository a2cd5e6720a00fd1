"""What somebody typed to find a person: a name in any order, an email, a phone number, or an ID."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from schedulepop.lib import numbers, text

LONGEST = 120
_PHONE = re.compile(r"[\d\s()+./-]+")
_LEAST_DIGITS = 7  # of a phone number; fewer digits are a number of payroll's
_WHOLE_NUMBER = 10


@dataclass(frozen=True, slots=True)
class Query:
    """The text, taken apart. Any part but `text` may be empty; a text can be a phone number and an ID at once."""

    text: str  # tidied, as it is shown again
    words: tuple[str, ...] = ()  # folded words of a name
    email: str = ""  # in lower case
    digits: str = ""  # of a phone number
    number: str = ""  # a payroll ID or an employee number, folded as codes are
    loose: str = ""  # the pattern of one that is written otherwise (lib.numbers), when nobody has it as typed

    @property
    def whole(self) -> bool:
        """Whether it says enough to name one person: first and last name, or a whole email, number or ID.

        Of people whom the reader does not look after nothing else is looked for, so that nobody can leaf
        through them (SPEC §3).
        """
        whole_phone = len(self.digits) >= _WHOLE_NUMBER
        return len(self.words) >= 2 or bool(self.email or self.number or self.loose) or whole_phone

    @property
    def kind(self) -> Literal["email", "number", "id", "name"]:
        """What was typed, so that a sentence need say no more of somebody than that."""
        if self.email:
            return "email"
        if self.digits:
            return "number"
        return "id" if (self.number or self.loose) and not self.words else "name"


def parse(typed: str) -> Query:
    """The parts of a typed text. Nothing typed gives nothing to look for."""
    tidy = text.clean(typed.replace("\x00", " "))[:LONGEST]
    if "@" in tidy:
        return Query(tidy, email=tidy.strip("<>,; ").casefold())
    digits, loose = re.sub(r"\D", "", tidy), numbers.loose_pattern(tidy) or ""
    number = text.fold_code(tidy) if digits and " " not in tidy else ""
    if digits and _PHONE.fullmatch(tidy):
        phone = digits if len(digits) >= _LEAST_DIGITS else ""
        return Query(tidy, digits=phone, number=number, loose=loose)
    if loose and not any(map(str.isalpha, tidy)):
        return Query(tidy, number=number, loose=loose)
    return Query(tidy, words=tuple(text.fold(tidy).split()), number=number, loose=loose)
