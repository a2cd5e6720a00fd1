"""What stands around every page: the place, the navigation with its counts, the theme, whom to ask.

A context processor; nothing is queried until the template asks for it, so fragments pay nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import now

from schedulepop.accounts.support import Contact, contact
from schedulepop.messages import outages, outbox, stops
from schedulepop.messages.models import MailOutage, MailStop
from schedulepop.sync.models import Issue, Run
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.review.issues.open_issues import visible_to
from schedulepop.sync.run import runs
from schedulepop.web.shell.access import lacks_second_factor
from schedulepop.web.shell.roles import ADMINS, CLIENT_SUCCESS, MANAGERS, Role
from schedulepop.web.shell.visit import Visit, visit_of

THEMES = ("light", "dark")
FOR_INFORMATION = [one.code for one in CODES.values() if one.severity == "info"]
ON_PHONE = 4  # entries of the bottom bar besides "More"


@dataclass(frozen=True)
class Entry:
    """One line of the navigation."""

    name: str  # of the address; the page is current when the address starts with it
    label: str
    icon: str
    roles: frozenset[Role]
    count: str = ""  # the shell's attribute that counts what waits


ENTRIES = (
    Entry("customers", "Customers", "sunrise", CLIENT_SUCCESS),
    Entry("operations", "Operations", "chart", CLIENT_SUCCESS),
    Entry("home", "Home", "home", MANAGERS),
    Entry("users", "Users", "users", MANAGERS),
    Entry("whereis", "Where is…?", "find", MANAGERS),
    Entry("runs", "Runs", "sync", ADMINS, "waiting_runs"),
    Entry("issues", "Issues", "flag", MANAGERS, "open_issues"),
    Entry("integrations", "Integrations", "plug", ADMINS),
    Entry("cms", "CMS codes", "sliders", ADMINS),
    Entry("organization", "Organization", "building", ADMINS),
    Entry("activity", "Activity", "clock", ADMINS),
    Entry("headcount", "Headcount", "chart", MANAGERS),
)


@dataclass(frozen=True)
class Link:
    """An entry as the template draws it."""

    label: str
    icon: str
    url: str
    current: bool
    count: int
    on_phone: bool


def open_issues(visit: Visit) -> QuerySet[Issue]:
    """The issues this visit may see: managers those of their locations, the others the organization's."""
    issues = visible_to(visit.actor, visit.organization)
    if visit.location is not None:
        mine = Q(location=visit.location)
        return issues.filter(mine if visit.role == "manager" else mine | Q(location=None))
    return issues


def waiting_runs(visit: Visit) -> QuerySet[Run]:
    """The runs of the organization with changes that wait for a decision."""
    return runs.waiting(visit.organization)


def address(name: str, *args: object) -> str:
    """A page's address; empty while the page is not built, so that nothing points nowhere."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame of one page, for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def visit(self) -> Visit | None:
        """Who looks at what; None when nobody is signed in."""
        return visit_of(self.request) if hasattr(self.request, "user") else None

    @cached_property
    def framed(self) -> bool:
        """Whether the page stands in the navigation: not while somebody has to set up two-step sign-in first."""
        return self.visit is not None and not lacks_second_factor(self.visit)

    @cached_property
    def theme(self) -> str:
        """`light` or `dark` where somebody chose one; empty: the device's."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the page."""
        return self.visit.zone if self.visit else ZoneInfo("UTC")

    @cached_property
    def support(self) -> Contact | None:
        """Whom to ask when stuck; nobody is named to strangers, and Client Success is the one who is asked."""
        if self.visit is None or self.visit.role == "client_success":
            return None
        return contact(self.visit.organization)

    @cached_property
    def places(self) -> bool:
        """Whether there is another place to change to."""
        return self.visit is not None and (len(self.visit.locations) > 1 or len(self.visit.organizations) > 1)

    @cached_property
    def open_issues(self) -> int:
        """What needs a person; what is only for their information does not wait."""
        return open_issues(self.visit).exclude(code__in=FOR_INFORMATION).count() if self.visit else 0

    @cached_property
    def waiting_runs(self) -> int:
        return waiting_runs(self.visit).count() if self.visit else 0

    @cached_property
    def mail_stop(self) -> MailStop | None:
        """What holds the email of the organization; the pages where somebody waits for a letter say it."""
        return stops.of_organization(self.visit.organization) if self.visit else None

    @cached_property
    def mail_outage(self) -> MailOutage | None:
        """That the mail server has not answered for a while."""
        return outages.worth_saying(now())

    @cached_property
    def mail_held(self) -> int:
        """How many letters wait for it to be on again, or for the mail server."""
        if self.visit is None or (self.mail_stop is None and self.mail_outage is None):
            return 0
        return outbox.due(now()).filter(organization=self.visit.organization).count()

    @cached_property
    def links(self) -> list[Link]:
        """The navigation of this role; a page that is not built is not offered."""
        found: list[Link] = []
        for entry in ENTRIES:
            if self.visit is None or self.visit.role not in entry.roles:
                continue
            if entry.name == "operations" and not self.visit.actor.is_lead:
                continue
            if entry.name == "cms" and not self.visit.organization.cms_codes:
                continue
            url = address(entry.name)
            if not url:
                continue
            path = self.request.path
            found.append(
                Link(
                    label=entry.label,
                    icon=entry.icon,
                    url=url,
                    current=path == url if url == "/" else path.startswith(url),
                    count=getattr(self, entry.count) if entry.count else 0,
                    on_phone=sum(link.on_phone for link in found) < ON_PHONE and not self._at_the_top(entry),
                )
            )
        return found

    def _at_the_top(self, entry: Entry) -> bool:
        """Whether a phone has it in its top bar already, and the bottom bar is full without it."""
        return entry.name == "whereis" and self.visit is not None and self.visit.runs_syncs

    @property
    def in_more(self) -> list[Link]:
        """What the bottom bar has no room for."""
        return [link for link in self.links if not link.on_phone]


def context(request: HttpRequest) -> dict[str, object]:
    """The context processor named in the settings."""
    return {"shell": Shell(request)}
