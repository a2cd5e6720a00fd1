"""The outbox: one row per message, written in the transaction that makes it due, sent afterwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from schedulepop.employee import LONGEST


class Message(models.Model):
    """One email to one person. At most one per person, kind and generation, ever (SPEC §5 Notify)."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        ACCEPTED = "accepted"
        FAILED = "failed"
        UNKNOWN = (
            "unknown"  # the process died between handing over and hearing back: "send again" by a person
        )

    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )  # the user's own
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages", db_index=False
    )  # message_once begins with it
    kind = models.CharField(max_length=20)  # one of letters.KINDS
    generation = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    context = models.JSONField(default=dict)  # what the template needs and the database cannot say later
    address = models.CharField(max_length=LONGEST["email"], blank=True)  # filled in when sending starts
    run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sending_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "generation"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "accepted", "failed", "unknown"]),
                name="message_state",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="message_waiting", condition=Q(state__in=["queued", "sending"]))
        ]
