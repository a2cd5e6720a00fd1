"""One account of UKG Ready as a row: what every account has, and beside it columns that depend on what is granted.

UKG Ready leaves out what a security profile hides: contacts, cost centers and jobs nobody may see are no columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, ended, items, part

PAY = ("Pay Rate", "Pay Unit", "Pay Currency", "Pay Effective Date")
CONTACTS = ("Email", "Phone", "Mobile Phone", "Home Phone", "Work Phone")
PAID = ("effective_from", "amount", "amount_period", "currency")
NEEDED = (
    "id",
    "primary_account_id",
    "employee_id",
    "external_id",
    "first_name",
    "last_name",
    "ein_name",
    "status",
    "dates",
)
"""Of an account in the list."""


def flatten(account: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The account with its days, its pay of today, and what else was granted.

    `account`: `listed` and `detail` as they came; `pay`, the amount that holds; `job`, `units` by place. Nothing of
    what is not granted.
    """
    listed, detail = part(account, "listed"), part(account, "detail")
    both = listed | {name: value for name, value in detail.items() if name in NEEDED and value is not None}
    days = part(listed, "dates") | {name: one for name, one in part(detail, "dates").items() if one}
    hired = day(days.get("re_hired")) or day(days.get("hired")) or day(days.get("started"))
    own = {
        "Account ID": both.get("id"),
        "Primary Account ID": both.get("primary_account_id"),
        "Employee ID": both.get("employee_id"),
        "External ID": both.get("external_id"),
        "First Name": both.get("first_name"),
        "Last Name": both.get("last_name"),
        "Company": both.get("ein_name"),
        "Status": both.get("status"),
        "Hire Date": hired,
        "Rehire Date": day(days.get("re_hired")),
        "Original Hire Date": day(days.get("hired")),
        "Start Date": day(days.get("started")),
        "Termination Date": ended(days.get("terminated"), hired, has_left=both.get("status") == "Terminated"),
    }
    granted = _contacts(detail) | _units(account) | _job(account) | _extra(detail)
    return [{"own": own | _pay(part(account, "pay")), "granted": granted}]


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """The columns that are there because they are granted."""
    granted: Mapping[str, Any] = row["granted"]
    return granted


def _contacts(detail: dict[str, Any]) -> dict[str, Any]:
    phones = part(detail, "phones")
    mobile, home, work = (_phone(phones, kind) for kind in ("cell", "home", "work"))
    values = dict(
        zip(CONTACTS, (detail.get("primary_email"), mobile or home, mobile, home, work), strict=True)
    )
    given = {"Email"} if "primary_email" in detail else set()
    given |= set(CONTACTS[1:]) if "phones" in detail else set()
    return {name: value for name, value in values.items() if name in given}


def _phone(phones: dict[str, Any], kind: str) -> str | None:
    """As it was typed, with the country's code where that is not the one of North America."""
    number, country = phones.get(f"{kind}_phone"), str(phones.get(f"{kind}_phone_country_code") or "")
    if not number or country in ("", "1", "+1"):
        return number or None
    return f"+{country.lstrip('+')} {number}"


def _units(account: dict[str, Any]) -> dict[str, Any]:
    """Cost centers by their place, of which each company has others: name, external ID and ID."""
    columns: dict[str, Any] = {}
    for place, unit in part(account, "units").items():
        columns[f"Cost Center {place}"] = unit.get("name")
        columns[f"Cost Center {place} Code"] = unit.get("external_id")
        columns[f"Cost Center {place} ID"] = unit.get("id")
    return columns


def _job(account: dict[str, Any]) -> dict[str, Any]:
    """Without a name where jobs may not be looked up."""
    job = part(account, "job")
    return {column: job[name] for column, name in (("Job", "name"), ("Job ID", "id")) if name in job}


def _extra(detail: dict[str, Any]) -> dict[str, Any]:
    """The company's extra fields, which have places and no names."""
    return {
        f"Custom: Extra Field {one['index'] + 1}": (items(one, "values") or [{}])[0].get("value")
        for one in items(detail, "account_extra_fields")
        if isinstance(one.get("index"), int)
    }


def _pay(now: dict[str, Any]) -> dict[str, Any]:
    if not now:
        return {}
    unit = str(now.get("amount_period") or "").capitalize() or None
    return dict(zip(PAY, (now.get("amount"), unit, now.get("currency"), _since(now)), strict=True))


def holding(history: list[dict[str, Any]], today: date) -> dict[Any, dict[str, Any]]:
    """Account ID → the base compensation that holds today: of those that have begun, the latest."""
    found: dict[Any, dict[str, Any]] = {}
    for one in history:
        account = part(one, "employee").get("account_id")
        if _since(one) <= str(today) and _since(found.get(account, {})) <= _since(one):
            found[account] = {name: one.get(name) for name in PAID}
    return found


def _since(compensation: dict[str, Any]) -> str:
    return day(compensation.get("effective_from")) or ""


COLUMNS = tuple(dict.fromkeys((*flatten({}, date.min)[0]["own"], *PAY)))
