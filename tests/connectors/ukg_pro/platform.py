"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.people import Person, Platform, Record
from tests.connectors.ukg_pro import stub


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    record["person"] |= {"employeeId": person.id, "firstName": first, "lastName": last}
    record["person"] |= {"emailAddress": person.email, "homePhone": None}
    record["employment"] |= {
        "employeeID": person.id,
        "employeeNumber": person.id,
        "primaryJobCode": person.job,
        "orgLevel2Code": person.unit,
        "primaryWorkLocationCode": home,
        "originalHireDate": f"{person.hired}T00:00:00Z",
        "lastHireDate": f"{person.hired}T00:00:00Z",
        "employeeStatusCode": "T" if person.left else "A",
        "dateOfTermination": f"{person.left}T00:00:00Z" if person.left else None,
    }
    record["compensation"] |= {"employeeID": person.id, "hourlyPayRate": person.pay / 100}
    record["custom"] |= {"employeeId": person.id}
    record["phones"] = []


PLATFORM = Platform(
    "ukg_pro",
    {"host": "service4.ultipro.com", "user": stub.USER},
    {"password": stub.PASSWORD, "customer_api_key": stub.CUSTOMER_KEY},
    {"Birchwood": "BIRCH", "Alderway": "ALDER"},
    stub.UkgProStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
