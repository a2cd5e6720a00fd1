"""Maple Health, the invented organization of the demo: who it is, and what its payroll sends.

Pure and deterministic: the same day gives the same bytes. The staff is data (`maple_health_payroll.csv`, the
export as payroll writes it; `maple_health_morning.csv`, the rows that are new or different the morning
after), because a list of people is read and corrected more easily than a program that invents them. In both
files a date may be written `today`, `today+14` or `today-26`. All names, addresses and numbers are invented;
phone numbers are in the 555-01xx range that is never given to anybody.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Literal

RoleWord = Literal["staff", "manager", "admin", "client_success"]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of a location. `cms` is the Payroll-Based Journal job title code, None where CMS asks for none."""

    code: str  # payroll's job code
    name: str
    cms: int | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of a location."""

    code: str  # payroll's department code
    name: str


@dataclass(frozen=True, slots=True)
class Location:
    """A facility with its payroll code, duties and zones."""

    code: str
    name: str
    timezone: str
    duties: tuple[Duty, ...]
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer, or the vendor itself."""

    name: str
    slug: str
    timezone: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody a visitor of the demo can be.

    `source_id` is set for people whom the first sync brings: take that user and give the role at `location`.
    Without it the user is made by hand, and `username` is free to choose.
    """

    username: str
    first_name: str
    last_name: str
    email: str
    phone: str
    role: RoleWord
    organization: str  # slug of the organization the user belongs to
    shows: str  # what a visitor sees as this person, for the sign-in page
    location: str | None = None  # location code, for a role of a membership
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class HandAdded:
    """A user somebody added by hand before payroll was connected: in no feed's records, not marked local."""

    username: str
    first_name: str
    last_name: str
    email: str
    email_confirmed: bool
    phone: str
    location: str
    duty: str  # duty code
    zone: str  # zone code
    hire_date: date


@dataclass(frozen=True, slots=True)
class ManagersExtra:
    """A further duty or zone a manager gives after the first sync. It survives every later one."""

    by: str  # username
    source_id: str
    kind: Literal["duty", "zone"]
    code: str


@dataclass(frozen=True, slots=True)
class LocalEdit:
    """An edit of an owned field after the first sync; the next morning's feed puts `payroll` back."""

    by: str  # username
    source_id: str
    field: str  # canonical field name
    value: str
    payroll: str


DUTIES: tuple[Duty, ...] = (
    Duty("CNA-02", "CNA", 10),
    Duty("LPN-01", "LPN", 9),
    Duty("RN-01", "RN", 7),
    Duty("RNS-01", "RN Supervisor", 6),
    Duty("DON-01", "Director of Nursing", 5),
    Duty("MEDA-01", "Med Aide", 12),
    Duty("DIET", "Dietary Aide", None),
    Duty("RD-01", "Dietitian", 16),
    Duty("HSKP", "Housekeeping", 39),
    Duty("ACT-01", "Activities", 29),
    Duty("ADM-01", "Administrator", 1),
    Duty("SW-01", "Social Worker", 30),
    Duty("PT-01", "Physical Therapist", 21),
    Duty("OT-01", "Occupational Therapist", 18),
)
"""The same in every facility: one payroll system, one list of job codes."""

FRONT_OFFICE = Zone("FO", "Front Office")
LOCATIONS: tuple[Location, ...] = (
    Location(
        "101",
        "Maple Grove",
        "America/Chicago",
        DUTIES,
        (Zone("EW", "East Wing"), Zone("WW", "West Wing"), Zone("MC", "Memory Care"), FRONT_OFFICE),
    ),
    Location(
        "102",
        "Oak Hill",
        "America/Chicago",
        DUTIES,
        (Zone("NH", "North Hall"), Zone("SH", "South Hall"), Zone("GW", "Garden Wing"), FRONT_OFFICE),
    ),
    Location(
        "103",
        "Cedar Point",
        "America/New_York",
        DUTIES,
        (
            Zone("LS", "Lakeside"),
            Zone("HW", "Harbor Wing"),
            Zone("MC", "Memory Care"),
            Zone("RU", "Rehab Unit"),
            FRONT_OFFICE,
        ),
    ),
)

ORGANIZATION = Organization("Maple Health", "maple-health", "America/Chicago")
VENDOR = Organization("SchedulePop", "schedulepop", "America/Chicago")
INTEGRATION = "payroll"
"""Name of the organization's one integration."""

