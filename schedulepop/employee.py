"""Every field of an employee record, once: what it is, who owns it, and how it is treated.

Forms, mapping, normalize, diff, exports and the docs all read this page, so that a field is added or
changed in one place. It knows no Django and no database. Source of the rules: SPEC §1.6, §2, §5, §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """How a value is read; `normalize` has one reader per kind."""

    ID = "id"  # text kept as it is: leading zeros stay, scientific notation is refused
    TEXT = "text"
    NAME = "name"
    EMAIL = "email"  # domain lower-cased
    PHONE = "phone"  # E.164
    CODE = "code"  # a payroll code, resolved through the code maps
    LABOR = "labor"  # a CMS job title code, 1 to 40
    STATUS = "status"
    DATE = "date"  # ISO 8601 day, no time zone
    MONEY = "money"  # integer ten-thousandths of the currency unit
    UNIT = "unit"
    FLAG = "flag"


class Belongs(StrEnum):
    """Where the value lives: on the person, or on the person at one location."""

    RECORD = "record"  # only names the record; stored on the link
    USER = "user"
    MEMBERSHIP = "membership"


class Sensitivity(StrEnum):
    """Who may read the value. `pay` needs a grant; `contact` is masked in messages and logs."""

    PLAIN = "plain"
    CONTACT = "contact"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field. `owned` means payroll wins and a local edit is overwritten."""

    name: str
    label: str
    kind: Kind
    belongs: Belongs
    owned: bool = True
    blank_clears_allowed: bool = True  # False: a blank never removes the value (SPEC §1.4)
    sensitivity: Sensitivity = Sensitivity.PLAIN
    managers_edit: bool = False  # managers may edit it until the next sync overwrites it (SPEC §3)
    headers: tuple[str, ...] = ()  # names seen in payroll exports, folded as `text.fold_header` folds


