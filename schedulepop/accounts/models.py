"""Organizations, the people who can sign in, what they are granted, their links, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower
from django.utils.timezone import now

from schedulepop.employee import LONGEST
from schedulepop.lib.text import sort_key


class Organization(models.Model):
    """The customer: the tenant every other row belongs to. The vendor is one too (`vendor`)."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    timezone = models.CharField(max_length=64)
    vendor = models.BooleanField(default=False)
    demo = models.BooleanField(default=False, db_default=False)  # invented people, whom guests may sign in as
    cms_codes = models.BooleanField(default=True)  # "if applicable" of SPEC §1.6
    seniority_by = models.CharField(
        max_length=10,
        default="original",
        choices=[("original", "original hire date"), ("latest", "latest hire date")],
    )
    requires_second_factor = models.BooleanField(default=False)  # of its admins and Client Success
    support_name = models.CharField(max_length=120, blank=True)
    support_email = models.EmailField(blank=True)
    support_phone = models.CharField(max_length=40, blank=True)
    feed_folders = models.JSONField(default=list, db_default=[])  # where files lie besides the own folder
    keep_feeds_days = models.PositiveSmallIntegerField(
        default=90, db_default=90
    )  # `retention_periods`, all three
    keep_plans_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    keep_history_years = models.PositiveSmallIntegerField(default=7, db_default=7)
    upkeep_on = models.DateField(null=True, blank=True)  # the day up to which what is past its time has gone
    upkeep = models.JSONField(
        default=dict, db_default={}
    )  # retention.upkeep: what went on that day, and in all
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Only what Django's auth needs; users are made by directory.actions or by the sync."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A person who can sign in; one organization. Name, email and phone belong here.

    Whether sign-in is allowed is never stored: it follows from memberships and grants
    (`accounts.access.may_sign_in`), so that no forgotten flag lets a leaver in.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="users", db_index=False
    )  # user_by_name begins with it
    username = models.CharField(max_length=150, unique=True)  # stored lower-case, never changes
    first_name = models.CharField(max_length=LONGEST["first_name"])
    last_name = models.CharField(max_length=LONGEST["last_name"])
    sort_name = models.CharField(
        max_length=250, editable=False
    )  # the database's collation sorts by code point
    email = models.CharField(
        max_length=LONGEST["email"], blank=True
    )  # contact; sign-in needs `confirmed_email`
    confirmed_email = models.CharField(max_length=LONGEST["email"], blank=True)
    phone = models.CharField(max_length=LONGEST["phone"], blank=True)  # E.164
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False
    )  # the same person's other user, who goes on; this one never signs in
    wants_digest = models.BooleanField(default=True, db_default=True)  # the morning's open issues by email
    local = models.BooleanField(default=False)  # agency or contractor: never matched, never removed
    must_end_sessions_before = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(username=Lower("username")), name="user_username_lower"),
            models.UniqueConstraint(fields=["organization", "id"], name="user_org_id"),
        ]
        indexes = [
            models.Index(fields=["organization", "sort_name"], name="user_by_name"),
            models.Index("organization", Lower("email"), name="user_by_email", condition=~Q(email="")),
            models.Index(fields=["organization", "phone"], name="user_by_phone", condition=~Q(phone="")),
            models.Index(
                Lower("confirmed_email"), name="user_by_confirmed", condition=~Q(confirmed_email="")
            ),
            models.Index(
                fields=["merged_into"], name="user_merged_into", condition=Q(merged_into__isnull=False)
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = self.username.lower()
        self.sort_name = sort_key(self.first_name, self.last_name)[:250]
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.full_name

    def get_session_auth_hash(self) -> str:
        """Sessions end when the password changes or when they are ended (`access.end_sessions`)."""
        return self._session_hash(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for fallback in super().get_session_auth_fallback_hash():
            yield self._session_hash(fallback)

    def _session_hash(self, of_password: str) -> str:
        ended = self.must_end_sessions_before
        return of_password if ended is None else f"{of_password}:{ended.timestamp():.6f}"

    @property
    def full_name(self) -> str:
        """First and last name as people say it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """What a letter calls them: the first name, or the only one they have."""
        return self.first_name or self.last_name

    @property
    def initials(self) -> str:
        """Two letters for the face."""
        return (self.first_name[:1] + self.last_name[:1]).upper()


class Grant(models.Model):
    """A role of a user beyond memberships: admin of their own organization, Client Success of assigned ones, and lead
    of Client Success: of the vendor's own organization.
    """

    ADMIN = "admin"
    CLIENT_SUCCESS = "client_success"
    LEAD = "client_success_lead"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(
        max_length=20,
        choices=[(ADMIN, "admin"), (CLIENT_SUCCESS, "Client Success"), (LEAD, "Client Success lead")],
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="grants")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"], condition=Q(ended_at=None), name="grant_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "client_success", "client_success_lead"]), name="grant_role"
            ),
        ]


class Invitation(models.Model):
    """A set-up or reset link: only its hash is stored; GET does not consume it; a newer one revokes it.

    Of one that was printed a sheet's code does the same (`accounts.sheets`).
    """

    SET_UP = "set_up"
    RESET = "reset"
    CONFIRM = "confirm"  # a changed address becomes good for sign-in
    CONSENT = "consent"  # the reader of the confirmed address agrees to the changed one

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    purpose = models.CharField(
        max_length=10,
        choices=[(SET_UP, "set up"), (RESET, "reset"), (CONFIRM, "confirm"), (CONSENT, "consent")],
    )
    token_hash = models.CharField(max_length=64, unique=True)
    generation = models.PositiveIntegerField(default=1)
    address = models.CharField(
        max_length=254, blank=True
    )  # where it was sent: using it confirms this; blank: printed
    agrees_to = models.CharField(max_length=254, blank=True)  # of a consent: the changed address
    code_hash = models.CharField(max_length=64, blank=True)  # keyed, of the code on a sheet
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)  # a browser loaded the page for the first time
    reported_at = models.DateTimeField(null=True, blank=True)  # a manager was told that it is not used
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user"], name="invitation_live", condition=Q(used_at=None, revoked_at=None)),
            models.Index(Lower("address"), name="invitation_by_address", condition=~Q(address="")),
        ]

    def live(self, at: datetime) -> bool:
        """Whether the link still works at that time."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > at


class SignInFailure(models.Model):
    """A password that was not right (or is being checked), kept for an hour so that guessing becomes slow.

    `key` is a keyed hash of what was typed as login: people type their password there by mistake.
    """

    key = models.CharField(max_length=64)
    source = models.CharField(max_length=45)  # IP address; of IPv6 the /64 network
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "source", "-at"], name="failure_by_login"),
            models.Index(fields=["source", "-at"], name="failure_by_source"),
            models.Index(fields=["at"], name="failure_by_age"),
        ]


