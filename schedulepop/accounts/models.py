"""Organizations, the people who can sign in, what they are granted, their links, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
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
    cms_codes = models.BooleanField(default=True)  # "if applicable" of SPEC §1.6
    seniority_by = models.CharField(
        max_length=10,
        default="original",
        choices=[("original", "original hire date"), ("latest", "latest hire date")],
    )
    support_name = models.CharField(max_length=120, blank=True)
    support_email = models.EmailField(blank=True)
    support_phone = models.CharField(max_length=40, blank=True)
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
    """A role of a user beyond memberships: admin of their own organization, Client Success of assigned ones."""

    ADMIN = "admin"
    CLIENT_SUCCESS = "client_success"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(ADMIN, "admin"), (CLIENT_SUCCESS, "Client Success")])
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="grants")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"], condition=Q(ended_at=None), name="grant_once"
            ),
            models.CheckConstraint(condition=Q(role__in=["admin", "client_success"]), name="grant_role"),
        ]


class Invitation(models.Model):
    """A set-up or reset link: only its hash is stored; GET does not consume it; a newer one revokes it."""

    SET_UP = "set_up"
    RESET = "reset"
    CONFIRM = "confirm"  # a changed address becomes good for sign-in

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    purpose = models.CharField(
        max_length=10, choices=[(SET_UP, "set up"), (RESET, "reset"), (CONFIRM, "confirm")]
    )
    token_hash = models.CharField(max_length=64, unique=True)
    generation = models.PositiveIntegerField(default=1)
    address = models.CharField(
        max_length=254, blank=True
    )  # where it was sent: using it confirms this; blank: printed
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
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


HISTORY: Any = {"db_constraint": False, "db_index": False}
"""History outlives what it names, and an index of two columns begins with it."""


class AuditEntry(models.Model):
    """Who wrote what, when, and by which door. The app's database role may only insert and read."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", **HISTORY)
    at = models.DateTimeField(default=now)
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
        ]
