"""What is so of payroll for one reader: which systems fill their lists, how each runs, which fields come from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schedulepop.accounts.models import Organization
from schedulepop.connectors import REGISTRY, offers
from schedulepop.directory.models import Location, LocationCode, Membership
from schedulepop.lib.text import fold_code
from schedulepop.sync.integrations import availability, schedule
from schedulepop.sync.models import Integration, IntegrationState, Link
from schedulepop.sync.review import list_status
from schedulepop.sync.run import feeds
from schedulepop.sync.run.headline import Source
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import how_it_works

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "full_name"),
    "email": ("email",),
    "phone": ("phone",),
    "duty": ("duty",),
    "zone": ("zone",),
    "status": ("status",),
    "hire_date": ("hire_date", "original_hire_date", "rehire_date"),
    "termination_date": ("termination_date",),
    "leave_end": ("leave_end",),
    "employee_number": ("employee_number",),
    "cms_code": ("cms_code",),
    "pay_rate": ("pay_rate",),
}
"""The lines of the article, and the canonical fields any of which gives each."""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field as it comes from one payroll system. `why`: why it does not; empty where it does."""

    name: str
    why: str
    ahead: bool = False  # nobody knows yet: the first sync is still to come

    @property
    def comes(self) -> bool:
        return not self.why

    @property
    def label(self) -> str:
        return how_it_works.label(self.name)

    @property
    def meaning(self) -> str:
        return "" if self.ahead else how_it_works.meaning(self.name, comes=self.comes)


@dataclass(frozen=True, slots=True)
class PayrollSystem:
    """One integration as this reader may know it. `next_at`: None where nothing runs by itself."""

    integration: Integration
    platform: str  # the platform's name; empty where payroll sends files
    way: str  # how its files come, where it is no platform
    state: str  # of how_it_works.state
    next_at: datetime | None
    usual_at: datetime | None  # a usual night's time, of the organization's day
    locations: tuple[Location, ...]  # those of the reader's that it fills
    fields: tuple[FieldLine, ...]
    remind_days: int | None  # of uploads
    welcome_days: int | None
    grace: tuple[int, int]  # files and days without somebody before they go
    clears: tuple[str, ...]  # labels of fields that a blank in payroll empties
    on_hold: bool  # its newest feed, or somebody in it, waits here

    @property
    def says(self) -> str:
        return how_it_works.state(self.state)

    @property
    def reminder(self) -> str:
        return how_it_works.reminder(self.remind_days) if self.remind_days else ""

    @property
    def welcome(self) -> str:
        return how_it_works.welcome(self.welcome_days)

    @property
    def grace_words(self) -> str:
        return how_it_works.grace(*self.grace)

    @property
    def known(self) -> bool:
        """Whether a sync has shown which fields come."""
        return self.integration.first_sync_done

    @property
    def duty_comes(self) -> bool:
        return self.gives("duty")

    @property
    def zone_comes(self) -> bool:
        return self.gives("zone")

    def gives(self, name: str) -> bool:
        """Whether that line of `FIELDS` comes from it."""
        return any(one.name == name and one.comes for one in self.fields)


def systems(visit: Visit, at: datetime, *, sees_pay: bool) -> list[PayrollSystem]:
    """The payroll systems that fill this reader's lists, by name. One of other locations does not exist for them."""
    found = Integration.objects.filter(organization=visit.organization).exclude(
        state=IntegrationState.RETIRED
    )
    rows = list(found.select_related("organization").order_by("name", "pk"))
    everything = visit.location is None and visit.runs_syncs
    filled = {one.pk: _locations(visit, one, alone=len(rows) == 1) for one in rows}
    return [
        _system(one, filled[one.pk], at, everything=everything, sees_pay=sees_pay)
        for one in rows
        if everything or filled[one.pk]
    ]


def once_connected(organization: Organization) -> bool:
    """Whether payroll filled the lists before, and its integration was retired."""
    return Integration.objects.filter(organization=organization, state=IntegrationState.RETIRED).exists()


