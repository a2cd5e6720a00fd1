"""One employee of Dayforce as rows: a work assignment each, picked from lists of entries by the day.

Every list may have entries of the past and of the future. An entry holds from its `EffectiveStart` to its
`EffectiveEnd`; whether that day still belongs to it Dayforce's specification does not say, so on that day it holds
unless another one begins. What the account's role may not read comes as null, 0 or the year 0001, and is none.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from schedulepop.connectors.records import day, items, part

Entry = dict[str, Any]
EXPANDED = (
    "WorkAssignments",
    "EmploymentStatuses",
    "Contacts",
    "CompensationSummary",
    "EmployeeProperties",
    "OrgUnitInfos",
)
STATUSES = {
    "ACTIVE": "Active",
    "INACTIVE": "Leave",
    "TERMINATED": "Terminated",
    "PRESTART": "Upcoming",
}
"""Dayforce's groups of statuses. Inactive is employed and away."""
CONTACT_KINDS = {
    "businessemail": "Work Email",
    "personalemail": "Personal Email",
    "mobile": "Mobile Phone",
    "personalmobile": "Mobile Phone",
    "businessmobile": "Work Mobile",
    "homephone": "Home Phone",
    "businessphone": "Work Phone",
}
CONTACTS = ("Email", "Phone", *dict.fromkeys(CONTACT_KINDS.values()))
PAY = ("Pay Rate", "Pay Unit", "Pay Effective Date")


def flatten(person: Entry, today: date) -> list[dict[str, Any]]:
    """A row per assignment that holds today; of somebody to come the first ones, of somebody who left the last ones."""
    jobs = in_effect(_listed(person, "WorkAssignments"), today) or [{}]
    own, found = _person(person, today), _properties(person, today) | _units(person, today)
    return [
        {
            "own": own | _job(job, _is_primary(job, jobs)) | _pay(person, job, today),
            "found": found,
        }
        for job in jobs
    ]


def in_effect(of: list[Entry], today: date, *, ended: bool = True) -> list[Entry]:
    """Entries that hold today, the latest first; else those that begin next; else, with `ended`, the last ones."""
    now = today.isoformat()
    holding = [one for one in of if _start(one) <= now <= _end(one)]
    if any(_start(one) == now for one in holding):
        holding = [one for one in holding if _end(one) > now]
    if not holding and (coming := [one for one in of if _start(one) > now]):
        first = min(map(_start, coming))
        holding = [one for one in coming if _start(one) == first]
    if not holding and of and ended:
        last = max(map(_end, of))
        holding = [one for one in of if _end(one) == last]
    return sorted(holding, key=_start, reverse=True)


def _start(entry: Entry) -> str:
    return day(entry.get("EffectiveStart")) or ""


def _end(entry: Entry) -> str:
    return day(entry.get("EffectiveEnd")) or "9999-12-31"


def _listed(person: Entry, name: str) -> list[Entry]:
    return items(part(person, name), "Items")


def _latest(person: Entry, name: str, today: date) -> Entry:
    return next(iter(in_effect(_listed(person, name), today)), {})


def _is_primary(job: Entry, jobs: list[Entry]) -> bool | None:
    """As Dayforce says. A job alone is primary; of several of which none is marked nothing is known."""
    if any(one.get("IsPrimary") is True for one in jobs):
        return job.get("IsPrimary") is True
    return True if len(jobs) == 1 else None


def _person(person: Entry, today: date) -> dict[str, Any]:
    entry = _latest(person, "EmploymentStatuses", today)
    status, hired = _status(entry), day(person.get("HireDate"))
    ended = day(person.get("TerminationDate"))
    if status == "Terminated" and hired and hired > today.isoformat() and (not ended or ended < hired):
        status = "Upcoming"  # who left once and is hired again for a day ahead
    if ended and hired and ended < hired and status != "Terminated":
        ended = None  # of an earlier employment
    home = part(person, "HomeOrganization")
    return {
        "XRefCode": person.get("XRefCode"),
        "Employee Number": person.get("EmployeeNumber"),
        "First Name": person.get("FirstName"),
        "Last Name": person.get("LastName"),
        "Common Name": person.get("CommonName"),
        "Home Organization Code": home.get("XRefCode"),
        "Home Organization": _name(home),
        "Status": status,
        "Company Status": _name(part(entry, "EmploymentStatus")),
        "Pay Class": _name(part(entry, "PayClass")),
        "Hire Date": hired,
        "Original Hire Date": day(person.get("OriginalHireDate")),
        "Seniority Date": day(person.get("SeniorityDate")),
        "Start Date": day(person.get("StartDate")),
        "Termination Date": ended,
        "Estimated Return Date": day(person.get("EstimatedReturnDate")) if status == "Leave" else None,
        **_contacts(person, today),
    }


