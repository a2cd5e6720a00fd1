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
    "pay_unit_contradicts": _(
        "{column} says {value}, and the rate itself names another unit: correct the wrong one in payroll; until then "
        "the current rate stays."
    ),
    "pay_unit_missing": _(
        "Nothing says whether {column} is for an hour or a year: set pay_unit in the mapping, or add a pay unit column "
        "to the export; until then the current rate stays."
    ),
    "pay_unit_blank": _(
        "There is a rate, and {column} is blank: enter the unit in payroll; until then the current rate stays."
    ),
    "pay_currency_differs": _(
        "The rate is written with {sign}, where {currency} is paid: correct it in payroll, or set pay_currency in the "
        "mapping; until then the current rate stays."
    ),
    "pay_currency_unreadable": _(
        "{value} is not a currency such as USD: correct it in payroll; until then the current rate stays."
    ),
    "pay_waits": _(
        "The rate waits for the duty {duty}, which nobody has mapped: map it, and the rate is stored."
    ),
    "pay_without_duty": _(
        "The rate waits, because the record has no duty: enter one in payroll or on the person's profile."
    ),
    "several_rates": _(
        "Payroll gives several rates for one duty: leave one of them. Until then the primary job's counts, else the "
        "rate SchedulePop has, else the lowest."
    ),
}
"""One sentence for each reason, as in `findings`."""
