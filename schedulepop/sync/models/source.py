"""How an integration's source is asked: sealed secrets, who asks it right now, how often an account may be asked; and
what payroll brings by itself to a drop address.
"""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from schedulepop.directory.models import COMPOSITE_FK
from schedulepop.sync.models.integration import Integration
from schedulepop.sync.models.run import RawFeed, Run


class IntegrationSecret(models.Model):
    """One secret of an integration, sealed for it and for where it is sent (`sync.run.secret_values`). Write-only."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="secrets", db_constraint=False
    )
    name = models.CharField(max_length=60)  # a field of the connector's `secrets`
    value = models.BinaryField()  # sealed
    key_id = models.CharField(max_length=12)  # sealing.key_id of the key it was sealed with
    set_at = models.DateTimeField(default=now)
    set_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "name"], name="secret_once")]


class Fetch(models.Model):
    """Whoever asks the source has its lease: one at a time, whether for a run or to test it (`sync.run.fetching`)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="fetch", db_constraint=False
    )
    run = models.OneToOneField(
        Run, null=True, on_delete=models.SET_NULL, related_name="fetch"
    )  # which waits for its feed
    fencing_token = models.PositiveIntegerField(default=0)  # raised whenever somebody takes the lease
    leased_until = models.DateTimeField(null=True)  # by the database's clock; null: nobody asks
    began_at = models.DateTimeField(null=True)  # of the present lease
    attempt = models.PositiveIntegerField(default=0)  # of this run
    retry_at = models.DateTimeField(null=True)  # from when on the source wants to be asked again
    reading = models.JSONField(default=dict)  # integrations.reading.Reading: everybody, for the set-up


class Credential(models.Model):
    """An account at a platform, by a keyed hash: when it may be asked again, and its refused sign-ins."""

    key = models.CharField(max_length=64, primary_key=True)
    next_at = models.DateTimeField(null=True)  # from when on the next request may go out
    proven = models.BooleanField(default=False)  # it signed in, and was not refused since
    tries = models.JSONField(default=list)  # times of sign-ins that were refused or are under way, as ISO


class DropAddress(models.Model):
    """Where payroll's own job puts an integration's files. Of the token there is a keyed hash only."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="drop_address", db_constraint=False
    )
    code = models.CharField(max_length=32, unique=True)  # in the address; no secret
    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=now)
    made_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True)
    run_at = models.DateTimeField(
        null=True
    )  # from when on what has arrived waits for a run; null: none is due


class Arrival(models.Model):
    """A file that came to a drop address. What was kept of it is a feed; the same bytes may come again."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="arrivals", db_constraint=False
    )
    raw = models.ForeignKey(RawFeed, on_delete=models.CASCADE, related_name="arrivals")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()  # bytes as received
    records = models.PositiveIntegerField()
    source_time = models.DateTimeField()  # how old its data is
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["integration", "-id"], name="arrival_newest")]
