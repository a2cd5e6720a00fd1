"""One person of Finch as a row: what the directory, the individual and the employment say, pay in whole units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from schedulepop.connectors.contract import UnreadableAnswerError
from schedulepop.connectors.records import day, first, in_force, items, part, pay

PAY = ("Pay Rate", "Pay Unit", "Pay Currency", "Pay Effective Date")
CONTACTS = (
    "Preferred Name",
    "Email",
    "Work Email",
    "Personal Email",
    "Phone",
    "Work Phone",
    "Personal Phone",
)
STATUSES = {
    "active": "Active",
    "deceased": "Deceased",
    "leave": "Leave",
    "onboarding": "Upcoming",  # until the first day, which makes it active
    "prehire": "Upcoming",
    "retired": "Retired",
    "terminated": "Terminated",
}
UNITS = {
    "hourly": "Hourly",
    "daily": "Daily",
    "weekly": "Weekly",
    "bi_weekly": "Biweekly",
    "semi_monthly": "Semimonthly",
    "monthly": "Monthly",
    "quarterly": "Quarterly",
    "yearly": "Annual",
}


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The person. Names, department and whether somebody works here are in two places: the employment's come first."""
    listed, employment = part(person, "listed"), part(person, "employment")
    own = {
        "ID": person.get("id"),
        "Source ID": employment.get("source_id"),
        "First Name": employment.get("first_name") or listed.get("first_name"),
        "Last Name": employment.get("last_name") or listed.get("last_name"),
        **_contacts(part(person, "individual")),
        "Job Title": employment.get("title"),
        "Department": part(employment, "department").get("name") or part(listed, "department").get("name"),
        **_place(part(employment, "location")),
        "Status": _status(listed, employment, today),
        "Employment Type": part(employment, "employment").get("type"),
        "Employment Subtype": part(employment, "employment").get("subtype"),
        "Hire Date": day(employment.get("latest_rehire_date")) or day(employment.get("start_date")),
        "Rehire Date": day(employment.get("latest_rehire_date")),
        "Original Hire Date": day(employment.get("start_date")),
        "Termination Date": day(employment.get("end_date")),
        "FLSA Status": employment.get("flsa_status"),
        "Workers Compensation Class": employment.get("class_code"),
        "Union Code": employment.get("union_code"),
        "Union Local": employment.get("union_local"),
        **_pay(employment, today),
    }
    return [{"own": own, "custom": _custom(employment)}]


def _status(listed: dict[str, Any], employment: dict[str, Any], today: date) -> str | None:
    """Finch's own status; where the payroll gives none, whether somebody works here or is still to come."""
    if (told := employment.get("employment_status")) is not None:
        return STATUSES.get(str(told), str(told))
    works, start = employment.get("is_active"), day(employment.get("start_date"))
    works = listed.get("is_active") if works is None else works
    if works is None:
        return None
    if works:
        return "Active"
    return "Upcoming" if start is not None and start > today.isoformat() else "Inactive"


def _contacts(individual: dict[str, Any]) -> dict[str, Any]:
    """One email, that of work first, and one phone, the personal one first; and each by itself."""
    emails, phones = items(individual, "emails"), items(individual, "phone_numbers")
    found = {
        f"{said.title()} {name}": first([one for one in of if one.get("type") == said], _data)
        for name, of in (("Email", emails), ("Phone", phones))
        for said in ("work", "personal")
    }
    return {
        "Preferred Name": individual.get("preferred_name"),
        "Email": found["Work Email"] or first(emails, _data),
        "Phone": found["Personal Phone"] or first(phones, _data),
        **found,
    }


def _data(one: dict[str, Any]) -> Any:
    return one.get("data")


def _place(place: dict[str, Any]) -> dict[str, Any]:
    """Where the employment is: its name, else its address."""
    parts = (place.get(name) for name in ("line1", "line2", "city", "state"))
    address = ", ".join(str(one).strip() for one in parts if one)
    return {
        "Work Location": place.get("name") or address or None,
        "Work Location ID": place.get("source_id"),
    }


def _pay(employment: dict[str, Any], today: date) -> dict[str, Any]:
    """The income; where that is dated ahead, the latest of its history that has begun."""
    income = part(employment, "income")
    if (day(income.get("effective_date")) or "") > today.isoformat():
        income = in_force([*items(employment, "income_history"), income], today)
    unit, currency = income.get("unit"), income.get("currency")
    amount, per = pay(_whole_units(income.get("amount")), UNITS.get(str(unit), str(unit or "")))
    told = (
        amount,
        per or None,
        str(currency).upper() if currency else None,
        day(income.get("effective_date")),
    )
    return dict(zip(PAY, told, strict=True))


def _whole_units(cents: Any) -> str | None:
    """Cents as an amount of the currency, exactly, also below zero. Raises UnreadableAnswerError for what are none."""
    if cents is None:
        return None
    if isinstance(cents, bool) or not re.fullmatch(r"-?[0-9]{1,14}(\.[0-9]{1,6})?", str(cents)):
        raise UnreadableAnswerError(
            "Finch answers in another form than it documents: an income is not in cents."
        )
    return format(Decimal(str(cents)).scaleb(-2), "f")


def _custom(employment: dict[str, Any]) -> dict[str, Any]:
    """Custom fields with a single value. Lists and objects are the payroll's own forms, which nobody documents."""
    return {
        f"Custom: {str(one.get('name')).strip()}": one.get("value")
        for one in items(employment, "custom_fields")
        if one.get("name") and not isinstance(one.get("value"), list | dict)
    }


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """The employer's custom fields."""
    return dict(row["custom"])


COLUMNS = tuple(flatten({}, date.min)[0]["own"])