class SecondFactor(models.Model):
    """An authenticator app of one user, and the recovery codes that stand in for it (`accounts.second_factor`)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.TextField()  # sealed
    last_step = models.BigIntegerField(default=0)  # of the newest code used: no code works twice
    recovery_codes = models.JSONField(default=list)  # keyed hashes of those not used yet
    since = models.DateTimeField(default=now)


class PasswordRequest(models.Model):
    """Somebody forgot a password: what they typed, sealed, until it is answered (`messages.addresses.answer`)."""

    login = models.TextField()  # sealed: people type their password here by mistake
    at = models.DateTimeField(default=now)


class StoredSize(models.Model):
    """How much of each kind there was on a day, of the whole installation (`retention.sizes`)."""

    day = models.DateField(primary_key=True)
    kinds = models.JSONField()  # kind → {bytes, rows}


HISTORY: Any = {"db_constraint": False, "db_index": False}
"""History outlives what it names, and an index of two columns begins with it."""


class AuditEntry(models.Model):
    """Who wrote what, when, and by which door. The app's database role may only insert and read."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", **HISTORY)
    at = models.DateTimeField(default=now)
    recorded_at = models.DateTimeField(
        db_default=Func(function="clock_timestamp"), editable=False
    )  # by the database's clock, whatever was sent (audit_recorded_at)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", **HISTORY)
    by = models.CharField(max_length=150)  # the actor's name, `cli:<os user>`, or `sync run N`
    door = models.CharField(max_length=10)  # web, api, cli, sync
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=20)  # user, membership, integration, run, location…
    subject_id = models.BigIntegerField(null=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", **HISTORY)
    location_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    changes = models.JSONField(
        default=list
    )  # [{field, old, new, why?}]; empty for sync: sync.Change holds them

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"], name="audit_by_user"),
            models.Index(fields=["organization", "-at"], name="audit_by_organization"),
            models.Index(fields=["organization", "-at"], name="audit_by_people", condition=~Q(door="sync")),
            models.Index(
                fields=["organization", "actor", "-at"],
                name="audit_by_actor",
                condition=Q(actor__isnull=False),
            ),
        ]
