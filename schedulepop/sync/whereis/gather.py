"""Gathers the facts about everybody who resembles a text: users of every status with their memberships, links
and welcome letters, and the records of each integration's last feed. Reads only; who may learn what of it is
decided in `answer`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
from django.db.models import Q

from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, IntegrationState, Link, MissingLink, Run, RunState
from schedulepop.sync.plan.guard import FEED_RULE_NAMES
from schedulepop.sync.whereis.facts import Freshness, PersonFacts, Place, Record
from schedulepop.sync.whereis.feed_search import SearchedFeed, last_run
from schedulepop.sync.whereis.query import Query
from schedulepop.sync.whereis.score import SURE, similarity
from schedulepop.wording import holds as hold_words

MOST = 40  # people looked at more closely
FRESH_FOR = timedelta(hours=26)  # SPEC §4
_PERSON = {"user_id": pl.Int64, "name": pl.String, "email": pl.String, "phone": pl.String}


def gather(organization: Organization, query: Query, now: datetime) -> tuple[list[PersonFacts], Freshness]:
    """Everybody who resembles the text, most alike first, and how fresh what it rests on is."""
    used = Integration.objects.filter(organization=organization).exclude(state=IntegrationState.RETIRED)
    searched: list[SearchedFeed] = []
    found: list[Freshness] = []
    for integration in used.select_related("organization").order_by("pk"):
        run = last_run(integration)
        found.append(_freshness(integration, run, now))
        if run is not None:
            searched.append(SearchedFeed.of(run))
    if not (query.words or query.email or query.digits or query.number):
        return [], _weakest(found)
    similarities = _users_like(organization, query)
    records = [(like, record, feed) for feed in searched for like, record in feed.resembling(query)]
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


def _users_like(organization: Organization, query: Query) -> dict[int, float]:
    """Users of the organization who resemble the text; somebody merged into another is nobody any more."""
    rows = User.objects.filter(organization=organization, merged_into=None)
    people = pl.DataFrame(
        [
            (pk, f"{first} {last}", email or confirmed, phone)
            for pk, first, last, email, confirmed, phone in rows.order_by("pk").values_list(
                "pk", "first_name", "last_name", "email", "confirmed_email", "phone"
            )
        ],
        schema=_PERSON,
        orient="row",
    )
    like = people.with_columns(similarity(people.drop("user_id"), query)).filter(pl.col("similarity") > 0)
    found = dict(
        like.sort("similarity", descending=True).head(MOST).select("user_id", "similarity").iter_rows()
    )
    if query.number:
        numbered = Membership.objects.filter(organization=organization, employee_number__iexact=query.number)
        linked = Link.objects.filter(
            organization=organization, source_id__iexact=query.number, retired_at=None
        )
        for rows_of in (numbered, linked):
            found |= dict.fromkeys(rows_of.values_list("user", flat=True)[:MOST], SURE)
    return found


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
    members = Membership.objects.filter(user__in=similarities).select_related("location", "primary_duty")
    for one in members.order_by("user", "-is_primary", "location__name"):
        places.setdefault(one.user_id, []).append(_place(one))
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
            records=tuple(record for link in links.get(user.pk, ()) for record in records.get(link, ())),
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


def _place(one: Membership) -> Place:
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
        for record in feed.of_ids(own) if own else ():
            found.setdefault((feed.run.integration_id, record.source_id), []).append(record)
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


def _freshness(integration: Integration, run: Run | None, now: datetime) -> Freshness:
    newest = integration.runs.exclude(state__in=[RunState.QUEUED, RunState.RUNNING]).filter(preview=False)
    last = newest.defer("plan").order_by("-number").first()
    failed = last is not None and last.state == RunState.FAILED
    held = (
        [
            hold_words.reason(hold["rule"], hold["params"])
            for hold in (run.holds if run else [])
            if hold["rule"] in FEED_RULE_NAMES and hold["scope"] == "organization"
        ]
        if run and (run.state == RunState.HELD or run.rest == Run.Rest.WAITING)
        else []
    )
    source_time = run.source_time if run else None
    return Freshness(
        connected=True,
        first_sync_done=integration.first_sync_done,
        run_id=run.pk if run else None,
        run_number=run.number if run else None,
        source_time=source_time,
        read_at=run.finished_at if run else None,
        feed_held=" ".join(held),
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
