"""Which payroll ID is whose, and since when a linked person has been missing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from schedulepop.directory.models import COMPOSITE_FK
from schedulepop.employee import LONGEST
from schedulepop.sync.models.integration import Integration


class Link(models.Model):
    """(integration, source id) ↔ user. Unique both ways among live links: no person is doubled or taken over."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", **COMPOSITE_FK
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="links", **COMPOSITE_FK
    )
    source_id = models.CharField(max_length=LONGEST["source_id"])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="links", **COMPOSITE_FK
    )
    created_at = models.DateTimeField(default=now)
    retired_at = models.DateTimeField(null=True, blank=True)  # the id was replaced by another (SPEC §8)
    further = models.BooleanField(
        default=False, db_default=False
    )  # a second id of the same person, by somebody's answer
    short_accepted = models.BooleanField(default=False)  # an approval said: no longer counts toward `short`

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id"], condition=Q(retired_at=None), name="link_id_once"
            ),
            models.UniqueConstraint(
                fields=["integration", "user"],
                condition=Q(retired_at=None, further=False),
                name="link_user_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="link_by_user"),
            models.Index(fields=["integration"], name="link_further", condition=Q(further=True)),
            models.Index(
                fields=["integration"], name="link_short_accepted", condition=Q(short_accepted=True)
            ),
        ]


class MissingLink(models.Model):
    """What the last feeds did not carry: how many differing feeds, since when."""

    class About(models.TextChoices):
        """Who or what is missing."""

        PERSON = "person"  # none of their ids is in the feed
        PLACE = "place"  # no record names this location, though one names the person
        ID = "id"  # one of several ids of somebody who is in the feed

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="missing")
    source_id = models.CharField(max_length=LONGEST["source_id"])
    about = models.CharField(max_length=6, choices=About, default=About.PERSON, db_default=About.PERSON.value)
    location = models.ForeignKey("directory.Location", on_delete=models.CASCADE, related_name="+", null=True)
    feeds = models.PositiveIntegerField(default=0)
    since = models.DateField()
    counted_sha = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id", "about", "location"],
                nulls_distinct=False,
                name="missing_once",
            )
        ]


class Touched(models.Model):
    """A mark set by trigger when anybody but the sync writes a linked person; keyed by link."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.BigIntegerField(default=1)