# fmt: off
FIELDS: tuple[Field, ...] = (
    Field("source_id", "Payroll ID", Kind.ID, Belongs.RECORD, owned=False, blank_clears_allowed=False,
          headers=("employee id", "emp id", "empid", "employeeid", "emp #", "emp no", "associate id", "worker id",
                   "person id", "person number", "personnel id", "staff id", "ee id", "eecode", "ee code",
                   "payroll id", "id", "file number", "file #", "personnel number", "badge id", "team member id")),
    Field("employee_number", "Employee number", Kind.ID, Belongs.MEMBERSHIP, blank_clears_allowed=False,
          headers=("employee number", "employee no", "employee #", "employee num", "emp number", "emp num",
                   "employee code", "payroll number", "clock number", "clock id", "staff number", "badge number")),
    Field("full_name", "Full name", Kind.NAME, Belongs.RECORD, owned=False, blank_clears_allowed=False,
          headers=("employee name", "name", "full name", "employee", "worker name", "associate name",
                   "payroll name", "legal name", "staff name", "worker", "team member", "last first")),
    Field("first_name", "First name", Kind.NAME, Belongs.USER, blank_clears_allowed=False, managers_edit=True,
          headers=("first name", "legal first name", "given name", "firstname", "fname", "first",
                   "employee first name", "forename")),
    Field("last_name", "Last name", Kind.NAME, Belongs.USER, blank_clears_allowed=False, managers_edit=True,
          headers=("last name", "legal last name", "family name", "surname", "lastname", "lname", "last",
                   "employee last name")),
    Field("email", "Email", Kind.EMAIL, Belongs.USER, sensitivity=Sensitivity.CONTACT, managers_edit=True,
          headers=("email", "e mail", "email address", "work email", "e mail address", "business email",
                   "personal email", "home email", "primary email", "employee email")),
    Field("phone", "Phone", Kind.PHONE, Belongs.USER, sensitivity=Sensitivity.CONTACT, managers_edit=True,
          headers=("phone", "mobile", "mobile phone", "cell", "cell phone", "phone number", "mobile number",
                   "cell number", "home phone", "primary phone", "telephone", "contact number", "phone #")),
    Field("location", "Location", Kind.CODE, Belongs.MEMBERSHIP, blank_clears_allowed=False,
          headers=("location", "location code", "facility", "facility code", "site", "site code", "work location",
                   "home location", "building", "community", "location name", "facility name", "entity",
                   "branch", "worksite", "company code")),
    Field("duty", "Primary duty", Kind.CODE, Belongs.MEMBERSHIP, blank_clears_allowed=False, managers_edit=True,
          headers=("duty", "job", "job code", "job title", "position", "position title", "title", "job name",
                   "primary duty", "occupation", "job description", "position code", "business title", "pos title")),
    Field("zone", "Primary zone", Kind.CODE, Belongs.MEMBERSHIP, blank_clears_allowed=False, managers_edit=True,
          headers=("zone", "unit", "dept", "department", "department code", "dept code", "cost center",
                   "cost centre", "wing", "floor", "primary zone", "home department", "department name",
                   "dept name", "org unit", "division", "unit code")),
    Field("status", "Employment status", Kind.STATUS, Belongs.MEMBERSHIP, blank_clears_allowed=False,
          headers=("status", "employment status", "employee status", "emp status", "worker status", "status code",
                   "position status", "active status", "ee status", "empl status")),
    Field("hire_date", "Latest hire date", Kind.DATE, Belongs.MEMBERSHIP,
          headers=("hire date", "hire dt", "date of hire", "dateofhire", "hired", "start date", "date hired",
                   "hire", "startdate", "hiredate", "start dt", "effective hire date")),
    Field("rehire_date", "Rehire date", Kind.DATE, Belongs.RECORD, owned=False, blank_clears_allowed=False,
          headers=("rehire date", "last hire date", "latest hire date", "most recent hire date", "date of rehire",
                   "rehire dt", "last start date")),
    Field("original_hire_date", "Original hire date", Kind.DATE, Belongs.MEMBERSHIP,
          headers=("original hire date", "orig hire date", "orig hire dt", "original hire dt", "first hire date",
                   "seniority date", "adjusted hire date", "adjusted seniority date", "adj hire date",
                   "service date", "orig hire", "original date of hire")),
    Field("termination_date", "Termination date", Kind.DATE, Belongs.MEMBERSHIP,
          headers=("termination date", "term date", "term dt", "date of termination", "dateoftermination",
                   "end date", "last day", "separation date", "date terminated", "term",
                   "termination dt", "terminationdate", "last day worked", "leave date")),
    Field("leave_end", "Return date", Kind.DATE, Belongs.MEMBERSHIP,
          headers=("return date", "date of return", "expected return", "expected return date", "return from leave",
                   "return from leave date", "loa return", "loa return date", "leave return date",
                   "return to work date", "rtw date", "expected rtw date", "loa end", "loa end date",
                   "leave end", "leave end date",
                   "end of leave", "leave through", "loa through")),
    Field("cms_code", "CMS labor code", Kind.LABOR, Belongs.MEMBERSHIP,
          headers=("cms code", "cms labor code", "pbj code", "pbj job code", "labor code", "pbj job title code",
                   "cms job code", "labour code", "pbj")),
    Field("pay_rate", "Pay rate", Kind.MONEY, Belongs.MEMBERSHIP, sensitivity=Sensitivity.PAY,
          headers=("pay rate", "rate", "hourly rate", "base rate", "rate of pay", "pay", "wage", "salary",
                   "annual salary", "base pay", "compensation", "hourly pay", "rate amount", "hrly rate",
                   "annual rate", "base salary", "regular rate")),
    Field("pay_unit", "Pay unit", Kind.UNIT, Belongs.MEMBERSHIP, sensitivity=Sensitivity.PAY,
          headers=("pay unit", "rate type", "pay type", "rate per", "pay basis", "rate unit",
                   "salary type", "per")),
    Field("pay_currency", "Pay currency", Kind.TEXT, Belongs.MEMBERSHIP, sensitivity=Sensitivity.PAY,
          headers=("currency", "pay currency", "currency code", "rate currency")),
    Field("pay_effective_date", "Pay effective date", Kind.DATE, Belongs.RECORD, owned=False,
          blank_clears_allowed=False, sensitivity=Sensitivity.PAY,
          headers=("pay effective date", "rate effective date", "pay rate effective date", "effective date of pay",
                   "rate effective", "salary effective date", "wage effective date", "pay rate date",
                   "rate change date", "compensation effective date", "rate effective dt", "pay effective dt")),
    Field("primary_flag", "Primary job", Kind.FLAG, Belongs.RECORD, owned=False,
          headers=("primary", "primary job", "is primary", "primary position", "primary flag", "home job",
                   "primary indicator")),
)

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
USER_FIELDS: tuple[str, ...] = tuple(f.name for f in FIELDS if f.belongs is Belongs.USER)
MEMBERSHIP_FIELDS: tuple[str, ...] = tuple(f.name for f in FIELDS if f.belongs is Belongs.MEMBERSHIP)
VALUE_KINDS: dict[str, Kind] = {
    f.name: f.kind for f in FIELDS if f.belongs is not Belongs.RECORD and f.kind is not Kind.CODE
}
"""What payroll gives as a value; locations, duties and zones are references."""
PAY_FIELDS: frozenset[str] = frozenset(f.name for f in FIELDS if f.sensitivity is Sensitivity.PAY)
PAY_COLUMNS: dict[str, Kind] = {
    **{f"{when}{name}": VALUE_KINDS[name] for when in ("", "next_") for name in VALUE_KINDS if name in PAY_FIELDS},
    "next_pay_on": Kind.DATE,
}
"""Pay lies on a membership's duties: the rate in force, and one dated ahead with the day on which it comes into
force.
"""
NEXT_PAY: tuple[str, ...] = tuple(name for name in PAY_COLUMNS if name.startswith("next_"))
MEMBERSHIP_COLUMNS: dict[str, Kind] = {
    name: VALUE_KINDS[field]
    for field in MEMBERSHIP_FIELDS
    if field in VALUE_KINDS and field not in PAY_FIELDS
    for name in ((field, "ends_on") if field == "termination_date" else (field,))
}
"""The values a membership itself keeps; `ends_on` is a last day still to come."""
TELLS_PAY: frozenset[str] = PAY_FIELDS | {*NEXT_PAY, "extra_pay_rate"}
"""Whatever tells pay in a plan or a history, staged rates included: only for those who may see it."""
OWNED_FIELDS: frozenset[str] = frozenset(f.name for f in FIELDS if f.owned)
MASKED_FIELDS: frozenset[str] = frozenset(
    f.name for f in FIELDS if f.sensitivity is not Sensitivity.PLAIN or f.kind is Kind.NAME
)

