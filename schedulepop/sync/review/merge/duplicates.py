"""Who is on the User List twice? Pairs of users that resemble each other, likeliest first, with the reasons.

The scoring is match's own, so a pair found here and a question asked by a run agree. Only pairs that share a mailbox,
a phone, an employee number or enough of a name are scored, so that many people cost little more than few. What
somebody called different people is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.timezone import now as clock

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import DistinctPair
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.match.scoring import THRESHOLD, with_reasons, with_similarity
from schedulepop.sync.plan.names import with_folded_names
from schedulepop.sync.run.snapshot.distinct_people import pairs as apart_pairs
from schedulepop.wording import similarity

KEYS = (
    ("email",),
    ("phone",),
    ("employee_number",),
    ("first_fold", "last_fold"),
    ("last_fold", "initial"),
    ("last_fold", "location_id"),
    ("last_fold", "hire_date"),
    ("first_fold", "hire_date"),
)
"""Two users are compared when all values of one of these are equal."""
_TOO_MANY = 200  # a key that so many share says nothing (a switchboard's phone, a placeholder)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two users who may be one person; `kept` is the one to go on, unless somebody prefers the other."""

    kept: User
    merged: User
    score: int
    why: str


def find(organization: Organization, *, actor: Actor) -> list[Pair]:
    """The pairs of an organization, likeliest first. Raises NotAllowed."""
    if not actor.runs_syncs(organization):
        raise NotAllowed(f"Only an admin of {organization.name} or Client Success can look for duplicates.")
    people, places = _people(organization), _places(organization)
    records = _records(people, places)
    pairs = _candidates(records)
    if pairs.is_empty():
        return []
    frames: dict[str, Any] = {name: empty(schema) for name, schema in SNAPSHOT_SCHEMAS.items()}
    held = replace(Snapshot(**frames, first_sync=False), people=people, members=places)
    judged = with_reasons(with_similarity(pairs, records, held)).filter(pl.col("score") >= THRESHOLD)
    best = (
        judged.join(records.select("row", "user_id"), on="row", how="left", maintain_order="left")
        .sort("score", "user_id", "candidate", descending=[True, False, False], maintain_order=True)
        .unique(["user_id", "candidate"], keep="first", maintain_order=True)
    )
    return _pairs(organization, best.select("user_id", "candidate", "score", "why").rows())


def different(one: User, other: User, *, actor: Actor) -> None:
    """Remember that two users are different people."""
    if one.organization_id != other.organization_id or one.pk == other.pk:
        raise Refused("Name two different users of one organization.")
    if not actor.runs_syncs(one.organization):
        raise NotAllowed(f"Only an admin of {one.organization.name} or Client Success can say that.")
    first, second = sorted((one, other), key=lambda user: user.pk)
    with transaction.atomic():
        _, new = DistinctPair.objects.get_or_create(
            one=first,
            other=second,
            defaults={"organization": one.organization, "by": actor.by, "at": clock()},
        )
        if new:
            for user, who in ((one, other), (other, one)):
                changes = [audit.change("user", None, who.username)]
                audit.record(
                    actor, one.organization, "different_people", ("user", user.pk), user=user, changes=changes
                )


def _people(organization: Organization) -> pl.DataFrame:
    rows = (
        User.objects.filter(organization=organization, merged_into=None)
        .order_by("pk")
        .values_list("pk", "first_name", "last_name", "email", "phone", "confirmed_email", "local")
    )
    told = [(*(value or None for value in row[:6]), row[6], False) for row in rows]
    return pl.DataFrame(told, schema=SNAPSHOT_SCHEMAS["people"], orient="row")


def _places(organization: Organization) -> pl.DataFrame:
    names = ("membership_id", "user_id", "location_id", "employee_number", "hire_date", "original_hire_date")
    rows = (
        Membership.objects.filter(organization=organization)
        .order_by("pk")
        .values_list("pk", "user_id", "location_id", "employee_number", "hire_date", "original_hire_date")
    )
    schema = {name: SNAPSHOT_SCHEMAS["members"][name] for name in names}
    told = [(pk, user, place, number or None, *days) for pk, user, place, number, *days in rows]
    return pl.DataFrame(told, schema=schema, orient="row")


def _records(people: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """A row per membership, or per person without one, as match compares records."""
    joined = people.join(places, on="user_id", how="left", maintain_order="left").with_row_index("row")
    folded = with_folded_names(joined)
    return folded.with_columns(
        pl.col("email").str.to_lowercase(), pl.col("first_fold").str.slice(0, 1).alias("initial")
    )


def _candidates(records: pl.DataFrame) -> pl.DataFrame:
    """(row, candidate), each pair of users once per membership of the older one."""
    found = []
    for key in KEYS:
        named = records.drop_nulls(key)
        few = named.filter(pl.len().over(key) <= _TOO_MANY)
        mine, theirs = (
            few.select("row", "user_id", *key),
            few.select(pl.col("user_id").alias("candidate"), *key),
        )
        found.append(
            mine.join(theirs, on=key, how="inner", maintain_order="left")
            .filter(pl.col("user_id") < pl.col("candidate"))
            .select("row", "candidate")
        )
    return pl.concat(found).unique(maintain_order=True)


def _pairs(organization: Organization, rows: Iterable[tuple[int, int, int, str]]) -> list[Pair]:
    with connection.cursor() as wrapped:
        apart = set(apart_pairs(wrapped.cursor, organization.pk).rows())
    open_ = [row for row in rows if (row[0], row[1]) not in apart]
    asked = User.objects.filter(pk__in=set(chain.from_iterable(row[:2] for row in open_)))
    users = {
        user.pk: user
        for user in asked.select_related("organization").prefetch_related("memberships__location")
    }
    found = []
    for one, other, score, why in open_:
        kept, merged = sorted((users[one], users[other]), key=_worth)
        found.append(Pair(kept, merged, score, similarity.reasons(why)))
    return found


def _worth(user: User) -> tuple[bool, bool, int]:
    """Who goes on first: whoever has a password, then whoever works by payroll's word, then the older one."""
    works = any(m.payroll_owned and not employee.is_ended(m.status) for m in user.memberships.all())
    return (not user.has_usable_password(), not works, user.pk)
