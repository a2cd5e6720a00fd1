"""The one form in which a phone number is kept: E.164, with an extension behind it (`+13125550142x12`)."""

from __future__ import annotations

import phonenumbers

EXTENSION = r"(?i)\s*(?:ext|x|#)\D*\d+$"
"""The extension behind a number, as kept or as people write it."""


def stored(number: phonenumbers.PhoneNumber) -> str:
    """The number as tables keep it; `phonenumbers.parse` reads it back, extension included."""
    plain = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return f"{plain}x{number.extension}" if number.extension else plain