SIGN_INS: tuple[SignIn, ...] = (
    SignIn(
        "rokoye",
        "Renata",
        "Okoye",
        "renata.okoye@example.com",
        "(712) 555-0110",
        "admin",
        "maple-health",
        "HR of Maple Health: all three facilities, runs, settings and pay",
    ),
    SignIn(
        "mtate",
        "Marisol",
        "Tate",
        "marisol.tate@example.com",
        "(641) 555-0116",
        "manager",
        "maple-health",
        "Manager of Maple Grove: her User List, and a new hire who is missing from it",
        location="101",
        source_id="00689299",
    ),
    SignIn(
        "gmarsh",
        "Gwendolyn",
        "Marsh",
        "gwendolyn.marsh@example.com",
        "(319) 555-0139",
        "manager",
        "maple-health",
        "Manager of Oak Hill: another facility, another list",
        location="102",
        source_id="00504264",
    ),
    SignIn(
        "dabernathy",
        "Delia",
        "Abernathy",
        "delia.abernathy@example.com",
        "(641) 555-0148",
        "staff",
        "maple-health",
        "CNA at Maple Grove: her own profile",
        location="101",
        source_id="00241918",
    ),
    SignIn(
        "jferris",
        "Joan",
        "Ferris",
        "joan.ferris@example.com",
        "(712) 555-0140",
        "client_success",
        "schedulepop",
        "Client Success at SchedulePop: sets up the integration and approves the first sync",
    ),
)
ADMIN, MANAGER, OTHER_MANAGER, STAFF, CLIENT_SUCCESS = SIGN_INS
SUPPORT_CONTACT = CLIENT_SUCCESS  # whom a reader who is stuck may ask

ALREADY_THERE = HandAdded(
    username="darsenault",
    first_name="Delphine",
    last_name="Arsenault",
    email="delphine.arsenault@example.com",
    email_confirmed=True,
    phone="(712) 555-0171",
    location="102",
    duty="CNA-02",
    zone="GW",
    hire_date=date(2024, 3, 18),
)
"""Delphine already works at Oak Hill; the next morning payroll lists her at Maple Grove."""

EXTRAS: tuple[ManagersExtra, ...] = (
    ManagersExtra("mtate", "00803360", "duty", "CNA-02"),
    ManagersExtra("mtate", "00710089", "duty", "MEDA-01"),
    ManagersExtra("mtate", "00803360", "zone", "WW"),
    ManagersExtra("mtate", "00427629", "zone", "MC"),  # becomes her primary zone the next morning
)
EDIT = LocalEdit("mtate", "00710089", "email", "odalys.i@example.com", "odalys.ibarra@example.com")

_DATA = files(__package__)
MAPPING_TOML = _DATA.joinpath("maple_health_mapping.toml").read_text(encoding="utf-8")
"""The integration's mapping as a file, for `integration add … --mapping`."""
MAPPING: dict[str, Any] = tomllib.loads(MAPPING_TOML)
POLICY: dict[str, Any] = {"pay": True}  # different from the defaults: the demo shows pay

ID_COLUMN = "Associate ID"
DATE_COLUMNS = ("Hire Date", "Original Hire Date", "Termination Date")
_DAY = re.compile(r"today(?:([+-]\d+))?")


def first_feed(today: date) -> bytes:
    """The export of the first sync: 244 records, 240 of them people who have not left."""
    return _export(_records("maple_health_payroll.csv"), today)


def next_feed(today: date) -> bytes:
    """The export of the morning after. Take the same `today` as for the first."""
    records = {record[ID_COLUMN]: record for record in _records("maple_health_payroll.csv")}
    for record in _records("maple_health_morning.csv"):
        records[record[ID_COLUMN]] = record
    return _export(list(records.values()), today)


def _records(name: str) -> list[dict[str, str]]:
    """The rows of a data file, dates as they stand there."""
    return list(csv.DictReader(io.StringIO(_DATA.joinpath(name).read_text(encoding="utf-8"), newline="")))


def _export(records: list[dict[str, str]], today: date) -> bytes:
    """A file as a payroll system on Windows writes it: byte order mark, CRLF, quotes where needed."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        writer.writerow(record | {column: _day(record[column], today) for column in DATE_COLUMNS})
    return out.getvalue().encode("utf-8-sig")


def _day(written: str, today: date) -> str:
    """`today+14` as MM/DD/YYYY; a date that is written out stays."""
    relative = _DAY.fullmatch(written)
    if relative is None:
        return written
    return (today + timedelta(days=int(relative[1] or 0))).strftime("%m/%d/%Y")
