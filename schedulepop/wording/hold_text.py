"""The two parts of why something is on hold."""

from __future__ import annotations

from typing import NamedTuple


class HoldText(NamedTuple):
    """What a rule found, and what is true and to be done while nobody has decided about it."""

    found: str
    meanwhile: str
