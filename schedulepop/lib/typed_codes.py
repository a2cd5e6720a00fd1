"""Codes that people read from a screen or a page and type: of letters and digits none of which looks like another."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1."""


def new(half: int) -> str:
    """A random code of two halves of so many signs: `h7k2-9mqx` for 4, which is one of 31**8 (39 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(half)) for _ in range(2))


def plain(typed: str) -> str:
    """A code as it is compared: without what people put between its signs, in lower case."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())
