"""The outbox: one row per message, written in the transaction that makes it due, sent afterwards; who stopped mail."""

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

    class Outcome(models.TextChoices):
        """What became of a letter after it was handed over, as far as anybody told us; the later word outranks."""

        UNHEARD = ""
        DELIVERED = "delivered"
        BOUNCED = "bounced"  # the address does not take letters, for good
        COMPLAINED = "complained"  # its reader called it spam

    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )  # the user's own, or of a notice the one that it is about
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
    cause = models.CharField(
        max_length=20, blank=True, default="", db_default=""
    )  # one of wording.mail.CAUSES
    error = models.TextField(blank=True)
    service_id = models.CharField(
        max_length=255, blank=True, default="", db_default=""
    )  # what a mail service calls it; blank: it went by SMTP
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="", db_default="")
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "generation"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "accepted", "failed", "unknown"]),
                name="message_state",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "delivered", "bounced", "complained"]), name="message_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="message_waiting", condition=Q(state__in=["queued", "sending"])),
            models.Index(
                fields=["created_at"], name="message_stuck", condition=Q(state__in=["failed", "unknown"])
            ),
            models.Index(
                fields=["user"], name="message_returned", condition=Q(outcome__in=["bounced", "complained"])
            ),
        ]


class MailStop(models.Model):
    """No letter goes out from `at` until `ended_at`: of one organization, or without one of the whole installation."""

    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # mail_stop_once begins with it
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=150)  # as in the audit trail
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                name="mail_stop_once",
                condition=Q(ended_at=None),
                nulls_distinct=False,
            )
        ]


class MailOutage(models.Model):
    """The mail server did not answer from `since` until `ended_at`. Of the whole installation, and nobody's."""

    since = models.DateTimeField()
    tried_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    over = models.BooleanField(default=False, db_default=False)
    error = models.TextField()  # the server's, or the network's, for the operator

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["over"], name="mail_outage_once", condition=Q(over=False))
        ]
