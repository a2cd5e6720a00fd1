"""Gathers the facts about everybody who resembles a text: users of every status with their memberships, links
and welcome letters, and the records of each integration's last feed. Reads only; who may learn what of it is
decided in `answer`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Q

from schedulepop import employee
from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, IntegrationState, Link, MissingLink, RunState
from schedulepop.sync.run import speaking
from schedulepop.sync.run.speaking import NOWHERE, Heard
from schedulepop.sync.whereis.endings import why_ended
from schedulepop.sync.whereis.facts import Freshness, PersonFacts, Place, Record
from schedulepop.sync.whereis.feed_search import SearchedFeed, doubted_by
from schedulepop.sync.whereis.query import Query
from schedulepop.sync.whereis.score import SURE
from schedulepop.sync.whereis.user_search import users_like, users_numbered

FRESH_FOR = timedelta(hours=26)  # SPEC §4


def gather(organization: Organization, query: Query, now: datetime) -> tuple[list[PersonFacts], Freshness]:
    """Everybody who resembles the text, most alike first, and how fresh what it rests on is."""
    used = Integration.objects.filter(organization=organization).exclude(state=IntegrationState.RETIRED)
    searched: list[SearchedFeed] = []
    found: list[Freshness] = []
    for integration in used.select_related("organization").order_by("pk"):
        known = speaking.heard(integration)
        found.append(_freshness(integration, known, now))
        searched += SearchedFeed.all_of(known)
    if not (query.words or query.email or query.digits or query.number or query.loose):
        return [], _weakest(found)
    similarities, records = _search(organization, query, searched)
    likes = [*similarities.values(), *(like for like, _, _ in records)]
    if query.loose and max(likes, default=0.0) < SURE:
        similarities, records = _search(organization, query, searched, loosely=True)
    owners = _owners(records)
    for like, record, feed in records:
        user_id = owners.get((feed.run.integration_id, record.source_id))
        if user_id is not None:
            similarities[user_id] = max(like, similarities.get(user_id, 0.0))
    strangers = [
        PersonFacts(similarity=like, name=record.name, records=(record,))
        for like, record, feed in records
        if (feed.run.integration_id, record.source_id) not in owners
    ]
    people = [*_of_users(similarities, searched), *strangers]
    return sorted(people, key=lambda one: (-one.similarity, one.name)), _weakest(found)


def _search(
    organization: Organization, query: Query, searched: list[SearchedFeed], *, loosely: bool = False
) -> tuple[dict[int, float], list[tuple[float, Record, SearchedFeed]]]:
    """How alike users are, and the records that resemble the text."""
    users = users_numbered(organization, query) if loosely else users_like(organization, query)
    found = [
        (like, record, feed) for feed in searched for like, record in feed.resembling(query, loosely=loosely)
    ]
    return users, _said_once(found)


def _said_once(
    found: list[tuple[float, Record, SearchedFeed]],
) -> list[tuple[float, Record, SearchedFeed]]:
    """Each payroll ID as the first of the feeds says it: the newest that speaks."""
    first: dict[tuple[int, str], SearchedFeed] = {}
    for _, record, feed in found:
        first.setdefault((feed.run.integration_id, record.source_id), feed)
    return [
        one
        for one in found
        if not one[1].source_id or first[one[2].run.integration_id, one[1].source_id] is one[2]
    ]


def _owners(records: Iterable[tuple[float, Record, SearchedFeed]]) -> dict[tuple[int, str], int]:
    """Whose the records are, by the links as they stand now."""
    ids: dict[int, set[str]] = {}
    for _, record, feed in records:
        ids.setdefault(feed.run.integration_id, set()).add(record.source_id)
    wanted = Q(pk=None)
    for integration, some in ids.items():
        wanted |= Q(integration=integration, source_id__in=some)
    links = Link.objects.filter(wanted, retired_at=None).values_list("integration", "source_id", "user")
    return {(integration, source_id): user for integration, source_id, user in links}


def _of_users(similarities: dict[int, float], searched: list[SearchedFeed]) -> list[PersonFacts]:
    """The traces of these users, with the records their links lead to, in a few queries for all of them."""
    users = User.objects.filter(pk__in=similarities).order_by("pk")
    places: dict[int, list[Place]] = {}
    theirs = Membership.objects.filter(user__in=similarities).select_related("location", "primary_duty")
    members = list(theirs.order_by("user", "-is_primary", "location__name"))
    whys = why_ended([one for one in members if employee.is_ended(one.status)])
    for one in members:
        places.setdefault(one.user_id, []).append(_place(one, whys.get(one.pk, "")))
    letters = {
        one.user_id: one
        for one in Message.objects.filter(
            user__in=similarities, kind__in=("welcome", "welcome_back", "set_up")
        )
        .order_by("created_at", "pk")
        .defer("context")
    }
    links: dict[int, list[tuple[int, str]]] = {}
    for user, integration, source_id in Link.objects.filter(
        user__in=similarities, retired_at=None
    ).values_list("user", "integration", "source_id"):
        links.setdefault(user, []).append((integration, source_id))
    records = _records(links, searched)
    missing, not_there = _missing(links.values())
    return [
        PersonFacts(
            similarity=similarities[user.pk],
            name=user.full_name,
            user_id=user.pk,
            places=tuple(
                replace(
                    one,
                    missing_since=next(
                        (
                            not_there[*link, one.location_id]
                            for link in links.get(user.pk, ())
                            if (*link, one.location_id) in not_there
                        ),
                        None,
                    ),
                )
                for one in places.get(user.pk, ())
            ),
            records=_records_of(links.get(user.pk, ()), records, places.get(user.pk, ())),
            ids=tuple(source_id for _, source_id in links.get(user.pk, ())),
            reachable=bool(user.email),
            set_up=user.has_usable_password(),
            letter=letters[user.pk].state if user.pk in letters else "",
            letter_at=(letters[user.pk].sent_at or letters[user.pk].created_at)
            if user.pk in letters
            else None,
            missing_since=next((missing[link] for link in links.get(user.pk, ()) if link in missing), None),
        )
        for user in users
    ]


def _records_of(
    links: Iterable[tuple[int, str]],
    records: dict[tuple[int, str], list[Record]],
    places: Iterable[Place],
) -> tuple[Record, ...]:
    """A person's records; of a newer feed on hold only those of a place where they do not work."""
    works = {one.location_id for one in places if not one.ended}
    theirs = [record for link in links for record in records.get(link, ())]
    return tuple(one for one in theirs if not one.newer or one.location_id not in works)


