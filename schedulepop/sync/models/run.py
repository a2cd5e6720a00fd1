"""Feeds as kept, the runs that read them, what each run changed, and the fingerprints it left."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now

from schedulepop.directory.models import COMPOSITE_FK
from schedulepop.employee import LONGEST
from schedulepop.sync.models.integration import Integration
from schedulepop.wording import refusals


class RunState(models.TextChoices):
    """Where a run stands (SPEC §2). `held` only when nothing was applied."""

    QUEUED = "queued"
    RUNNING = "running"
    PLANNED = "planned"
    HELD = "held"
    APPLIED = "applied"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"


class Trigger(models.TextChoices):
    MANUAL = "manual"
    SCHEDULE = "schedule"
    PUSH = "push"
    EFFECTIVE = "effective"
    ANSWER = "answer"  # at once, about some people


class RawFeed(models.Model):
    """A feed as kept: without sensitive columns and those nobody mapped, compressed, once per bytes as they came."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="feeds")
    received = models.CharField(max_length=64)  # feeds.content_hmac of the bytes as they came
    sha256 = models.CharField(max_length=64)  # of what is kept
    size = models.BigIntegerField()  # bytes before compression
    content = models.BinaryField(
        null=True
    )  # zstandard; null when no header was found: hash, size and kind only
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    source_time = models.DateTimeField()
    sheets = models.JSONField(default=list, db_default=[])  # of a workbook: the one that was read, the others
    stable_id = models.CharField(
        max_length=200, default="", db_default=""
    )  # the source's own mark of the file
    stored_at = models.DateTimeField(default=now)
    not_kept = models.JSONField(
        default=dict
    )  # columns nobody mapped, of which no value is kept → their values
    spare = models.JSONField(
        default=list
    )  # columns nobody mapped that are kept: in set-up, or named by a hold

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "received"], name="raw_once")]


class RunQuerySet(models.QuerySet["Run"]):
    """Runs, and which of them say something about everybody."""

    def full(self) -> RunQuerySet:
        """Without runs at once: those are no night, and move no freshness, baseline or headline (SPEC §4 At once)."""
        return self.exclude(trigger=Trigger.ANSWER)

    def at_once(self) -> RunQuerySet:
        """The others: runs about some people, between two nights."""
        return self.filter(trigger=Trigger.ANSWER)


class Run(models.Model):
    """One sync. The row is the truth: state, fencing token, plan hash, stage, heartbeat."""

    class Rest(models.TextChoices):
        """What became of the held part of a run."""

        NONE = "none"
        WAITING = "waiting"
        APPROVED = "approved"
        DISCARDED = "discarded"
        SUPERSEDED = "superseded"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="runs", **COMPOSITE_FK
    )
    number = models.PositiveIntegerField()  # counts within the integration
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    preview = models.BooleanField(default=False)  # stops at the plan
    full = models.BooleanField(default=False, db_default=False)  # compares everybody, however little changed
    people = models.JSONField(default=list, db_default=[])  # at once: the payroll IDs it is about
    asks_source = models.BooleanField(default=False, db_default=False)  # at once: payroll is read now
    release_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="releases", db_index=False
    )  # at once: the run in which these people wait, and somebody let them go
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    stage = models.CharField(max_length=12, blank=True)  # read, normalize, match, diff, guard, apply, notify
    fencing_token = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    local_date = models.DateField()  # the organization's day
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    raw = models.ForeignKey(RawFeed, null=True, on_delete=models.SET_NULL, related_name="runs")
    source_time = models.DateTimeField(null=True, blank=True)
    plan_hash = models.CharField(max_length=64, blank=True)  # of what waits: the whole plan, or the held rest
    plan = models.BinaryField(null=True)  # storage.pack
    counts = models.JSONField(default=dict)
    holds = models.JSONField(default=list)  # of HOLD, `params` read
    guard_counts = models.JSONField(null=True)  # GuardCount.row of every scope with a figure; null: no plan
    summary = models.JSONField(default=dict)  # columns, unknown_columns, issues, seconds
    rest = models.CharField(max_length=10, choices=Rest.choices, default=Rest.NONE)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    undo_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="undone_by", db_index=False
    )  # this run takes back that one, or one person in it
    error_code = models.CharField(max_length=40, blank=True)
    error_reason = models.CharField(max_length=40, blank=True)  # `wording.refusals`
    error_params = models.JSONField(default=dict)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "number"], name="run_number"),
            models.UniqueConstraint(
                fields=["local_date", "integration"], condition=Q(trigger="schedule"), name="run_one_a_day"
            ),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state="running"), name="run_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="run_newest"),
            models.Index(
                fields=["requested_at"], name="run_under_way", condition=Q(state__in=["queued", "running"])
            ),
            models.Index(
                fields=["integration"],
                name="run_waiting",
                condition=Q(state__in=["planned", "held"]) | Q(rest="waiting"),
            ),
            models.Index(
                fields=["organization"], name="run_with_plan", condition=Q(plan__isnull=False)
            ),  # some thirty of thousands
            BrinIndex(fields=["requested_at"], name="run_lately", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"run {self.number} of {self.integration}"

    @property
    def is_at_once(self) -> bool:
        """Whether it is about some people, between two nights."""
        return self.trigger == Trigger.ANSWER

    @property
    def error(self) -> str:
        """Why it failed or was skipped, in the words of whoever reads it; empty otherwise."""
        return refusals.sentence(self.error_reason, self.error_params) if self.error_reason else ""

    @property
    def by(self) -> str:
        """Who wrote what it wrote, in audit and issues."""
        return f"sync run {self.number}"


class Change(models.Model):
    """One applied change of one person at one location, field by field: the history of a profile."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="changes", **COMPOSITE_FK)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes", **COMPOSITE_FK
    )
    membership_id = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    source_id = models.CharField(max_length=LONGEST["source_id"])
    verb = models.CharField(max_length=12)
    removal = models.BooleanField(default=False, db_default=False)  # counts for the guard's 7 days
    at = models.DateTimeField(default=now, db_default=Now())
    fields = models.JSONField(default=list)  # [{field, old, new, why}]; a create has no old
    images = models.JSONField(default=list, db_default=[])  # what it wrote over: run.journal.RowImage

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="change_by_user"),
            models.Index(fields=["run"], name="change_by_run"),
            models.Index(
                fields=["organization", "at"],
                name="change_lately",
                condition=Q(removal=True) | Q(verb="reactivate"),
            ),
        ]


class Fingerprints(models.Model):
    """The hash of every record of the last applied feed, as one packed blob (fingerprints.pack)."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="fingerprints")
    rules_hash = models.CharField(max_length=64)
    blob = models.BinaryField()
    compared_on = models.DateField(null=True)  # when everybody was compared last; null: the next run does
    people = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )  # of small feeds: probe.everybody
    content_hmac = models.CharField(max_length=64, blank=True, default="", db_default="")
    """feeds.content_hmac of the file that left no record to look at; empty: one did."""
    reading = models.BinaryField(null=True)  # unchanged_file.pack