def _status(entry: Entry) -> str | None:
    """Dayforce's group where it is a known one; else the company's own word, for the mapping."""
    own = part(entry, "EmploymentStatus")
    group = part(entry, "EmploymentStatusGroup") or part(own, "EmploymentStatusGroup") or own
    word = re.sub(r"[^A-Z]", "", str(group.get("XRefCode") or group.get("ShortName") or "").upper())
    return STATUSES.get(word) or _name(own)


def _job(job: Entry, primary: bool | None) -> dict[str, Any]:
    """Position, job, department, location and legal entity, each with code and name."""
    position, location = part(job, "Position"), part(job, "Location")
    units = {
        "Position": position,
        "Job": part(position, "Job"),
        "Department": part(position, "Department"),
        "Location": location,
        "Legal Entity": part(location, "LegalEntity"),
    }
    named = {name: _name(unit) for name, unit in units.items()}
    coded = {f"{name} Code": unit.get("XRefCode") for name, unit in units.items()}
    began = {"Primary Assignment": primary, "Assignment Start Date": day(job.get("EffectiveStart"))}
    return named | coded | began | {"Business Title": job.get("BusinessTitle")}


def _pay(person: Entry, job: Entry, today: date) -> dict[str, Any]:
    """The job's own rate, else the person's: by the year for salaried people, by the hour for all others."""
    base = _latest(person, "CompensationSummary", today)
    kind = part(base, "PayType")
    words = " ".join(str(one.get("XRefCode")) for one in (kind, part(kind, "PayTypeGroup")))
    told = [(job, "JobRate", "Hourly"), (base, "BaseRate", "Hourly"), (base, "BaseSalary", "Annual")]
    if "salar" in words.casefold():
        told[1], told[2] = told[2], told[1]
    for entry, name, unit in told:
        if (amount := _amount(entry.get(name))) is not None:
            return dict(zip(PAY, (amount, unit, day(entry.get("EffectiveStart"))), strict=True))
    return {}


def _amount(value: Any) -> str | None:
    """A figure without zeros at its end, also one below zero; none for 0, which a role sees that may not read it."""
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,10})?", str(value)):
        return None
    return f"{Decimal(str(value)).normalize():f}" if Decimal(str(value)) else None


def _contacts(person: Entry, today: date) -> dict[str, Any]:
    """One of each kind that holds, never one that has ended; an email of work first, of phones the private mobile."""
    found: dict[str, Any] = dict.fromkeys(CONTACTS)
    kinds: dict[str, list[Entry]] = {}
    for one in _listed(person, "Contacts"):
        code = str(part(one, "ContactInformationType").get("XRefCode") or "")
        kinds.setdefault(CONTACT_KINDS.get(code.casefold(), ""), []).append(one)
    for kind, entries in kinds.items():
        for entry in in_effect(entries, today, ended=False) if kind else ():
            found[kind] = found[kind] or entry.get("ElectronicAddress") or entry.get("ContactNumber")
    found["Email"] = found["Work Email"] or found["Personal Email"]
    found["Phone"] = found["Mobile Phone"] or found["Work Mobile"] or found["Home Phone"]
    return found


def _properties(person: Entry, today: date) -> dict[str, Any]:
    """The company's own fields by their names; an option also by its code; several values in one."""
    named: dict[str, list[Entry]] = {}
    for one in _listed(person, "EmployeeProperties"):
        if name := str(_name(part(one, "EmployeeProperty")) or "").strip():
            named.setdefault(name, []).append(one)
    own: dict[str, list[str]] = {}
    for name, entries in named.items():
        own[f"Custom: {name}"] = []
        for entry in in_effect(entries, today, ended=False):
            option = part(entry, "OptionValue")
            if option.get("XRefCode"):
                own.setdefault(f"Custom: {name} Code", []).append(str(option["XRefCode"]))
            if (value := _name(option) or _value(entry)) is not None:
                own[f"Custom: {name}"].append(value)
    return {name: "; ".join(dict.fromkeys(values)) for name, values in own.items()}


def _value(entry: Entry) -> str | None:
    if text := entry.get("StringValue") or day(entry.get("DateTimeValue")):
        return str(text)
    if entry.get("BitValue") is not None:
        return "true" if entry["BitValue"] is True else "false"
    return _amount(entry.get("NumberValue"))


def _units(person: Entry, today: date) -> dict[str, Any]:
    """Where the person belongs on every level of the organization, each with code and name."""
    found: dict[str, Any] = {}
    details = [part(one, "OrgUnitDetail") for one in _listed(person, "OrgUnitInfos")]
    for unit in in_effect(details, today, ended=False):
        if level := str(_name(part(unit, "OrgLevel")) or "").strip():
            found.setdefault(f"Org {level} Code", unit.get("XRefCode"))
            found.setdefault(f"Org {level}", _name(unit))
    return found


def _name(of: Entry) -> str | None:
    return of.get("LongName") or of.get("ShortName") or of.get("XRefCode")


COLUMNS = (*_person({}, date.min), *_job({}, None), *PAY)