def _place(one: Membership, ended_by: str) -> Place:
    number = f"No. {one.employee_number}" if one.employee_number else ""
    duty = one.primary_duty.name if one.primary_duty else ""
    return Place(
        location_id=one.location_id,
        location=one.location.name,
        status=one.status,
        hire_date=one.hire_date,
        ended_on=one.termination_date,
        ends_on=one.ends_on,
        blocked=one.access_blocked_at is not None,
        about=", ".join(part for part in (duty, number) if part),
        number=one.employee_number,
        ended_by=ended_by,
    )


def _records(
    links: dict[int, list[tuple[int, str]]], searched: list[SearchedFeed]
) -> dict[tuple[int, str], list[Record]]:
    found: dict[tuple[int, str], list[Record]] = {}
    for feed in searched:
        own = {
            source_id
            for some in links.values()
            for integration, source_id in some
            if integration == feed.run.integration_id
        }
        said = set() if feed.newer else {*found}
        for record in feed.of_ids(own) if own else ():
            key = (feed.run.integration_id, record.source_id)
            if key not in said:
                found.setdefault(key, []).append(record)
    return found


def _missing(
    links: Collection[list[tuple[int, str]]],
) -> tuple[dict[tuple[int, str], date], dict[tuple[int, str, int], date]]:
    """Since when payroll names somebody nowhere, by link; since when not at one place of theirs, by link and place."""
    ids = [source_id for some in links for _, source_id in some]
    rows = MissingLink.objects.filter(source_id__in=ids, feeds__gt=0).order_by("pk")
    nowhere = rows.filter(about=MissingLink.About.PERSON)
    not_there = rows.filter(about=MissingLink.About.PLACE, location__isnull=False)
    return (
        {(one.integration_id, one.source_id): one.since for one in nowhere},
        {(one.integration_id, one.source_id, one.location_id or 0): one.since for one in not_there},
    )


def _freshness(integration: Integration, known: Heard, now: datetime) -> Freshness:
    run = known.speaking[0].run if known.speaking else None
    newer = known.newer if known.waits else None
    newest = (
        integration.runs.full().exclude(state__in=[RunState.QUEUED, RunState.RUNNING]).filter(preview=False)
    )
    last = newest.defer("plan").order_by("-number").first()
    failed = last is not None and last.state == RunState.FAILED
    source_time = run.source_time if run else None
    return Freshness(
        connected=True,
        first_sync_done=integration.first_sync_done,
        run_id=run.pk if run else None,
        run_number=run.number if run else None,
        source_time=source_time,
        read_at=run.finished_at if run else None,
        feed_held=doubted_by(newer, *known.doubt.places) if newer else "",
        doubt=known.doubt if newer else NOWHERE,
        newer_run_id=newer.pk if newer else None,
        newer_time=newer.source_time if newer else None,
        failed=last.error if last is not None and failed else "",
        late=source_time is None or now - source_time > FRESH_FOR,
    )


def _weakest(found: list[Freshness]) -> Freshness:
    """Of several integrations the one that explains an absence best: the one in trouble, else the oldest data."""
    if not found:
        return Freshness()
    started = [one for one in found if one.first_sync_done] or found
    return max(
        started,
        key=lambda one: (
            bool(one.failed),
            bool(one.feed_held),
            one.late,
            -(one.source_time.timestamp() if one.source_time else 0),
        ),
    )
