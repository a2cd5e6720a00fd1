"""How a phone number reads on a page."""

from __future__ import annotations

import pytest

from schedulepop.web.templatetags.words import phone


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+15155550178", "(515) 555-0178"),
        ("+15155550178x12", "(515) 555-0178 ext. 12"),
        ("+442079460018", "+44 20 7946 0018"),
        ("+442079460018x7", "+44 20 7946 0018 x7"),
        ("", ""),
    ],
)
def test_a_number_and_its_extension(kept: str, shown: str) -> None:
    assert phone(kept) == shown
