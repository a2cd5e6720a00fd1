"""One truth in three dialects: how ADP, BambooHR and Paylocity tell of a person whom payroll knows.

The platforms' own stubs serve these records, and their tests say how each tells of somebody; here is what a year has
beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schedulepop.cli.demo import maple_health as maple
from schedulepop.connectors.testing import Stub
from simulation.payroll import ENDED, day
from tests.connectors.people import Person, Record, platform

ON_LEAVE = frozenset({"FMLA", "Leave of Absence"})


@dataclass(frozen=True, kw_only=True)
class Employee(Person):
    """What payroll's record says, in words that every platform has. Days in ISO, blank for none.

    Of `left` a platform says that the employment has ended by today; `leaves` may be a day that is still to come.
    """

    payroll_id: str
    badge: str
    first: str
    last: str
    mail: str
    phone: str
    first_hired: str
    leaves: str
    on_leave: bool

    @property
    def id(self) -> str:
        return self.badge

    @property
    def names(self) -> tuple[str, str]:
        return self.first, self.last

    @property
    def email(self) -> str:
        return self.mail

    @classmethod
    def of(cls, record: Mapping[str, str], today: date) -> Employee:
        """A last day that is still to come leaves somebody employed, on every platform."""
        left, word = day(record["Termination Date"]), record["Employment Status"]
        if left is None and word in ENDED:  # withdrawn before day one: payroll ends it on the first day
            left = min(day(record["Hire Date"]) or today, today)
        leaves = left.isoformat() if left else ""
        return cls(
            number=0,  # the IDs are payroll's own
            home=record["Facility Code"],
            job=record["Job Code"],
            unit=record["Home Department"],
            pay=int(Decimal(record["Hourly Rate"]) * 100),
            hired=_iso(record["Hire Date"]),
            left=leaves if left and left <= today else "",
            payroll_id=record[maple.ID_COLUMN],
            badge=record["Employee Number"],
            first=record["Legal First Name"],
            last=record["Legal Last Name"],
            mail=record["Work Email"],
            phone=record["Mobile Phone"],
            first_hired=_iso(record["Original Hire Date"]),
            leaves=leaves,
            on_leave=word in ON_LEAVE,
        )


@dataclass(frozen=True)
class Dialect:
    """A platform: its settings and secrets, its stub, and how it tells of an employee.

    Beyond what is told of the people of two nights a year has phones, leaves, last days ahead, and IDs of its own.
    """

    kind: str
    permission: str  # one that can be withdrawn
    adds: Callable[[Record, Employee], None]
    id_of: Callable[[int], str]  # the ID it gives to the person of this key when everybody moves there

    @property
    def config(self) -> dict[str, str]:
        return platform(self.kind).config

    @property
    def secrets(self) -> dict[str, str]:
        return platform(self.kind).secrets

    def stub(self) -> Stub:
        """Its stub, with nobody yet."""
        return platform(self.kind).stub([])

    def records(self, employees: list[Employee]) -> list[Record]:
        """Everybody, as the platform has them."""
        of, found = platform(self.kind), []
        for one in employees:
            record = deepcopy(of.template)
            of.tell(record, one, one.home)
            self.adds(record, one)
            found.append(record)
        return found


def _iso(text: str) -> str:
    found = day(text)
    return found.isoformat() if found else ""


def _adp(record: Record, one: Employee) -> None:
    record["associateOID"] = one.payroll_id
    record["person"]["communication"] = {"mobiles": [{"formattedNumber": one.phone}]}
    record["workerDates"] = {"originalHireDate": one.first_hired}
    job = record["workAssignments"][0]
    if one.on_leave and not one.left:
        job["assignmentStatus"] = {"statusCode": {"codeValue": "L"}}
        record["workerStatus"] = {"statusCode": {"codeValue": "Inactive"}}
    if one.leaves:
        record["workerDates"]["terminationDate"] = job["terminationDate"] = one.leaves


def _bamboohr(record: Record, one: Employee) -> None:
    record |= {
        "id": one.payroll_id,
        "mobilePhone": one.phone,
        "originalHireDate": one.first_hired,
        "employmentHistoryStatus": "Leave of Absence" if one.on_leave else "Full-Time",
        "terminationDate": one.leaves or "0000-00-00",
    }


def _paylocity(record: Record, one: Employee) -> None:
    record["employeeId"] = one.payroll_id
    record["workAddress"]["mobilePhone"] = one.phone
    if one.on_leave and not one.left:
        record["status"] |= {"employeeStatus": "L", "statusType": "L"}
    if one.leaves:
        record["status"]["terminationDate"] = one.leaves


DIALECTS = {
    one.kind: one
    for one in (
        Dialect("adp_wfn", "Pay rates", _adp, lambda key: f"G3{key:012d}"),
        Dialect("bamboohr", "Compensation", _bamboohr, lambda key: str(40_000 + 7 * key)),
        Dialect("paylocity", "Pay rates", _paylocity, lambda key: f"0{700_000 + 3 * key}"),
    )
}
