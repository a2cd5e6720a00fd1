"""Who asks, for which organization and location: worked out once per request, handed to every view.

A view is written `@page(MANAGES) def user_list(request, visit)`; the decorator answers everybody else, so that
no view can forget to. Which rows somebody sees is still decided by the reads (`visible_to(actor)`), never here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access
from schedulepop.directory.models import Location

Role = Literal["admin", "client_success", "manager", "staff"]
MANAGES: frozenset[Role] = frozenset({"admin", "client_success", "manager"})
RUNS_SYNCS: frozenset[Role] = frozenset({"admin", "client_success"})
ANYBODY: frozenset[Role] = MANAGES | {"staff"}
ROLE_WORDS: dict[Role, str] = {
    "admin": "Admin",
    "client_success": "Client Success",
    "manager": "Manager",
    "staff": "Staff",
}
P = ParamSpec("P")
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
        return self.role in MANAGES

    @property
    def runs_syncs(self) -> bool:
        return self.role in RUNS_SYNCS

    @property
    def role_word(self) -> str:
        return ROLE_WORDS[self.role]


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the history asks for the whole of it."""
    htmx = cast(HtmxDetails, getattr(request, "htmx", None))
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def role_at(actor: Actor, organization: Organization, locations: tuple[Location, ...]) -> Role:
    """The strongest role somebody has in an organization."""
    if actor.is_admin(organization):
        return "admin"
    if actor.is_client_success(organization):
        return "client_success"
    return "manager" if locations else "staff"


def of(request: HttpRequest, organization: Organization | None = None) -> Visit | None:
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


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment cannot be redirected, so the whole page is sent there."""
    address = request.path if request.method == "GET" and not is_fragment(request) else "/"
    target = f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path() if address != '/' else '/'})}"
    return HttpResponseClientRedirect(target) if is_fragment(request) else HttpResponseRedirect(target)


def page(
    roles: frozenset[Role] = ANYBODY,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A view for signed-in people of these roles. Others get 404: a page that is not theirs does not exist."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visit = of(request)
            if visit is None:
                return to_sign_in(request)
            if visit.role not in roles:
                raise Http404
            return view(request, visit, *args, **kwargs)

        update_wrapper(answer, view)
        return answer

    return decorate
