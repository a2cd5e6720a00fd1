"""Who asks, for which organization and location, in which role: worked out once per request, handed to every view.

Who may open which page is decided in `access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access
from schedulepop.directory.models import Location
from schedulepop.web.shell.roles import ADMINS, MANAGERS, ROLE_WORDS, Role, role_at

T = TypeVar("T", Organization, Location)


@dataclass(frozen=True)
class Visit:
    """One signed-in person looking at one organization, perhaps at one of its locations."""

    actor: Actor
    user: User
    organization: Organization
    organizations: tuple[Organization, ...]  # all this person may look at
    locations: tuple[Location, ...]  # those of the organization this person manages, by name
    location: Location | None  # the chosen one, or the only one; None: all of `locations`
    role: Role

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this page tells times."""
        return ZoneInfo(self.location.timezone if self.location else self.organization.timezone)

    @property
    def scope(self) -> tuple[Location, ...]:
        """The locations this page is about."""
        return (self.location,) if self.location else self.locations

    @property
    def place_name(self) -> str:
        """What the page is about, in one or two words."""
        if self.location:
            return self.location.name
        return "All locations" if self.locations else self.organization.name

    @property
    def manages(self) -> bool:
        return self.role in MANAGERS

    @property
    def runs_syncs(self) -> bool:
        return self.role in ADMINS

    @property
    def role_word(self) -> str:
        return ROLE_WORDS[self.role]


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the history asks for the whole of it."""
    htmx = HtmxDetails(request)  # not the middleware's: an outage can come before it
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def number_in(request: HttpRequest, name: str) -> int:
    """A number of the query string, such as where a list goes on; 0 when there is none."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def visit_of(request: HttpRequest, organization: Organization | None = None) -> Visit | None:
    """The visit of a signed-in person, or None. Without an organization: the chosen one, else their first.

    Kept on the request because the shell needs the same answer as the view.
    """
    if not request.user.is_authenticated:
        return None
    kept: Visit | None = getattr(request, "visit", None)
    if kept is not None and (organization is None or kept.organization == organization):
        return kept
    user = request.user
    actor = Actor.of(user)
    organizations = tuple(actor.organizations().order_by("name")) or (user.organization,)
    chosen: dict[str, Any] = request.session.get("place") or {}
    here = organization or _by_id(organizations, chosen.get("organization")) or _home(user, organizations)
    locations = tuple(access.managed_locations(actor, here).order_by("name"))
    location = _by_id(locations, chosen.get("location")) if chosen.get("organization") == here.pk else None
    if location is None and len(locations) == 1:
        location = locations[0]
    visit = Visit(
        actor=actor,
        user=user,
        organization=here,
        organizations=organizations,
        locations=locations,
        location=location,
        role=role_at(actor, here, locations),
    )
    request.visit = visit  # type: ignore[attr-defined]
    return visit


def _by_id(rows: tuple[T, ...], wanted: object) -> T | None:
    return next((row for row in rows if row.pk == wanted), None)


def _home(user: User, organizations: tuple[Organization, ...]) -> Organization:
    """Their own organization where it is one they look at; vendor staff start with the first assigned one."""
    own = _by_id(organizations, user.organization_id)
    others = [one for one in organizations if not one.vendor]
    if own is not None and not (own.vendor and others):
        return own
    return (others or list(organizations))[0]
