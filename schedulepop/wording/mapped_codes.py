"""What became of the people who waited for a code that was mapped, where pages and the command line say the same."""

from __future__ import annotations

from schedulepop.wording.translation import gettext


def waits_for_decision() -> str:
    """A newer file is on hold, so nothing was planned."""
    return gettext(
        "A newer payroll file is on hold; the people who waited for it are filled once that is decided."
    )
