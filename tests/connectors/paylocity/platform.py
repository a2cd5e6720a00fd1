"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.paylocity import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    record |= {"employeeId": person.id, "firstName": first, "lastName": last, "homeAddress": {}}
    record["workAddress"] = {"location": home, "emailAddress": person.email}
    record["departmentPosition"] |= {
        "positionCode": person.job,
        "costCenter1": person.unit,
        "clockBadgeNumber": person.id,
    }
    kind = "T" if person.left else "A"
    record["status"] = {"employeeStatus": kind, "statusType": kind, "hireDate": person.hired}
    if person.left:
        record["status"]["terminationDate"] = person.left
    record["primaryPayRate"] |= {"baseRate": person.pay / 100}


PLATFORM = Platform(
    "paylocity",
    {"company_id": "B6071", "client_id": stub.CLIENT_ID},
    {"client_secret": stub.CLIENT_SECRET},
    {"Birchwood": "BW", "Alderway": "AW"},
    stub.PaylocityStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
