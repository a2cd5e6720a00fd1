"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.paycom import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    (first, last), code = person.names, f"P{person.number:03d}"
    record["directory"] |= {"eecode": code, "eebadge": person.id, "homephone": ""}
    record["employee"] |= {
        "employee_code": code,
        "firstname": first,
        "lastname": last,
        "work_email": person.email,
        "primary_phone": 0,
        "secondary_phone": 0,
        "position_title": person.job,
        "department_code": person.unit,
        "location": home,
        "hire_date": person.hired,
        "seniority_date": "0000-00-00",
        "employee_status": "T" if person.left else "A",
        "termination_date": person.left or "0000-00-00",
        "hourly_salary": person.pay / 100,
    }


PLATFORM = Platform(
    "paycom",
    {"sid": stub.SID},
    {"token": stub.TOKEN},
    {"Birchwood": "BW", "Alderway": "AW"},
    stub.PaycomStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
