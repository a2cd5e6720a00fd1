"""Locations, duties, zones and memberships: the User List. What SchedulePop holds now."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from schedulepop import employee
from schedulepop.employee import LONGEST

COMPOSITE_FK: Any = {"db_constraint": False, "db_index": False}
"""For one column of a composite foreign key: sql/truths.sql constrains it and another index begins with it, so
that a row is checked and indexed once. A bulk load spends most of its time in those two."""

STATUS_CHOICES = [(status.value, status.label) for status in employee.Status]


class Location(models.Model):
    """A facility, with its own time zone."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="locations"
    )
    name = models.CharField(max_length=LONGEST["name"])
    timezone = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)
    cms_facility_id = models.CharField(
        max_length=16, blank=True, db_default=""
    )  # CMS knows the facility by it
    cms_state = models.CharField(max_length=2, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="location_name"),
            models.UniqueConstraint(fields=["organization", "id"], name="location_org_id"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LocationCode(models.Model):
    """A payroll code of a location, unique in the organization. `code` is folded (text.fold_code)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, related_name="codes", db_constraint=False
    )
    code = models.CharField(max_length=LONGEST["code"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="location_code_once")]


class _OfLocation(models.Model):
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="%(class)ss", **COMPOSITE_FK
    )
    name = models.CharField(max_length=LONGEST["name"])

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Duty(_OfLocation):
    """What a person does at a location (never "job" or "position" in the UI)."""

    cms_code = models.PositiveSmallIntegerField(null=True, blank=True)  # CMS job title code 1-40
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="duties", **COMPOSITE_FK)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the one that goes on; this row stays, for what journals name it

    class Meta(_OfLocation.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["location", "name"], name="duty_name"),
            models.UniqueConstraint(fields=["location", "id"], name="duty_location_id"),
            models.CheckConstraint(condition=Q(cms_code=None) | Q(cms_code__range=(1, 40)), name="duty_cms"),
        ]


class Zone(_OfLocation):
    """Where in the location a person works: a wing, a floor, a unit."""

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # as of a duty

    class Meta(_OfLocation.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["location", "name"], name="zone_name"),
            models.UniqueConstraint(fields=["location", "id"], name="zone_location_id"),
        ]


class DutyCode(models.Model):
    """A payroll code of a duty, unique at its location. `code` is folded."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="codes", db_constraint=False)
    code = models.CharField(max_length=LONGEST["code"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="duty_code_once")]


class ZoneCode(models.Model):
    """A payroll code of a zone, unique at its location. `code` is folded."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="codes", db_constraint=False)
    code = models.CharField(max_length=LONGEST["code"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="zone_code_once")]


class Membership(models.Model):
    """A user at a location: status, role, duties, zones, dates, CMS code, pay.

    `primary_duty` and `primary_zone` point at the membership's own MembershipDuty and MembershipZone rows by
    composite foreign keys, and a trigger refuses to set them back to NULL: once payroll gave them they can
    only be replaced (SPEC §1.4).
    """

    STAFF = "staff"
    MANAGER = "manager"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", **COMPOSITE_FK
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="memberships", **COMPOSITE_FK
    )
    role = models.CharField(max_length=10, default=STAFF, choices=[(STAFF, "Staff"), (MANAGER, "Manager")])
    status = models.CharField(max_length=20, choices=STATUS_CHOICES, default=employee.Status.ACTIVE)
    employee_number = models.CharField(max_length=LONGEST["employee_number"], blank=True)
    hire_date = models.DateField(null=True, blank=True)  # latest hire date
    original_hire_date = models.DateField(null=True, blank=True)
    termination_date = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # a staged termination
    leave_end = models.DateField(null=True, blank=True)  # the first day back from a leave
    cms_code = models.PositiveSmallIntegerField(null=True, blank=True)
    primary_duty = models.ForeignKey(
        Duty, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", **COMPOSITE_FK
    )
    primary_zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", **COMPOSITE_FK
    )
    payroll_owned = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=False)  # the user's primary location
    may_see_pay = models.BooleanField(default=False)  # a manager's grant
    notes = models.TextField(blank=True)  # local field: the sync never touches it
    access_blocked_reason = models.CharField(max_length=200, blank=True)
    access_blocked_by = models.CharField(max_length=150, blank=True)
    access_blocked_at = models.DateTimeField(null=True, blank=True)
    extras_to_review = models.BooleanField(
        default=False, db_default=False
    )  # came back: a manager looks at the old extras
    changed_at = models.DateTimeField(default=now)
    changed_what = models.CharField(max_length=80, blank=True)  # "Phone from payroll": the list's last column

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "location"], name="membership_once"),
            models.UniqueConstraint(fields=["location", "id"], name="membership_location_id"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_primary=True), name="membership_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in employee.Status]), name="membership_status"
            ),
            models.CheckConstraint(condition=Q(role__in=["staff", "manager"]), name="membership_role"),
            models.CheckConstraint(
                condition=Q(cms_code=None) | Q(cms_code__range=(1, 40)), name="membership_cms"
            ),
        ]
        indexes = [
            models.Index(fields=["location", "status"], name="membership_list"),
            models.Index(fields=["ends_on"], name="membership_ends", condition=Q(ends_on__isnull=False)),
            models.Index(
                fields=["leave_end"], name="membership_leaves", condition=Q(leave_end__isnull=False)
            ),
            models.Index(fields=["hire_date"], name="membership_upcoming", condition=Q(status="upcoming")),
            models.Index(fields=["organization"], name="membership_managers", condition=Q(role="manager")),
            models.Index(
                fields=["organization", "employee_number"],
                name="membership_number",
                condition=~Q(employee_number=""),
            ),
        ]

    @property
    def status_label(self) -> str:
        """The status as a person reads it."""
        return employee.Status(self.status).label

    def seniority_date(self, by: str) -> date | None:
        """What ranks this person here, by the organization's setting."""
        return employee.seniority_date(by, self.original_hire_date, self.hire_date)


class MembershipDuty(models.Model):
    """A duty of a membership and its one pay rate. `by_payroll` rows are payroll's, the others a manager's extras."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="duties", **COMPOSITE_FK
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    by_payroll = models.BooleanField(default=False)
    by_manager = models.BooleanField(default=False)  # stays an extra when payroll moves the primary on
    pay_rate = models.BigIntegerField(null=True, blank=True)  # ten-thousandths of the currency unit
    pay_unit = models.CharField(
        max_length=LONGEST["pay_unit"], blank=True
    )  # hour, day, week, two_weeks, month, year
    pay_currency = models.CharField(max_length=LONGEST["pay_currency"], blank=True)
    next_pay_rate = models.BigIntegerField(
        null=True, blank=True
    )  # dated ahead by payroll, in force on next_pay_on
    next_pay_unit = models.CharField(max_length=LONGEST["pay_unit"], blank=True, db_default="")
    next_pay_currency = models.CharField(max_length=LONGEST["pay_currency"], blank=True, db_default="")
    next_pay_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "duty"], name="membership_duty_once"),
            models.CheckConstraint(
                condition=Q(pay_rate=None) | (Q(pay_rate__gte=0) & ~Q(pay_unit="") & ~Q(pay_currency="")),
                name="membership_duty_pay",
            ),
            models.CheckConstraint(
                condition=Q(by_payroll=True) | Q(by_manager=True), name="membership_duty_owner"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_pay_on"], name="next_pay", condition=Q(next_pay_on__isnull=False)
            )  # a few rows
        ]
        ordering = ["duty__name"]


class MembershipZone(models.Model):
    """A zone of a membership."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="zones", **COMPOSITE_FK)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    by_payroll = models.BooleanField(default=False)
    by_manager = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "zone"], name="membership_zone_once"),
            models.CheckConstraint(
                condition=Q(by_payroll=True) | Q(by_manager=True), name="membership_zone_owner"
            ),
        ]
        ordering = ["zone__name"]


class EmploymentPeriod(models.Model):
    """An employment that ended and was followed by another one at the same location; the present one is the
    membership itself (SPEC §6 rehire)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="periods")
    hire_date = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=STATUS_CHOICES)  # how it ended
    duty_name = models.CharField(max_length=LONGEST["name"], blank=True)
    run_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-ended_on", "-id"]
