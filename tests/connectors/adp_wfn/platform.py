"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.adp_wfn import certificates, stub
from tests.connectors.people import Person, Platform, Record

CERTIFICATE, KEY = certificates.client()


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    record["associateOID"], record["workerID"]["idValue"] = f"0G{person.id}", person.id
    record["person"]["legalName"] = {"givenName": first, "familyName1": last}
    record["person"]["communication"] = {}
    record["businessCommunication"] = {"emails": [{"emailUri": person.email}]}
    job = record["workAssignments"][0]
    job |= {"hireDate": person.hired, "actualStartDate": person.hired, "payrollFileNumber": person.id}
    job["jobCode"] = {"codeValue": person.job}
    job["jobTitle"] = person.job
    job["homeWorkLocation"]["nameCode"] = {"codeValue": home, "shortName": person.home}
    unit = {"nameCode": {"codeValue": person.unit}, "typeCode": {"codeValue": "Department"}}
    job["homeOrganizationalUnits"] = job["assignedOrganizationalUnits"] = [unit]
    job["baseRemuneration"]["hourlyRateAmount"]["amountValue"] = person.pay / 100
    if person.left:
        record["workerStatus"]["statusCode"]["codeValue"] = "Terminated"
        record["workerDates"] = {"terminationDate": person.left}
        job["assignmentStatus"] = {"statusCode": {"codeValue": "T"}}
        job["terminationDate"] = person.left


PLATFORM = Platform(
    "adp_wfn",
    {"client_id": stub.CLIENT_ID},
    {"client_secret": stub.CLIENT_SECRET, "certificate": CERTIFICATE, "private_key": KEY},
    {"Birchwood": "014", "Alderway": "015"},
    stub.AdpStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
