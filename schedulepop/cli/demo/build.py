"""Maple Health through the product's own doors: set up, first sync by hand, next morning by itself.

Only the clock is arranged: the first sync is dated the day before, the second early this morning, so that the
pages look as they do after one night.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.cli.demo import maple_health as maple
from schedulepop.directory import actions
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.actions.officers import add_granted
from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.lib.text import fold_code
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, Link, Run, Trigger
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feed_folders, runs

BUILDER = Actor.operator("demo")
EXPORT = "payroll.csv"


def exists() -> bool:
    """Whether Maple Health has had its second morning."""
    return Run.objects.filter(
        integration__organization__slug=maple.ORGANIZATION.slug, trigger=Trigger.SCHEDULE, state="applied"
    ).exists()


def begun() -> bool:
    """Whether an earlier attempt left something behind."""
    return Organization.objects.filter(slug__in=[maple.ORGANIZATION.slug, maple.VENDOR.slug]).exists()


def steps() -> Iterator[str]:
    """Builds everything, saying each step as it is done."""
    today = now().astimezone(ZoneInfo(maple.ORGANIZATION.timezone)).date()
    with transaction.atomic():
        organization = add_maple_health()
    yield f"{organization.name}: {len(maple.LOCATIONS)} facilities, {len(maple.DUTIES)} duties"
    client_success = Actor.of(User.objects.get(username=maple.CLIENT_SUCCESS.username))
    integration = _integration(organization, client_success, today)
    first = first_sync(integration, client_success)
    yield f"First sync, previewed and approved by {maple.CLIENT_SUCCESS.first_name}: {first.counts['created']} people"
    _day_of_work(organization)
    yield "A day at work: two managers, extra duties, one local edit"
    morning = _next_morning(integration, today)
    yield "Next morning: " + ", ".join(
        f"{figure} {bucket.replace('_', ' ')}"
        for bucket, figure in morning.counts.items()
        if figure and bucket != "read"
    )
    _arrange_clock(first, morning, organization)


def sign_ins() -> list[tuple[str, str, str]]:
    """Name, role and what they see, of everyone a visitor can be."""
    words = {"client_success": "Client Success"}
    return [
        (f"{s.first_name} {s.last_name}", words.get(s.role, s.role.capitalize()), s.shows)
        for s in maple.SIGN_INS
    ]


def add_maple_health() -> Organization:
    """Maple Health with its facilities, duties, zones and codes, HR and Client Success; and the vendor."""
    contact = maple.SUPPORT_CONTACT
    vendor = actions.add_organization(
        maple.VENDOR.name, maple.VENDOR.timezone, actor=BUILDER, slug=maple.VENDOR.slug, vendor=True
    )
    organization = actions.add_organization(
        maple.ORGANIZATION.name,
        maple.ORGANIZATION.timezone,
        actor=BUILDER,
        slug=maple.ORGANIZATION.slug,
        support_name=f"{contact.first_name} {contact.last_name}",
        support_email=contact.email,
        support_phone=contact.phone,
    )
    Organization.objects.filter(pk__in=[vendor.pk, organization.pk]).update(demo=True)
    for facility in maple.LOCATIONS:
        place = actions.add_location(
            organization, facility.name, actor=BUILDER, codes=[facility.code], timezone=facility.timezone
        )
        for duty in facility.duties:
            actions.add_duty(place, duty.name, actor=BUILDER, codes=[duty.code], cms_code=duty.cms)
        for zone in facility.zones:
            actions.add_zone(place, zone.name, actor=BUILDER, codes=[zone.code])
    for person in (maple.ADMIN, maple.CLIENT_SUCCESS):
        add_granted(
            vendor if person is maple.CLIENT_SUCCESS else organization,
            NewPerson(person.first_name, person.last_name, person.email, person.phone, role=person.role),
            works_for=organization,
            actor=BUILDER,
            username=person.username,
        )
    return organization


def _integration(organization: Organization, actor: Actor, today: date) -> Integration:
    _write(organization, maple.first_feed(today), days_ago=1)
    return lifecycle.add(
        organization,
        "Payroll",
        connector="file",
        config={"path": EXPORT},
        actor=actor,
        mapping=Mapping.model_validate(maple.MAPPING),
        policy=maple.POLICY,
    )


def first_sync(integration: Integration, actor: Actor) -> Run:
    """Preview, approval and activation; a welcome for those who have not started yet, nobody else."""
    lifecycle.test(integration, actor=actor)
    preview = runs.drive(runs.request(integration, trigger=Trigger.MANUAL, actor=actor, preview=True).pk)
    plan = runs.stored_plan(preview)
    upcoming = (
        []
        if plan is None
        else plan.changes.filter(plan.changes["status"] == "upcoming")["source_id"].to_list()
    )
    done = runs.approve(preview, plan_hash=preview.plan_hash, actor=actor, welcome=upcoming)
    lifecycle.activate(integration, actor=actor)
    return done


def _day_of_work(organization: Organization) -> None:
    """What people do between two syncs: roles, extras, an edit, somebody added by hand."""
    for person in maple.SIGN_INS:
        if person.source_id and person.role == "manager":
            actions.set_role(_membership(person.source_id), Membership.MANAGER, actor=BUILDER)
    manager = Actor.of(_membership(str(maple.MANAGER.source_id)).user)
    for extra in maple.EXTRAS:
        member = _membership(extra.source_id)
        if extra.kind == "duty":
            actions.add_extra_duty(member, _duty(member.location, extra.code), actor=manager)
        else:
            actions.add_extra_zone(member, _zone(member.location, extra.code), actor=manager)
    edit = maple.EDIT
    actions.edit_user(_membership(edit.source_id).user, {edit.field: edit.value}, actor=manager)
    there = maple.ALREADY_THERE
    place = Location.objects.get(organization=organization, codes__code=fold_code(there.location))
    actions.add_user(
        place,
        NewPerson(
            there.first_name,
            there.last_name,
            there.email,
            there.phone,
            duty=_duty(place, there.duty),
            zone=_zone(place, there.zone),
            hire_date=there.hire_date,
        ),
        actor=BUILDER,
        welcome=False,
    )


def _next_morning(integration: Integration, today: date) -> Run:
    """The scheduled run of the day, driven here instead of by the worker."""
    _write(integration.organization, maple.next_feed(today), days_ago=0)
    integration.refresh_from_db()
    run = runs.request(integration, trigger=Trigger.SCHEDULE, actor=jobs.SCHEDULER)
    return runs.drive(run.pk)


def _arrange_clock(first: Run, morning: Run, organization: Organization) -> None:
    """The first sync yesterday at noon, the second early this morning, when that has passed already."""
    zone = ZoneInfo(organization.timezone)
    moment = now()
    noon = datetime.combine(first.local_date - timedelta(days=1), time(12, 4), zone)
    early = min(datetime.combine(morning.local_date, time(2, 14), zone), moment)
    for run, at in ((first, noon), (morning, early)):
        spent = timedelta(seconds=float(run.summary.get("seconds", {}).get("total", 1)))
        Run.objects.filter(pk=run.pk).update(
            requested_at=at, started_at=at, finished_at=at + spent, local_date=at.astimezone(zone).date()
        )
        changed = run.changes.values("membership_id")
        Membership.objects.filter(pk__in=changed).update(changed_at=at)
        run.integration.issues.filter(first_run=run).update(first_seen_at=at)
    written = min(datetime.combine(morning.local_date, time(1, 50), zone), moment)
    Run.objects.filter(pk=morning.pk).update(source_time=written)
    Integration.objects.filter(pk=morning.integration_id).update(
        last_success_at=early, last_source_time=written
    )


def _write(organization: Organization, feed: bytes, *, days_ago: int) -> None:
    """The file payroll leaves; its modification time is the source's time."""
    path = feed_folders.make(organization) / EXPORT
    path.write_bytes(feed)
    written = (now() - timedelta(days=days_ago, minutes=20)).timestamp()
    os.utime(path, (written, written))


def _membership(source_id: str) -> Membership:
    link = Link.objects.select_related("user").get(
        source_id=source_id, integration__organization__slug=maple.ORGANIZATION.slug
    )
    return link.user.memberships.select_related("user", "location", "organization").get()


def _duty(place: Location, code: str) -> Duty:
    return Duty.objects.get(location=place, codes__code=fold_code(code))


def _zone(place: Location, code: str) -> Zone:
    return Zone.objects.get(location=place, codes__code=fold_code(code))
