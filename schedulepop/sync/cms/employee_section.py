"""The employee section of a Payroll-Based Journal submission: who works at a facility, since when, until when.

CMS's file specification 4.10.0: one employee per ID with the latest hire and, once it is over, the termination date;
no dates to come, no names, no pay (pay type codes belong to hours, which the product does not keep). An ID CMS would
refuse, or that looks like a Social Security number, is left out and said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from xml.etree import ElementTree

from django.db.models import F

from schedulepop import cms, employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.cms import Quarter
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.employee import Status
from schedulepop.sync.models import ErasedEmployment, Link

FILE_VERSION = "4.10.0"
EARLIEST, LATEST = date(1895, 1, 1), date(2050, 12, 31)


@dataclass(frozen=True, slots=True)
class Employee:
    """One employee as CMS gets them."""

    employee_id: str
    hired: date | None
    ended: date | None
    name: str  # for the reader of warnings; never in the file


@dataclass(slots=True)
class Section:
    """The employees of a facility in a quarter, and what somebody should look at before sending them."""

    location: Location
    quarter: Quarter
    employees: list[Employee] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # name, why
    doubtful: list[str] = field(default_factory=list)  # names whose ID has nine digits

    @property
    def warnings(self) -> list[str]:
        """Sentences, most serious first."""
        left_out = [f"{name} is left out: {why}. Correct it in payroll." for name, why in self.refused]
        if self.doubtful:
            names = ", ".join(self.doubtful[:5]) + (" and others" if len(self.doubtful) > 5 else "")
            left_out.append(
                f"The payroll ID of {names} has nine digits. Make sure that it is no Social Security number."
            )
        return left_out


def collect(location: Location, quarter: Quarter, today: date) -> Section:
    """Everybody employed at the location during the quarter, by ID. Three queries, however many people."""
    section = Section(location, quarter)
    found = (
        Membership.objects.filter(
            location=location, organization=location.organization_id, user__merged_into=None
        )
        .select_related("user")
        .prefetch_related("periods")
        .order_by("user__sort_name", "user_id")
    )
    ids = _ids(location)
    taken: dict[str, str] = {}
    for one in found:
        told = _dates(one, today)
        if told is None or not _overlaps(told, quarter):
            continue
        name, own = one.user.full_name, ids.get(one.user_id) or one.employee_number
        why = "there is no payroll ID" if not own else cms.refusal(own)
        why = why and (why if not own else f"CMS does not take the payroll ID, because {why}")
        if not why and own in taken:
            why = f"{taken[own]} has the same ID"
        if why:
            section.refused.append((name, why))
            continue
        taken[own] = name
        if cms.doubtful(own):
            section.doubtful.append(name)
        section.employees.append(Employee(own, *told, name))
    section.employees += _erased(location, quarter, taken)
    section.employees.sort(key=lambda person: person.employee_id)
    return section


def _erased(location: Location, quarter: Quarter, taken: Collection[str]) -> list[Employee]:
    """People who were erased since, each once by the latest employment in the quarter; an ID that lives on is not."""
    kept = ErasedEmployment.objects.filter(organization=location.organization_id, location=location)
    latest: dict[str, Employee] = {}
    for one in kept.exclude(employee_id="").order_by(F("hire_date").asc(nulls_first=True), "pk"):
        own = one.employee_id
        if own not in taken and not cms.refusal(own) and _overlaps((one.hire_date, one.ended_on), quarter):
            latest[own] = Employee(own, one.hire_date, one.ended_on, "")
    return list(latest.values())


def export(location: Location, quarter: Quarter, today: date, *, actor: Actor) -> tuple[Section, bytes]:
    """The section with its file, for an admin; the trail says that it was taken."""
    if not actor.is_admin(location.organization):
        raise NotAllowed(f"Only an admin of {location.organization.name} can export employees.")
    if not location.organization.cms_codes:
        raise Refused(f"CMS codes are switched off for {location.organization.name}. Switch them on first.")
    if not location.cms_facility_id:
        raise Refused(
            f"CMS’s facility ID and state of {location.name} are not set. Enter them under CMS codes."
        )
    section = collect(location, quarter, today)
    said = [audit.change("quarter", None, quarter), audit.change("employees", None, len(section.employees))]
    audit.record(
        actor,
        location.organization,
        "exported_employees",
        ("location", location.pk),
        location_id=location.pk,
        changes=said,
    )
    return section, write(section)


def write(section: Section) -> bytes:
    """The file, in the order CMS's schema asks for."""
    root = ElementTree.Element("nursingHomeData")
    header = ElementTree.SubElement(root, "header", fileSpecVersion=FILE_VERSION)
    place, quarter = section.location, section.quarter
    for tag, value in (
        ("facilityId", place.cms_facility_id),
        ("stateCode", place.cms_state),
        ("reportQuarter", quarter.number),
        ("federalFiscalYear", quarter.year),
        ("softwareVendorName", "SchedulePop"),
        ("softwareProductName", "SchedulePop User Sync"),
        ("softwareProductVersion", version("schedulepop")),
    ):
        ElementTree.SubElement(header, tag).text = str(value)
    employees = ElementTree.SubElement(root, "employees")
    for one in section.employees:
        node = ElementTree.SubElement(employees, "employee")
        ElementTree.SubElement(node, "employeeId").text = one.employee_id
        for tag, day in (("hireDate", one.hired), ("terminationDate", one.ended)):
            if day is not None:
                ElementTree.SubElement(node, tag).text = day.isoformat()
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)) + b"\n"


def _dates(one: Membership, today: date) -> tuple[date | None, date | None] | None:
    """Latest hire and termination; None for somebody who was never employed here.

    Who is hired for a day to come, or withdrew, counts by the employment before, if there was one.
    """
    hired = one.hire_date or one.original_hire_date
    if one.status in (Status.UPCOMING, Status.CANCELED) or (hired is not None and hired > today):
        before = max(
            one.periods.all(), key=lambda period: (period.hire_date or EARLIEST, period.pk), default=None
        )
        return (_known(before.hire_date, today), _known(before.ended_on, today)) if before else None
    over = one.termination_date if employee.is_ended(one.status) else None
    return _known(hired, today), _known(over, today)


def _known(day: date | None, today: date) -> date | None:
    """A day CMS takes: not to come, and within its years."""
    return day if day is not None and EARLIEST <= day <= min(today, LATEST) else None


def _overlaps(told: tuple[date | None, date | None], quarter: Quarter) -> bool:
    hired, ended = told
    return (hired is None or hired <= quarter.last) and (ended is None or ended >= quarter.first)


def _ids(location: Location) -> dict[int, str]:
    """The payroll ID of every person of the location: the first one where there are several."""
    links = Link.objects.filter(
        organization=location.organization_id, retired_at=None, user__memberships__location=location
    ).order_by("-further", "-pk")
    return dict(links.values_list("user_id", "source_id"))