LONGEST: dict[str, int] = {
    "source_id": 64, "employee_number": 64, "first_name": 120, "last_name": 120, "email": 254, "phone": 20,
    "pay_unit": 10, "pay_currency": 3, "name": 120, "code": 160,
}
"""What the tables hold, in code points after NFC, as PostgreSQL counts them; the models take it from here.
`name` is that of a location, a duty or a zone, `code` a payroll code of one, folded.
"""

NEVER_STORED_HEADERS: dict[str, tuple[str, ...]] = {
    "birth date": ("dob", "date of birth", "birth date", "birthdate", "birthday", "birth dt", "bday",
                   "birthdtm", "brthdate"),
    "SSN": ("ssn", "social security number", "social security", "ss #", "ssn #", "tax id", "national id",
            "social security no", "soc sec", "tax id number", "ss number", "last 4", "last four"),
    "bank data": ("bank account", "account number", "routing number", "bank name", "iban", "aba",
                  "direct deposit", "bank routing", "account #", "bank acct", "routing #", "aba number"),
}
"""Columns dropped before anything is stored (SPEC §5 Read, §10), by what they are."""


class Status(StrEnum):
    """Employment status, the closed list of SPEC §2."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    LEAVE = "leave_of_absence"
    FMLA = "fmla"
    SUSPENDED = "suspended"
    FURLOUGH = "furlough"
    QUARANTINE = "quarantine"
    LAID_OFF = "laid_off"
    QUIT = "quit"
    RESIGNED = "resigned"
    TERMINATED = "terminated"
    INACTIVE = "inactive"
    CANCELED = "canceled"

    @property
    def label(self) -> str:
        """The word a person reads."""
        return STATUS_LABELS[self]


STATUS_LABELS: dict[Status, str] = {
    Status.UPCOMING: "Upcoming", Status.ACTIVE: "Active", Status.LEAVE: "Leave of absence", Status.FMLA: "FMLA",
    Status.SUSPENDED: "Suspended", Status.FURLOUGH: "Furlough", Status.QUARANTINE: "Quarantine",
    Status.LAID_OFF: "Laid off", Status.QUIT: "Quit", Status.RESIGNED: "Resigned",
    Status.TERMINATED: "Terminated", Status.INACTIVE: "Inactive", Status.CANCELED: "Canceled",
}
MAY_SIGN_IN: frozenset[str] = frozenset(
    {Status.UPCOMING, Status.ACTIVE, Status.LEAVE, Status.FMLA, Status.FURLOUGH, Status.QUARANTINE}
)
WORKING: frozenset[str] = MAY_SIGN_IN - {Status.UPCOMING}
"""Employed today: not upcoming, not suspended, not ended."""
ON_LEAVE: frozenset[str] = frozenset({Status.LEAVE, Status.FMLA, Status.FURLOUGH, Status.QUARANTINE})
"""Away for a time and back on a day; a suspension ends only by payroll's word."""
MAY_BE_SCHEDULED: frozenset[str] = frozenset({Status.ACTIVE})
ENDED: frozenset[str] = frozenset(
    {Status.LAID_OFF, Status.QUIT, Status.RESIGNED, Status.TERMINATED, Status.INACTIVE, Status.CANCELED}
)
"""Suspended is in none of the three: neither signs in nor is scheduled, yet employed."""

