"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.people import Person, Platform, Record
from tests.connectors.ukg_ready import stub


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    account = 4_333_200_000 + person.number
    days = {"hired": person.hired, "started": person.hired}
    units = {"Birchwood": 5101, "Alderway": 5103, "MC": 5205, "EW": 5206}
    places = (units[home], units[person.unit])
    record["employee"] |= {
        "id": account,
        "primary_account_id": account,
        "employee_id": person.id,
        "first_name": first,
        "last_name": last,
        "primary_email": person.email,
        "phones": {},
        "status": "Terminated" if person.left else "Active",
        "dates": days | ({"terminated": person.left} if person.left else {}),
        "cost_centers_info": {
            "defaults": [{"index": index, "value": {"id": unit}} for index, unit in enumerate(places)]
        },
    }
    record["pay_info"]["default_job"] = {"id": {"RN": 8801, "CNA": 8802, "LPN": 8804}[person.job]}
    record["compensation"] = [
        record["compensation"][0] | {"employee": {"account_id": account}, "amount": person.pay / 100}
    ]


PLATFORM = Platform(
    "ukg_ready",
    {"host": "secure4.saashr.com", "company": stub.COMPANY, "user": stub.USER},
    {"password": stub.PASSWORD, "api_key": stub.API_KEY},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.UkgReadyStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
