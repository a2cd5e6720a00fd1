"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.bamboohr import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    record |= {
        "id": str(100_000 + person.number),
        "employeeNumber": person.id,
        "firstName": first,
        "lastName": last,
        "workEmail": person.email,
        "mobilePhone": None,
        "workPhone": None,
        "homePhone": None,
        "jobTitle": person.job,
        "department": person.unit,
        "location": home,
        "hireDate": person.hired,
        "originalHireDate": person.hired,
        "payRate": f"{person.pay / 100:.2f} USD",
        "status": "Inactive" if person.left else "Active",
        "terminationDate": person.left or "0000-00-00",
    }


PLATFORM = Platform(
    "bamboohr",
    {"company": "maple"},
    {"api_key": stub.KEY},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.BambooStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
