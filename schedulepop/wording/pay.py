"""What is said of pay: never an amount."""

from __future__ import annotations

from schedulepop.wording.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    "pay_unreadable": _(
        "{value} is not an amount: correct it in payroll; until then the current rate stays."
    ),
    "pay_unit_unreadable": _(
        "{value} is not a pay unit such as hour or year: correct it in payroll; until then the current rate stays."
    ),
    "several_rates": _(
        "Payroll gives several rates for one duty: leave one of them. Until then the primary job's counts, else the "
        "rate SchedulePop has, else the lowest."
    ),
}
"""One sentence for each reason, as in `findings`."""
