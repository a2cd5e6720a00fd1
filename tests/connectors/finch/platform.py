"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.finch import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    own = {"id": f"b41f6e02-7c3e-4b1d-9f02-{person.number:012d}", "first_name": first, "last_name": last}
    for part in record.values():
        part |= own
    record["individual"] |= {"emails": [{"data": person.email, "type": "work"}], "phone_numbers": None}
    record["employment"] |= {
        "source_id": person.id,
        "title": person.job,
        "department": {"name": person.unit},
        "location": {"name": home},
        "start_date": person.hired,
        "end_date": person.left or None,
        "is_active": not person.left,
        "employment_status": "terminated" if person.left else "active",
    }
    record["employment"]["income"] |= {"amount": person.pay}


PLATFORM = Platform(
    "finch",
    {"client_id": stub.CLIENT_ID},
    {"access_token": stub.TOKEN},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.FinchStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
