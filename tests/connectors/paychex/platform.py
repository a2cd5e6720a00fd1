"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.paychex import stub
from tests.connectors.people import Person, Platform, Record

LOCATIONS = {one["name"]: one["locationId"] for one in stub.LISTS["locations"]}


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    left = {
        "statusType": "TERMINATED",
        "statusReason": "TERMINATION",
        "effectiveDate": f"{person.left}T00:00:00Z",
    }
    record["worker"] |= {
        "workerId": f"00G{person.id}",
        "employeeId": person.id,
        "name": {"givenName": first, "familyName": last},
        "communications": [{"type": "EMAIL", "usageType": "BUSINESS", "uri": person.email}],
        "job": {"title": person.job},
        "organization": {"organizationId": person.unit, "name": person.unit},
        "locationId": LOCATIONS[home],
        "hireDate": f"{person.hired}T00:00:00Z",
        "currentStatus": left if person.left else {"statusType": "ACTIVE", "statusReason": "HIRED"},
    }
    rate = record["payrates"][0] | {"default": True, "amount": f"{person.pay / 100:.2f}"}
    record |= {"payrates": [rate], "customfields": []}


PLATFORM = Platform(
    "paychex",
    {"account_number": stub.ACCOUNT, "client_id": stub.CLIENT_ID},
    {"client_secret": stub.CLIENT_SECRET},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.PaychexStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
