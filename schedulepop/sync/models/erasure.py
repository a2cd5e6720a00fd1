"""People who were erased: that it happened, by what payroll's record is recognized, and what CMS may still ask for."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from schedulepop.directory.models import COMPOSITE_FK
from schedulepop.employee import LONGEST
from schedulepop.sync.models.integration import Integration


class Erasure(models.Model):
    """That somebody was erased: who asked for it and when, and nothing that says who they were.

    `sealed` is what the job still has to look for; it is empty once the job is over.
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    user_id = models.BigIntegerField(null=True)  # of whom it is, until their account has gone
    sealed = models.TextField(blank=True)
    gone = models.JSONField(default=dict)  # what went: kind → rows
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="erasure_under_way", condition=models.Q(finished_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"], condition=models.Q(user_id__isnull=False), name="erasure_once"
            )
        ]


class Tombstone(models.Model):
    """A payroll ID of somebody who was erased, as a keyed hash: it recognizes the record and names nobody."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="tombstones", **COMPOSITE_FK
    )
    mark = models.CharField(max_length=64)  # run.snapshot.tombstones.mark_of
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "mark"], name="tombstone_once")]


class ErasedEmployment(models.Model):
    """An employment of somebody who was erased, as CMS gets it: the ID and the days, without a name."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    location = models.ForeignKey(
        "directory.Location", on_delete=models.PROTECT, related_name="erased_employments", **COMPOSITE_FK
    )
    employee_id = models.CharField(max_length=LONGEST["source_id"], blank=True)
    hire_date = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    kept_at = models.DateTimeField(
        default=now
    )  # since when it stands here: of one without a last day the years count from it

    class Meta:
        indexes = [models.Index(fields=["location", "ended_on"], name="erased_by_location")]
