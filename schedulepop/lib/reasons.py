"""Why something did not work, as a code with its parameters: `wording.refusals` makes the sentence, at the doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Params = Mapping[str, Any]
"""What a sentence is filled with: text, numbers, flags, or lists of text; as JSON keeps it."""
Declared = dict[str, dict[str, type]]
"""Every code with the types of its parameters. One that may be unknown is null."""


class ReasonedError(Exception):
    """`reason` names the sentence for a person, `params` fill it. Its own text is for developers."""

    def __init__(self, reason: str, params: Params | None = None) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, dict(params or {})

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.reason} ({said})" if said else self.reason