def _locations(visit: Visit, integration: Integration, *, alone: bool) -> tuple[Location, ...]:
    """Of the reader's locations those that it fills; all of them while nobody can know."""
    code = integration.mapping.get("default_location")
    if code:
        named = LocationCode.objects.filter(organization=visit.organization, code=fold_code(code))
        mine = set(named.values_list("location", flat=True))
        return tuple(one for one in visit.scope if one.pk in mine)
    links = Link.objects.filter(integration=integration, retired_at=None)
    if alone or not links.exists():
        return visit.scope
    linked = Membership.objects.filter(payroll_owned=True, user__in=links.values("user"))
    return tuple(one for one in visit.scope if linked.filter(location=one).exists())


def _system(
    one: Integration, locations: tuple[Location, ...], at: datetime, *, everything: bool, sees_pay: bool
) -> PayrollSystem:
    connector, policy = REGISTRY.get(one.connector), feeds.policy_of(one)
    known = list_status.facts(one, None if everything else [place.pk for place in locations], at)
    state = _state(one, known.source, at)
    runs = state in ("nightly", "arrives", "trouble")
    platform = connector.title if connector and offers.is_platform(connector) else ""
    off = {"pay_rate"} if not (policy.pay and sees_pay) else set()
    off |= set() if policy.cms else {"cms_code"}
    clears = [
        name
        for name in FIELDS
        if name not in off and one.mapping.get("blank_clears", ()) and _any(name, one.mapping["blank_clears"])
    ]
    return PayrollSystem(
        integration=one,
        platform=platform,
        way=offers.offer_of(connector, one.config).title if connector and not platform else "",
        state=state,
        next_at=schedule.next_due(one, at) if runs else None,
        usual_at=schedule.due_at(one, one.local_date(at)) if runs else None,
        locations=locations,
        fields=tuple(filter(None, (_field(one, name) for name in FIELDS if name not in off))),
        remind_days=policy.upload_reminder if state == "upload" else None,
        welcome_days=policy.welcome_days_before,
        grace=(policy.missing_feeds, policy.missing_days),
        clears=tuple(how_it_works.label(name) for name in clears),
        on_hold=known.feed == "held" or bool(known.held),
    )


def _state(one: Integration, source: Source, at: datetime) -> str:
    """How it runs: of `how_it_works.state`."""
    if source in (Source.PREPARING, Source.NOT_SWITCHED_ON, Source.PAUSED, Source.SWITCHED_OFF):
        return str(source)
    if schedule.is_given_up(one, at):
        return "switched_off"
    if not feeds.can_fetch(one):
        return "upload"
    if source in (Source.FAILED, Source.SILENT):
        return "trouble"
    connector = REGISTRY.get(one.connector)
    return "arrives" if connector and connector.dropped else "nightly"


def _field(one: Integration, name: str) -> FieldLine | None:
    """How a field comes from there, or why it does not; None while only the first sync can tell."""
    given, blank = one.last_good.get("columns", ()), one.last_good.get("blank", {})
    here = [field for field in FIELDS[name] if field in given]
    if here:
        empty = all(blank.get(field, 0) >= 1 for field in here)
        return FieldLine(name, how_it_works.not_coming("blank") if empty else "")
    lacks = [availability.reason(one, field) for field in FIELDS[name]]
    mapped = _any(name, one.mapping.get("columns", {}))
    if not one.first_sync_done and not any(lacks):
        return FieldLine(name, how_it_works.not_coming("ahead"), ahead=True) if mapped else None
    why = next(filter(None, lacks), "") or how_it_works.not_coming("gone" if mapped else "absent")
    return FieldLine(name, why)


def _any(name: str, among: object) -> bool:
    return isinstance(among, list | tuple | dict | set | frozenset) and any(
        field in among for field in FIELDS[name]
    )
