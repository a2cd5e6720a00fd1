"""One worker of Rippling as a row: the user behind it, units, what was looked up elsewhere, pay, custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, items, part

STATUSES = {"HIRED": "Pre-Hire", "ACCEPTED": "Pre-Hire", "ACTIVE": "Active", "TERMINATED": "Terminated"}
"""INIT is not among them: an offer that nobody accepted yet. Such people wait until the mapping says what it means."""
NEVER_CAME = frozenset({"OFFER_DECLINED", "RESCIND", "RENEGE"})
PHONES = ("MOBILE", "HOME", "WORK", "OTHER")
PAID = {"HOUR": ("hourly_wage", "Hourly"), "SALAR": ("annual_compensation", "Annual")}
"""A part of the word for how somebody is paid → the amount that is theirs, and its unit."""
PAY = ("Pay Rate", "Pay Unit", "Pay Currency", "Pay Effective Date")
USER = (
    "First Name",
    "Last Name",
    "Preferred First Name",
    "Preferred Last Name",
    "Profile Number",
    "Phone",
    "Mobile Phone",
    "Home Phone",
    "Work Phone",
)
EMAILS = ("Email", "Work Email", "Personal Email")
PERMISSIONS = {
    "Users": frozenset(USER),
    "Email addresses": frozenset(EMAILS),
    "Compensation": frozenset(PAY),
    "Departments": frozenset({"Department", "Department Code"}),
    "Employment types": frozenset({"Employment Type", "Worker Type", "Hours"}),
    "Work locations": frozenset({"Work Location"}),
}
"""Teams, levels and legal entities are not among them: a company without any would be told of a missing permission."""
REDACTED = {
    "user": "Users",
    "work_email": "Email addresses",
    "personal_email": "Email addresses",
    "compensation": "Compensation",
    "department": "Departments",
    "employment_type": "Employment types",
    "location": "Work locations",
}
"""A part of a worker that Rippling says it left out → the permission that is missing."""


def flatten(worker: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The row. `worker[""]` is what was read beside the list: `places` (ID → name, or None) and `custom`."""
    beside = worker.get("") or {}
    own = {
        "Worker ID": worker.get("id"),
        "User ID": worker.get("user_id"),
        "Employee Number": worker.get("number"),
        "Status": _status(worker),
        "Hire Date": day(worker.get("start_date")),
        "Termination Date": day(worker.get("end_date")),
        "Job Title": worker.get("title"),
        "Job Title Since": day(worker.get("title_effective_date")),
        "Email": worker.get("work_email") or worker.get("personal_email"),
        "Work Email": worker.get("work_email"),
        "Personal Email": worker.get("personal_email"),
        "Overtime": worker.get("overtime_exemption"),
    }
    return [
        {
            "own": own | _user(part(worker, "user")) | _units(worker, beside.get("places")) | _pay(worker),
            "custom": _custom(worker, beside.get("custom") or {}),
        }
    ]


def _status(worker: dict[str, Any]) -> str | None:
    """Somebody whose offer came to nothing is terminated for Rippling; they were never here."""
    status = worker.get("status")
    if status == "TERMINATED" and part(worker, "termination_details").get("type") in NEVER_CAME:
        return "Canceled"
    return STATUSES.get(str(status), status)


def _user(user: dict[str, Any]) -> dict[str, Any]:
    """Names and phones, which are the user's and not the worker's."""
    name = part(user, "name")
    phones = {
        str(one.get("type")): _phone(one) for one in reversed(items(user, "phone_numbers")) if _phone(one)
    }
    found = (
        name.get("given_name"),
        name.get("family_name"),
        name.get("preferred_given_name"),
        name.get("preferred_family_name"),
        user.get("number"),
        next((phones[kind] for kind in PHONES if kind in phones), None),
        phones.get("MOBILE"),
        phones.get("HOME"),
        phones.get("WORK"),
    )
    return dict(zip(USER, found, strict=True))


def _phone(one: dict[str, Any]) -> str:
    """The number without the scheme and the extension of RFC 3966."""
    return str(one.get("value") or one.get("display") or "").removeprefix("tel:").partition(";")[0]


def _units(worker: dict[str, Any], places: Mapping[str, str] | None) -> dict[str, Any]:
    """Every unit by its name. A work location that Rippling no longer lists is its ID; a remote worker has none."""
    department, kind = part(worker, "department"), part(worker, "employment_type")
    where = part(worker, "location")
    place = where.get("work_location_id")
    teams = [str(team["name"]) for team in items(worker, "teams") if team.get("name")]
    return {
        "Work Location": None if places is None else places.get(str(place), place),
        "Work Location ID": place,
        "Location Type": where.get("type"),
        "Department": department.get("name"),
        "Department Code": department.get("reference_code"),
        "Teams": "; ".join(teams) or None,
        "Level": part(worker, "level").get("name"),
        "Legal Entity": part(worker, "legal_entity").get("legal_name"),
        "Employment Type": kind.get("label"),
        "Worker Type": kind.get("type"),
        "Hours": kind.get("amount_worked"),
    }


def _pay(worker: dict[str, Any]) -> dict[str, Any]:
    """The amount in which somebody is paid. Rippling works out the others from it, at 40 hours a week."""
    pay, kind = part(worker, "compensation"), part(worker, "employment_type")
    said = str(kind.get("compensation_time_period") or pay.get("payment_type") or "").upper()
    field, unit = next((paid for word, paid in PAID.items() if word in said), ("", ""))
    amount = part(pay, field)
    if amount.get("value") is None:
        return {}
    values = (amount["value"], unit, amount.get("currency_type"), day(pay.get("salary_effective_date")))
    return dict(zip(PAY, values, strict=True))


def _custom(worker: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Custom fields that are `known` (ID or name → name). A value comes beside its name, or under it."""
    found: dict[str, Any] = {}
    for one in items(worker, "custom_fields"):
        named = {str(one.get("name") or one.get("id")): one["value"]} if "value" in one else one
        found |= {f"Custom: {known[key]}": _plain(value) for key, value in named.items() if key in known}
    return found


def _plain(value: Any) -> Any:
    """A value; of several that were chosen, all. Parts of a record are none."""
    if isinstance(value, list):
        return "; ".join(str(one) for one in value if isinstance(one, str)) or None
    return None if isinstance(value, dict) else value


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """What only this company has."""
    custom: Mapping[str, Any] = row["custom"]
    return custom


COLUMNS = (*flatten({}, date.min)[0]["own"], *PAY)
