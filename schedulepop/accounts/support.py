"""Whom to ask when one is stuck: the organization's support contact (SPEC §1.5)."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.accounts.models import Grant, Organization


@dataclass(frozen=True)
class Contact:
    """A person or desk to ask. Any part but the name may be blank."""

    name: str
    email: str = ""
    phone: str = ""

    @property
    def sentence(self) -> str:
        """For the end of a message: `Ask Dana Whitfield (dana@…, +1 555 …).`"""
        ways = ", ".join(way for way in (self.email, self.phone) if way)
        return f"Ask {self.name} ({ways})." if ways else f"Ask {self.name}."


def contact(organization: Organization) -> Contact:
    """The organization's own setting, else its Client Success person, else its HR."""
    if organization.support_name or organization.support_email or organization.support_phone:
        name = organization.support_name or "support"
        return Contact(name, organization.support_email, organization.support_phone)
    grant = (
        Grant.objects.filter(organization=organization, role=Grant.CLIENT_SUCCESS, ended_at=None)
        .select_related("user")
        .order_by("pk")
        .first()
    )
    if grant is not None:
        return Contact(grant.user.full_name, grant.user.email, grant.user.phone)
    return Contact(f"HR at {organization.name}")
