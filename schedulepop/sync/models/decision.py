"""What people decided against or beside payroll: who somebody is, a value that stays, what was taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from schedulepop.directory.models import COMPOSITE_FK
from schedulepop.employee import LONGEST
from schedulepop.sync.models.integration import Integration
from schedulepop.sync.models.run import Run


class Answer(models.Model):
    """A person's answer to "who is this record?" (SPEC §5 Match). The newest answer of an id counts."""

    class Kind(models.TextChoices):
        SAME = "same"  # the record is this user, here
        ADD_HERE = "add_here"  # this user, who stays where they are and works here too
        TRANSFER = "transfer"  # this user, who moves here
        DIFFERENT = "different"  # none of the denied users: somebody of their own

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="answers", **COMPOSITE_FK
    )
    source_id = models.CharField(max_length=LONGEST["source_id"])
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK
    )
    denied = models.JSONField(default=list)  # user ids the record is not
    name = models.CharField(max_length=250, blank=True)  # the record's name when it was answered
    reason = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # taken back, or another answer took its place
    applied_at = models.DateTimeField(null=True, blank=True)  # a run made it true

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id"], condition=Q(withdrawn_at=None), name="answer_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="different", user=None) | (~Q(kind="different") & ~Q(user=None)),
                name="answer_whom",
            ),
        ]


class Deferral(models.Model):
    """Somebody on hold who is kept apart: held until a day, with a reason, outside the guard's quantity figures.

    It is over on its day, when payroll takes its word back (`settled`), and when somebody approves the person or ends
    it.
    """

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="deferrals", **COMPOSITE_FK
    )
    source_id = models.CharField(max_length=LONGEST["source_id"])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK
    )  # null: somebody new
    location = models.ForeignKey(
        "directory.Location", null=True, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK
    )
    name = models.CharField(max_length=250, blank=True)
    verb = models.CharField(max_length=12)  # what payroll would do
    removal = models.BooleanField(default=False)  # it would end their sign-in
    reason = models.CharField(max_length=200)
    until = models.DateField()  # the organization's first day on which they are asked about again
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)  # approved, settled, expired, by_hand

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id"], condition=Q(ended_at=None), name="deferral_once"
            )
        ]
        indexes = [models.Index(fields=["organization"], name="deferral_open", condition=Q(ended_at=None))]


class IdChange(models.Model):
    """A person's payroll ID was replaced: kept for CMS, where an unlinked new ID counts as turnover (SPEC §8)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="id_changes",
        **COMPOSITE_FK,
    )  # null: somebody who was erased
    old_id = models.CharField(max_length=LONGEST["source_id"])
    new_id = models.CharField(max_length=LONGEST["source_id"])
    changed_on = models.DateField()  # the organization's day
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["organization", "changed_on"], name="id_change_by_quarter")]


class FieldOverride(models.Model):
    """An owned field of one person that payroll does not move: an override, or the pin of an undo (SPEC §1.7).

    An override keeps `value` until payroll agrees, it expires, or somebody releases it. A pin keeps what was
    restored while payroll keeps sending `value`, the undone one; any other value releases it.
    """

    class Kind(models.TextChoices):
        OVERRIDE = "override"
        PIN = "pin"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="overrides", **COMPOSITE_FK
    )
    location = models.ForeignKey(
        "directory.Location", null=True, on_delete=models.CASCADE, related_name="+", **COMPOSITE_FK
    )  # null: name, email and phone belong to the person
    field = models.CharField(max_length=40)  # canonical field name
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.TextField(blank=True)  # as plan.diff.overrides writes values; blank: no value
    reason = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True, blank=True)  # first day on which payroll speaks again
    run = models.ForeignKey(
        Run, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # the undo
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_why = models.CharField(max_length=40, blank=True)  # agreed, expired, changed, by hand

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "location", "field"],
                condition=Q(released_at=None),
                nulls_distinct=False,
                name="override_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=["override", "pin"]), name="override_kind"),
        ]
        indexes = [models.Index(fields=["organization"], name="override_open", condition=Q(released_at=None))]


class Merge(models.Model):
    """Two users became one; the journal of row images says what moved, so that it can be taken back."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    images = models.JSONField(default=list)  # of every row that moved, as run.journal.RowImage writes it
    reason = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    unmerged_at = models.DateTimeField(null=True, blank=True)
    unmerged_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(unmerged_at=None), name="merge_once")
        ]


class PartMerge(models.Model):
    """Two duties, or two zones, of a location became one; a journal of row images, so that it can be undone."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(
        "directory.Location", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=4, choices=[("duty", "duty"), ("zone", "zone")])
    kept_id = models.BigIntegerField()
    merged_id = models.BigIntegerField()
    codes = models.JSONField(default=list)  # payroll codes that moved
    images = models.JSONField(default=list)  # of every row that moved, as run.journal.RowImage writes it
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "merged_id"], condition=Q(undone_at=None), name="part_merge_once"
            )
        ]


class DistinctPair(models.Model):
    """Two users who resemble each other and are different people: somebody said so, and nobody is asked again."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="distinct_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="distinct_pair_order"),
        ]
