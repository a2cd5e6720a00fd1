"""What User Sync remembers: integrations, links, feeds, runs, changes, issues, fingerprints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

TWIN: Any = {"db_constraint": False, "db_index": False}
"""For a column that a composite foreign key of sql/truths.sql constrains and another index begins with, and for
history, which outlives what it names: checked and indexed once at most, because a bulk load pays for each."""


class IntegrationState(models.TextChoices):
    """The life of an integration, in order (SPEC §2)."""

    DRAFT = "draft"
    TESTED = "tested"
    PREVIEWED = "previewed"
    FIRST_APPLIED = "first_applied"
    ACTIVE = "active"
    PAUSED = "paused"
    QUARANTINED = "quarantined"
    DISABLED = "disabled"
    RETIRED = "retired"


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


class Integration(models.Model):
    """An organization's configured payroll system."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="integrations"
    )
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    connector = models.CharField(max_length=30)
    company = models.CharField(
        max_length=80, blank=True
    )  # payroll company: employee numbers are unique in it
    config = models.JSONField(default=dict)  # the connector's settings
    mapping = models.JSONField(default=dict)  # policy.Mapping
    mapping_version = models.PositiveIntegerField(default=1)
    policy = models.JSONField(default=dict)  # policy.Policy, only what differs from its defaults
    state = models.CharField(max_length=15, choices=IntegrationState.choices, default=IntegrationState.DRAFT)
    schedule_at = models.TimeField(default="02:00")  # wall clock of the organization
    last_good = models.JSONField(
        default=dict
    )  # {"blank": {field: share}, "columns": [field]} of the last applied run
    last_source_time = models.DateTimeField(null=True, blank=True)  # of the last applied feed
    last_success_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)  # bumped whenever somebody starts driving a run
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="integration_slug"),
            models.UniqueConstraint(fields=["organization", "id"], name="integration_org_id"),
            models.CheckConstraint(condition=Q(state__in=IntegrationState.values), name="integration_state"),
        ]

    def __str__(self) -> str:
        return f"{self.organization.slug}/{self.slug}"

    @property
    def first_sync_done(self) -> bool:
        """Whether Client Success has approved the first sync."""
        return self.state not in (IntegrationState.DRAFT, IntegrationState.TESTED, IntegrationState.PREVIEWED)


class MappingVersion(models.Model):
    """Every mapping an integration ever had, with who saved it."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="mapping_versions")
    version = models.PositiveIntegerField()
    mapping = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "version"], name="mapping_version_once")
        ]


class Link(models.Model):
    """(integration, source id) ↔ user. Unique both ways among live links: no person is doubled or taken over."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **TWIN
    )
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="links", **TWIN)
    source_id = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="links", **TWIN)
    created_at = models.DateTimeField(default=now)
    retired_at = models.DateTimeField(null=True, blank=True)  # the id was replaced by another (SPEC §8)
    short_accepted = models.BooleanField(default=False)  # an approval said: no longer counts toward `short`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "source_id"], name="link_id_once"),
            models.UniqueConstraint(
                fields=["integration", "user"], condition=Q(retired_at=None), name="link_user_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="link_by_user"),
            models.Index(
                fields=["integration"], name="link_short_accepted", condition=Q(short_accepted=True)
            ),
        ]


class MissingLink(models.Model):
    """A linked person the last feeds did not carry: how many differing feeds, since when."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="missing")
    source_id = models.CharField(max_length=64)
    feeds = models.PositiveIntegerField(default=0)
    since = models.DateField()
    counted_sha = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "source_id"], name="missing_once")]


class RawFeed(models.Model):
    """A feed as kept: sensitive columns dropped, compressed, content-addressed."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="feeds")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes before compression
    content = models.BinaryField(
        null=True
    )  # zstandard; null when no header was found: hash, size and kind only
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    source_time = models.DateTimeField()
    stored_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "sha256"], name="raw_once")]


class Run(models.Model):
    """One sync. The row is the truth: state, epoch, plan hash, stage, heartbeat."""

    class Rest(models.TextChoices):
        """What became of the held part of a run."""

        NONE = "none"
        WAITING = "waiting"
        APPROVED = "approved"
        DISCARDED = "discarded"
        SUPERSEDED = "superseded"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **TWIN
    )
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="runs", **TWIN)
    number = models.PositiveIntegerField()  # counts within the integration
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    preview = models.BooleanField(default=False)  # stops at the plan
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    stage = models.CharField(max_length=12, blank=True)  # read, normalize, match, diff, guard, apply, notify
    epoch = models.PositiveIntegerField(default=0)
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
    plan = models.BinaryField(null=True)  # plans.pack
    counts = models.JSONField(default=dict)
    holds = models.JSONField(default=list)  # [{rule, scope, reason, figure, limit}]
    summary = models.JSONField(default=dict)  # columns, unknown_columns, issues, seconds
    rest = models.CharField(max_length=10, choices=Rest.choices, default=Rest.NONE)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "number"], name="run_number"),
            models.UniqueConstraint(
                fields=["integration", "local_date"], condition=Q(trigger="schedule"), name="run_one_a_day"
            ),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state="running"), name="run_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="run_newest")]

    def __str__(self) -> str:
        return f"run {self.number} of {self.integration}"


class Change(models.Model):
    """One applied change of one person at one location, field by field: the history of a profile."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **TWIN
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="changes", **TWIN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes", **TWIN
    )
    membership_id = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    source_id = models.CharField(max_length=64)
    verb = models.CharField(max_length=12)
    fields = models.JSONField(default=list)  # [{field, old, new, why}]; a create has no old

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="change_by_user"),
            models.Index(fields=["run"], name="change_by_run"),
        ]


class Issue(models.Model):
    """Something that needs a person. Open while `resolved_at` is null; then last seen = the integration's last run.

    An unchanged feed writes nothing here (the same issue, the same rows).
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="issues")
    location = models.ForeignKey(
        "directory.Location", null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=200)  # the unmapped code, the source id, or the column
    count = models.PositiveIntegerField(default=1)  # rows concerned
    rows = models.JSONField(
        default=list
    )  # [{row, source_id, name, column, value (masked), message}], the first 50
    message = models.TextField()
    first_seen_at = models.DateTimeField(default=now)
    first_run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "code", "key"], condition=Q(resolved_at=None), name="issue_open_once"
            )
        ]
        indexes = [models.Index(fields=["organization"], name="issue_open", condition=Q(resolved_at=None))]


class Fingerprints(models.Model):
    """The hash of every record of the last applied feed, as one packed blob (fingerprints.pack)."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="fingerprints")
    rules_hash = models.CharField(max_length=64)
    blob = models.BinaryField()


class Touched(models.Model):
    """A mark set by trigger when anybody but the sync writes a linked person; keyed by link."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.BigIntegerField(default=1)
