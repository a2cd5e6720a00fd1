"""What CMS gets of a facility's employees: structure, dates, IDs, and who is left out with the reason."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.cms import Quarter
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import EmploymentPeriod
from schedulepop.sync.cms import employee_section
from schedulepop.sync.models import Integration, Link
from tests import made

pytestmark = pytest.mark.django_db
TODAY, Q1 = date(2025, 11, 16), Quarter(2026, 1)


@pytest.fixture
def place():
    found = made.location()
    found.cms_facility_id, found.cms_state = "365123", "OH"
    found.save()
    Integration.objects.create(
        organization=found.organization, name="Payroll", slug="payroll", connector="file"
    )
    return found


def employed(place, name, source_id, hired, *, ended=None, status="active", **more):
    user = made.person(
        place, name, hire_date=hired, status=status, membership_more={"termination_date": ended, **more}
    )
    if source_id:
        Link.objects.create(
            organization=place.organization,
            integration=Integration.objects.get(),
            source_id=source_id,
            user=user,
        )
    return user.memberships.get()


def told(place, quarter=Q1):
    return [
        (one.employee_id, one.hired, one.ended)
        for one in employee_section.collect(place, quarter, TODAY).employees
    ]


def test_the_file_has_the_elements_of_cms_in_their_order(place) -> None:
    employed(place, "Ines Calloway", "004131", date(2019, 3, 4))
    employed(
        place, "Luis Quintanar", "004132", date(2021, 5, 10), ended=date(2025, 10, 31), status="resigned"
    )
    _, content = employee_section.export(place, Q1, TODAY, actor=Actor.operator("henry"))
    root = ElementTree.fromstring(content)
    assert content.startswith(b"<?xml version='1.0' encoding='us-ascii'?>")
    assert (root.tag, [node.tag for node in root]) == ("nursingHomeData", ["header", "employees"])
    header = root.find("header")
    assert header.attrib == {"fileSpecVersion": "4.10.0"}
    assert [(node.tag, node.text) for node in header][:5] == [
        ("facilityId", "365123"),
        ("stateCode", "OH"),
        ("reportQuarter", "1"),
        ("federalFiscalYear", "2026"),
        ("softwareVendorName", "SchedulePop"),
    ]
    assert [[(part.tag, part.text) for part in node] for node in root.iter("employee")] == [
        [("employeeId", "004131"), ("hireDate", "2019-03-04")],
        [("employeeId", "004132"), ("hireDate", "2021-05-10"), ("terminationDate", "2025-10-31")],
    ]
    assert b"Ines" not in content
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.location_id, [c["new"] for c in entry.changes]) == (
        "exported_employees",
        place.pk,
        ["2026Q1", 2],
    )


def test_whoever_was_employed_in_the_quarter(place) -> None:
    employed(place, "Before Andafter", "1", date(2010, 1, 1))
    employed(place, "Left Before", "2", date(2010, 1, 1), ended=date(2025, 9, 30), status="terminated")
    employed(place, "Left Within", "3", date(2010, 1, 1), ended=date(2025, 10, 1), status="terminated")
    employed(place, "Not Yet", "4", date(2025, 12, 1), status="upcoming")
    employed(place, "Never Came", "5", date(2025, 11, 1), status="canceled")
    employed(place, "Gives Notice", "6", date(2010, 1, 1), ended=date(2025, 12, 5))
    assert [one[0] for one in told(place)] == ["1", "3", "6"]
    assert told(place)[2] == ("6", date(2010, 1, 1), None)  # a day to come is no termination
    assert [one[0] for one in told(place, Quarter(2025, 4))] == ["1", "2", "3", "6"]


def test_a_rehire_is_one_employee_with_the_latest_dates(place) -> None:
    again = employed(place, "Ines Calloway", "1", date(2025, 10, 20))
    EmploymentPeriod.objects.create(
        membership=again, hire_date=date(2019, 3, 4), ended_on=date(2024, 6, 1), status="quit"
    )
    soon = employed(place, "Luis Quintanar", "2", date(2026, 1, 5), status="upcoming")
    for hired, ended in ((date(2015, 1, 1), date(2018, 1, 1)), (date(2020, 1, 1), date(2025, 10, 2))):
        EmploymentPeriod.objects.create(membership=soon, hire_date=hired, ended_on=ended, status="quit")
    assert told(place) == [("1", date(2025, 10, 20), None), ("2", date(2020, 1, 1), date(2025, 10, 2))]


def test_ids_cms_does_not_take_are_left_out_and_said(place) -> None:
    employed(place, "Ann Lee", "123-45-6789", date(2020, 1, 1))
    employed(place, "Bob Ray", "X" * 31, date(2020, 1, 1))
    employed(place, "Cat Diaz", "", date(2020, 1, 1))
    employed(place, "Dee Fox", "", date(2020, 1, 1), employee_number="77")
    employed(place, "Eve Gray", "123456789", date(2020, 1, 1))
    employed(place, "Fay Hill", "77", date(2020, 1, 1))
    section = employee_section.collect(place, Q1, TODAY)
    assert [one.employee_id for one in section.employees] == ["123456789", "77"]
    assert section.warnings == [
        "Cat Diaz is left out: there is no payroll ID. Correct it in payroll.",
        "Fay Hill is left out: Dee Fox has the same ID. Correct it in payroll.",
        "Ann Lee is left out: CMS does not take the payroll ID, because it looks like a Social Security number. "
        "Correct it in payroll.",
        "Bob Ray is left out: CMS does not take the payroll ID, because it has more than 30 characters. "
        "Correct it in payroll.",
        "The payroll ID of Eve Gray has nine digits. Make sure that it is no Social Security number.",
    ]


def test_of_several_ids_the_first_one_counts(place) -> None:
    one = employed(place, "Ines Calloway", "1", date(2020, 1, 1))
    integration = Integration.objects.get()
    Link.objects.create(
        organization=place.organization, integration=integration, source_id="2", user=one.user, further=True
    )
    assert [row[0] for row in told(place)] == ["1"]


def test_only_admins_export_and_only_with_a_facility(place) -> None:
    org = place.organization
    for who in (made.manager(place), made.client_success(org), made.admin(made.organization("Oak Care"))):
        with pytest.raises(NotAllowed):
            employee_section.export(place, Q1, TODAY, actor=Actor.of(who))
    henry = Actor.of(made.admin(org))
    place.cms_facility_id = ""
    with pytest.raises(Refused, match="Enter them under CMS codes"):
        employee_section.export(place, Q1, TODAY, actor=henry)
    org.cms_codes = False
    with pytest.raises(Refused, match="switched off"):
        employee_section.export(place, Q1, TODAY, actor=henry)
    assert not AuditEntry.objects.exists()
