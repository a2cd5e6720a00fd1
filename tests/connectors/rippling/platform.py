"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.people import Person, Platform, Record
from tests.connectors.rippling import stub


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    places = {one["name"]: one["id"] for one in stub.PLACES}
    record |= {
        "id": f"65d{person.number:021x}",
        "number": person.id,
        "work_email": person.email,
        "personal_email": None,
        "title": person.job,
        "department": {"id": person.unit, "name": person.unit},
        "location": {"type": "WORK", "work_location_id": places[home]},
        "start_date": person.hired,
        "end_date": person.left or None,
        "status": "TERMINATED" if person.left else "ACTIVE",
        "termination_details": {"type": "VOLUNTARY"} if person.left else None,
    }
    record["user"] |= {"name": {"given_name": first, "family_name": last}, "phone_numbers": []}
    record["compensation"]["hourly_wage"] = {"currency_type": "USD", "value": person.pay / 100}


PLATFORM = Platform(
    "rippling",
    {"company": "Maple Health"},
    {"token": stub.TOKEN},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.RipplingStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
