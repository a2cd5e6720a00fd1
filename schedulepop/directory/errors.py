"""Why a write of the User List does not happen. The texts are for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping


class DirectoryError(Exception):
    """Nothing was written; the text says why and what to do."""


class NotAllowed(DirectoryError):
    """The actor's role does not permit it; the text names who can."""


class Refused(DirectoryError):
    """What is there does not permit it (removing a primary duty, a code that is taken); says why."""


class Invalid(Refused):
    """Some fields cannot be taken: `fields` says why, by field; the text is all of it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)
