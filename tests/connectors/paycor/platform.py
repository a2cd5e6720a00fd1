"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.paycor import stub
from tests.connectors.people import Person, Platform, Record

BY_CODE = {one["Code"]: one["Id"] for one in stub.DEPARTMENTS}


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    days = {"HireDate": f"{person.hired}T00:00:00Z", "SeniorityDate": f"{person.hired}T00:00:00Z"}
    record["employee"] |= {
        "Id": f"00G{person.id}",
        "EmployeeNumber": person.id,
        "FirstName": first,
        "LastName": last,
        "Email": {"Type": "Work", "EmailAddress": person.email},
        "Department": {"Id": BY_CODE[person.unit]},
        "WorkLocation": {"Name": home},
        "PositionData": {"JobTitle": person.job},
        "StatusData": {"Status": "Terminated" if person.left else "Active"},
        "EmploymentDateData": days | ({"TerminationDate": f"{person.left}T00:00:00Z"} if person.left else {}),
    }
    record["person"] |= {"Phones": []}
    rate = record["payrates"][2] | {
        "SequenceNumber": 1,
        "EffectiveEndDate": None,
        "PayRate": person.pay / 100,
    }
    record |= {"payrates": [rate], "customfields": []}


PLATFORM = Platform(
    "paycor",
    {"legal_entity_id": "133900", "client_id": stub.CLIENT_ID},
    {
        "client_secret": stub.CLIENT_SECRET,
        "subscription_key": stub.SUBSCRIPTION_KEY,
        "refresh_token": stub.REFRESH_TOKEN,
    },
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.PaycorStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
