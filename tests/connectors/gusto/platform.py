"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.gusto import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    employee = record["employee"]
    employee |= {
        "uuid": f"0b6f2c1e-3d44-4a8b-9c55-{person.number:012d}",
        "employee_code": person.id,
        "first_name": first,
        "last_name": last,
        "work_email": person.email,
        "phone": None,
        "department": person.unit,
        "terminated": bool(person.left),
        "terminations": [{"active": True, "effective_date": person.left}] if person.left else [],
    }
    job = employee["jobs"][1]
    employee["jobs"] = [job]
    job |= {"title": person.job, "hire_date": person.hired}
    job["compensations"][0] |= {"rate": f"{person.pay / 100:.2f}"}
    street, city, state = home.split(", ")
    record["work_addresses"][0] |= {"street_1": street, "street_2": None, "city": city, "state": state}
    record["employment_history"] = [{"hire_date": person.hired, "termination_date": person.left or None}]


PLATFORM = Platform(
    "gusto",
    {"company_id": stub.COMPANY, "client_id": stub.CLIENT_ID},
    {"client_secret": stub.CLIENT_SECRET, "refresh_token": stub.REFRESH_TOKEN},
    {"Birchwood": "214 Birchwood Lane, Scranton, PA", "Alderway": "9 Alderway Court, Dunmore, PA"},
    stub.GustoStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
