"""An organization's payroll system: its settings, its mapping, and what the last run left for the next."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Mod
from django.utils.timezone import now


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


class Integration(models.Model):
    """An organization's configured payroll system."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="integrations"
    )
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    connector = models.CharField(max_length=30)
    company = models.CharField(max_length=80, blank=True)  # employee numbers are unique in it
    config = models.JSONField(default=dict)  # the connector's settings
    mapping = models.JSONField(default=dict)  # policy.Mapping
    mapping_version = models.PositiveIntegerField(default=1)
    policy = models.JSONField(default=dict)  # policy.Policy, only what differs from its defaults
    state = models.CharField(max_length=15, choices=IntegrationState.choices, default=IntegrationState.DRAFT)
    schedule_at = models.TimeField(default="02:00")  # wall clock of the organization
    # {blank: {field: share}, columns: [field], headers: {field: header}, reads: [records], status_column: header,
    # status_words: {word: records}}
    last_good = models.JSONField(default=dict)
    last_source_time = models.DateTimeField(null=True, blank=True)  # of the last applied feed
    last_success_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    notice_log = models.JSONField(
        default=dict
    )  # which notice went out about what, so that none goes out twice
    last_test = models.JSONField(default=dict)  # integrations.connection_test.LastTest: no value of anybody's
    fencing_token = models.PositiveIntegerField(default=0)  # raised whenever a process starts driving a run
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="integration_slug"),
            models.UniqueConstraint(fields=["organization", "id"], name="integration_org_id"),
            models.CheckConstraint(condition=Q(state__in=IntegrationState.values), name="integration_state"),
        ]
        indexes = [  # for the ticks, which ask all of them every minute (`integrations/due.py`)
            models.Index(Mod("id", 60), name="integration_minute", condition=Q(state="active")),
            models.Index(fields=["last_success_at"], name="integration_success", condition=Q(state="active")),
            models.Index(
                Coalesce(KT("notice_log__digest"), Value("")),
                name="integration_digest",
                condition=Q(state__in=["active", "quarantined"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.slug}/{self.slug}"

    def local_date(self, at: datetime) -> date:
        """The organization's day at this moment."""
        return at.astimezone(ZoneInfo(self.organization.timezone)).date()

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
