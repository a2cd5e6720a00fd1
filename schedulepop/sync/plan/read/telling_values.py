"""What a column is by its values, where its header says nothing: numbers of persons and accounts, and days of birth.

Only columns that nobody mapped are looked at (SPEC §5 Read). Proof is a form no other data has: a signed SSN, an IBAN,
a card number with a true check digit. Numbers without such a form are weighed only where another column gives the ID.
No clock: what lies in `BORN` is a day of birth in any year near now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from schedulepop.sync.plan.values.dates import looks_like_date

SIGNED_SSN = r"(?:^|[^\d.-])\d{3}[-.]\d{2}[-.]\d{4}(?:$|[^\d-])"
"""A Social Security number with its signs, alone or within a sentence."""
BORN = range(1925, 2013)
"""Years in which whoever works was born; a column of hire dates has many later ones."""
_MEDIAN_BORN = 1998  # half of a staff is older
_SSN = re.compile(r"[^\S\n]*\d{3}[- .]\d{2}[- .]\d{4}[^\S\n]*")
_IN_TEXT = re.compile(SIGNED_SSN)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD = re.compile(r"[3-6]\d{12,18}")
_NINE = re.compile(r"\d{9}")
_LONG = re.compile(r"[1-9X*]\d{8,16}|[X*]{4,}\d{4}")
_PHONE = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"^\s*\d{1,2}[-/. ][0-9A-Za-z]{1,3}[-/. ](\d\d)\s*$")
_MONEY = re.compile(
    r"[-(]?(?:[$€£]|USD|EUR|CAD)\s?\d[\d,. ]*(?:\.\d\d)?\)?(?:\s?/\s?\w+)?|\d[\d,. ]*\s?(?:[$€£]|USD|EUR|CAD)"
)
_DECIMAL = re.compile(r"\d{1,3}(?:,?\d{3})*\.\d{2,4}")
_FEW = 3  # values below which a number says nothing
_MOST = 0.8


def ssn_everywhere(values: Sequence[str]) -> bool:
    """Whether most cells are signed SSNs: then a header like "Employee ID" is no excuse."""
    filled = _filled(values)
    return bool(filled) and 2 * sum(_SSN.fullmatch(one) is not None for one in filled) > len(filled)


def with_rare(
    table: pl.DataFrame, values: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> dict[str, list[str]]:
    """The samples, and of these columns also a cell that has an SSN in it, wherever in the feed it stands."""
    found = {name: list(some) for name, some in values.items()}
    for name in columns:
        if name in found:
            hits = table.select(pl.col(name).filter(pl.col(name).str.contains(SIGNED_SSN)).head(1))
            found[name] += hits[name].to_list()
    return found


def proven(values: Sequence[str]) -> str | None:
    """What the values are by their form alone."""
    filled = _filled(values)
    if not filled:
        return None
    if ssn_everywhere(filled) or any(_IN_TEXT.search(one) for one in filled):
        return "SSN"
    bare = [re.sub(r"[\s-]", "", one).upper() for one in filled]
    if any(_is_iban(one) for one in bare) or _share(bare, _IBAN) > 0.5:
        return "bank data"
    if 2 * sum(_CARD.fullmatch(one) is not None and _luhn(one) for one in bare) > len(bare):
        return "bank data"
    return "birth date" if _are_births(filled) else None


def likely(values: Sequence[str], of_money: bool) -> str | None:
    """What the values are likely to be; only to be asked where other columns say who a record is.

    `of_money`: amounts of money count, as pay.
    """
    filled = _filled(values)
    if len(filled) < _FEW:
        return None
    if of_money and (_share(filled, _MONEY) >= _MOST or _are_amounts(filled)):
        return "pay"
    if 10 * len(set(filled)) < 9 * len(filled):
        return None  # many have the same: a code
    if _share(filled, _NINE) >= _MOST:
        return "bank data" if all(_routes(one) for one in filled) else "SSN"
    if _share(filled, _LONG) >= _MOST and _share(filled, _PHONE) < 0.5:
        return "bank data"
    return None


def _filled(values: Sequence[str]) -> list[str]:
    return [value.strip() for value in values if value.strip()]


def _share(values: Sequence[str], form: re.Pattern[str]) -> float:
    return sum(form.fullmatch(one) is not None for one in values) / len(values)


def _is_iban(value: str) -> bool:
    """ISO 13616: the letters as numbers, the first four signs last, leave 1 by 97."""
    if not _IBAN.fullmatch(value) or not value.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in value[4:] + value[:4])) % 97 == 1


def _luhn(digits: str) -> bool:
    """ISO 7812: the check digit of card numbers."""
    doubled = [2 * int(one) if place % 2 else int(one) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _routes(digits: str) -> bool:
    """The check digit of routing numbers of the American Bankers Association."""
    weights = (3, 7, 1) * 3
    return len(digits) == 9 and sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 10 == 0


def _are_births(values: Sequence[str]) -> bool:
    years = sorted(year for year in map(_year, values) if year)
    if len(years) < _FEW or len(years) < 0.9 * len(values) or len(set(years)) < min(_FEW, len(values)):
        return False
    born = sum(year in BORN for year in years)
    return born >= 0.9 * len(years) and years[len(years) // 2] <= _MEDIAN_BORN


def _year(value: str) -> int | None:
    if re.fullmatch(r"(?:19|20)\d\d", value):
        return int(value)
    if not looks_like_date(value):
        return None
    if found := _YEAR.search(value):
        return int(found[1])
    short = _SHORT_YEAR.match(value)
    return None if short is None else int(short[1]) + (1900 if int(short[1]) > 30 else 2000)


def _are_amounts(values: Sequence[str]) -> bool:
    """Numbers with cents, as large as wages are; parts of a post and hours of a week are smaller or fewer."""
    if _share(values, _DECIMAL) < _MOST:
        return False
    numbers = sorted(float(one.replace(",", "")) for one in values if _DECIMAL.fullmatch(one))
    return numbers[len(numbers) // 2] > 7.0 and len(set(numbers)) >= _FEW
