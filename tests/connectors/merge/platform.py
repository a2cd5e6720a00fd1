"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.merge import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    record |= {
        "id": f"000000da-4c1d-4a7e-9b30-{person.number:012x}",
        "remote_id": f"R{person.id}",
        "employee_number": person.id,
        "first_name": first,
        "last_name": last,
        "work_email": person.email,
        "personal_email": None,
        "mobile_phone_number": None,
        "work_location": {"name": home},
        "groups": [{"type": "DEPARTMENT", "name": person.unit}],
        "start_date": f"{person.hired}T00:00:00Z",
        "employment_status": "INACTIVE" if person.left else "ACTIVE",
        "termination_date": f"{person.left}T00:00:00Z" if person.left else None,
    }
    job = record["employments"][0]
    record["employments"] = [job | {"job_title": person.job, "pay_rate": person.pay / 100}]


PLATFORM = Platform(
    "merge",
    {"linked_account": stub.ACCOUNT},
    {"api_key": stub.KEY, "account_token": stub.TOKEN},
    {"Birchwood": "BW", "Alderway": "AW"},
    stub.MergeStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
