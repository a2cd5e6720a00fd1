"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.dayforce import stub
from tests.connectors.people import Person, Platform, Record


def tell(record: Record, person: Person, home: str) -> None:
    """Everything as entries with dates, the raise and the transfer too: what held before stands beside it, ended."""
    first, last = person.names
    began = {"EffectiveStart": f"{person.hired}T00:00:00"}
    record |= {"XRefCode": person.id, "EmployeeNumber": person.id, "FirstName": first, "LastName": last}
    record["HireDate"] = record["OriginalHireDate"] = began["EffectiveStart"]
    job = record["WorkAssignments"]["Items"][0] | began
    job["Position"] = {"Job": {"XRefCode": person.job}, "Department": {"XRefCode": person.unit}}
    job["Location"] = {"XRefCode": home, "ShortName": person.home}
    record["WorkAssignments"]["Items"] = [job]
    record["Contacts"]["Items"] = [
        {
            "ContactInformationType": {"XRefCode": "BusinessEmail"},
            "ElectronicAddress": person.email,
            "EffectiveStart": began["EffectiveStart"],
        }
    ]
    before = record["CompensationSummary"]["Items"][0] | {"EffectiveEnd": "2001-12-31T00:00:00"}
    rate = {"PayType": before["PayType"], "BaseRate": person.pay / 100, **began}
    record["CompensationSummary"]["Items"] = [before | {"EffectiveStart": "2000-01-01T00:00:00"}, rate]
    status = record["EmploymentStatuses"]["Items"][0] | began
    record["EmploymentStatuses"]["Items"] = [status]
    if person.left:
        record["TerminationDate"] = f"{person.left}T00:00:00"
        status["EffectiveEnd"] = record["TerminationDate"]
        gone = {
            "EmploymentStatusGroup": {"XRefCode": "TERMINATED"},
            "EffectiveStart": record["TerminationDate"],
        }
        record["EmploymentStatuses"]["Items"].append(gone)


PLATFORM = Platform(
    "dayforce",
    {"company": "maple", "user": stub.USER},
    {"password": stub.PASSWORD},
    {"Birchwood": "BW-MC", "Alderway": "AW-EW"},
    stub.DayforceStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