STATUS_WORDS: dict[str, Status] = {
    "a": Status.ACTIVE, "active": Status.ACTIVE, "act": Status.ACTIVE, "employed": Status.ACTIVE,
    "current": Status.ACTIVE, "hired": Status.ACTIVE, "rehired": Status.ACTIVE, "full time": Status.ACTIVE,
    "part time": Status.ACTIVE, "per diem": Status.ACTIVE, "prn": Status.ACTIVE, "working": Status.ACTIVE,
    "l": Status.LEAVE, "leave": Status.LEAVE, "loa": Status.LEAVE, "leave of absence": Status.LEAVE,
    "on leave": Status.LEAVE, "paid leave": Status.LEAVE, "unpaid leave": Status.LEAVE,
    "leave with pay": Status.LEAVE, "leave without pay": Status.LEAVE, "maternity leave": Status.LEAVE,
    "fmla": Status.FMLA, "fmla leave": Status.FMLA, "suspended": Status.SUSPENDED, "suspension": Status.SUSPENDED,
    "furlough": Status.FURLOUGH, "furloughed": Status.FURLOUGH, "quarantine": Status.QUARANTINE,
    "quarantined": Status.QUARANTINE, "laid off": Status.LAID_OFF, "layoff": Status.LAID_OFF,
    "lay off": Status.LAID_OFF, "quit": Status.QUIT, "resigned": Status.RESIGNED, "resignation": Status.RESIGNED,
    "t": Status.TERMINATED, "term": Status.TERMINATED, "termed": Status.TERMINATED,
    "trm": Status.TERMINATED, "trmd": Status.TERMINATED, "termd": Status.TERMINATED,
    "terminated": Status.TERMINATED, "termination": Status.TERMINATED,
    "voluntarily terminated": Status.TERMINATED, "involuntarily terminated": Status.TERMINATED,
    "terminated for cause": Status.TERMINATED, "separated": Status.TERMINATED, "dismissed": Status.TERMINATED,
    "discharged": Status.TERMINATED, "former": Status.TERMINATED, "retired": Status.RESIGNED,
    "deceased": Status.INACTIVE, "i": Status.INACTIVE, "inactive": Status.INACTIVE,
    "upcoming": Status.UPCOMING, "pending": Status.UPCOMING, "future hire": Status.UPCOMING,
    "pending hire": Status.UPCOMING, "pre hire": Status.UPCOMING, "prehire": Status.UPCOMING,
    "future": Status.UPCOMING, "canceled": Status.CANCELED, "cancelled": Status.CANCELED,
    "withdrawn": Status.CANCELED, "no show": Status.CANCELED, "rescinded": Status.CANCELED,
}
"""Usual status words of payroll exports, folded; a mapping of the integration wins over them."""

PAY_UNITS: dict[str, str] = {
    "h": "hour", "hr": "hour", "hour": "hour", "hourly": "hour", "per hour": "hour", "hours": "hour",
    "d": "day", "day": "day", "daily": "day", "w": "week", "week": "week", "weekly": "week",
    "biweekly": "two_weeks", "bi weekly": "two_weeks", "two weeks": "two_weeks", "b": "two_weeks",
    "m": "month", "month": "month", "monthly": "month", "y": "year", "yr": "year", "year": "year",
    "yearly": "year", "annual": "year", "annually": "year", "a": "year", "salary": "year", "salaried": "year",
    "s": "year",
}
UNITS_A_YEAR: dict[str, float] = {
    "hour": 2080.0, "day": 260.0, "week": 52.0, "two_weeks": 26.0, "month": 12.0, "year": 1.0,
}
"""Pay units in a working year of forty hours a week, by which rates of different units are compared."""
# fmt: on


def seniority_date(by: str, original: date | None, latest: date | None) -> date | None:
    """What ranks people (SPEC §2): the original hire date, or by an organization's setting the latest one; where
    payroll gives only one of them, that one."""
    return (latest or original) if by == "latest" else (original or latest)


def may_sign_in(status: str) -> bool:
    """Whether a membership of this status allows sign-in (SPEC §2)."""
    return status in MAY_SIGN_IN


def is_ended(status: str) -> bool:
    """Whether the employment is over; suspended is not (SPEC §2)."""
    return status in ENDED
