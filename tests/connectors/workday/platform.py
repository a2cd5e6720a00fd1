"""How this platform tells of invented people: what becomes of the first of its recording."""

from __future__ import annotations

from pathlib import Path

from schedulepop.connectors.testing import recorded
from tests.connectors.people import Person, Platform, Record
from tests.connectors.workday import stub


def tell(record: Record, person: Person, home: str) -> None:
    first, last = person.names
    for column in (*stub.CONTACTS, "Position_ID", "Primary_Job", "Original_Hire_Date", "CMS_Code"):
        record.pop(column, None)
    record |= {
        "Employee_ID": person.id,
        "First_Name": first,
        "Last_Name": last,
        "Work_Email": person.email,
        "Location": home,
        "Job_Code": person.job,
        "Cost_Center": person.unit,
        "Hire_Date": f"{person.hired}-08:00",
        "Pay_Rate": person.pay / 100,
    }
    if person.left:
        record |= {"Worker_Status": "Terminated", "Termination_Date": f"{person.left}-08:00"}


PLATFORM = Platform(
    "workday",
    {"report_url": stub.URL, "user": stub.USER},
    {"password": stub.PASSWORD},
    {"Birchwood": "Birchwood", "Alderway": "Alderway"},
    stub.WorkdayStub,
    tell,
    recorded(Path(__file__).with_name("recording.json"))[0],
)
