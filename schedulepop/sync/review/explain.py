"""One person of one run: what came in, who it was and why, what changed, what was held, and what to do.

From the stored plan and the stored feed, so that it works for runs applied, planned, held, superseded or undone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import access
from schedulepop.employee import BY_NAME, PAY_FIELDS, TELLS_PAY, Sensitivity
from schedulepop.lib import text
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.models import Link, Run
from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.frames.changes import SCOPE, stopped_by
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.names import fold_names, full_names
from schedulepop.sync.run import feeds, runs
from schedulepop.wording import findings, similarity
from schedulepop.wording import holds as hold_words
from schedulepop.wording import issues as issue_words

NAMES_PLACES = ("location", "primary_location")
ELSEWHERE = "another location"
MATCHES = {
    "linked": "Linked: the payroll ID is known to be {who}.",
    "found": "Found: the employee number and the name agree with {who}.",
    "found_elsewhere": "Somebody at another location has the same email and name: {who}.",
    "new": "New: nobody is known by this ID, number or email.",
    "missing": "Missing: no record of the file carries this payroll ID.",
    "ambiguous": "More than one person fits: {who}.",
    "id_changed": "Somebody already linked to another payroll ID fits: {who}.",
    "unreadable": "The payroll ID cannot be used, so the record is nobody's.",
}
BUCKETS = {
    "created": "Added",
    "updated": "Updated",
    "reactivated": "Back",
    "transferred": "Transferred",
    "deactivated": "Ended",
    "unchanged": "Unchanged: nothing in it was to be written",
    "held": "Held",
    "rejected": "Not usable",
    "excluded": "Left out",
}


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record as it came: its row, and (label, source column, value) of every mapped column."""

    row: int
    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer, in the order in which it is told."""

    run: Run
    source_id: str
    name: str
    user_id: int | None
    came: tuple[SourceRecord, ...]
    kept: bool  # whether the feed itself is still there
    match: str
    suggestions: tuple[str, ...]
    outcomes: tuple[str, ...]
    changes: tuple[dict[str, Any], ...]  # verb, location, held, fields [{field, old, new, why}]
    holds: tuple[str, ...]
    issues: tuple[tuple[str, str], ...]  # title, message with what to do
    location_ids: frozenset[int] = field(default_factory=frozenset)


def explain(run: Run, who: str, *, actor: Actor) -> Explained:
    """`who`: a payroll ID, a username, or a name. Raises Refused when the run has nobody like that, or several.

    A manager is told of their own locations' people only, with contacts masked; pay is for those who may see it.
    """
    plan = runs.stored_plan(run)
    if plan is None:
        raise Refused(f"Run {run.number} has no plan, so there is nothing to explain. {run.error}".strip())
    mine = (
        None
        if actor.runs_syncs(run.organization)
        else _places(access.managed_locations(actor, run.organization))
    )
    paid = _places(access.pay_locations(actor, run.organization))
    source_id = _find(run, plan, who, mine)
    records = plan.records.filter(pl.col("source_id") == source_id)
    changes = plan.changes.filter(pl.col("source_id") == source_id)
    here = frozenset([*records["location_id"].drop_nulls(), *changes["location_id"].drop_nulls()])
    if mine is not None and not here & mine:
        raise Refused(_not_in_run(run, who))
    if mine is not None:
        records = records.filter(pl.col("location_id").is_in(list(mine)))
        changes = changes.filter(pl.col("location_id").is_in(list(mine)))
    names = [*records["name"].drop_nulls(), *full_names(changes).drop_nulls()]
    users = [*records["user_id"].drop_nulls(), *changes["user_id"].drop_nulls()]
    link = Link.objects.filter(integration=run.integration, source_id=source_id, retired_at=None).first()
    user_id = users[0] if users else link.user_id if link else None
    rows = None if mine is None else records["row"].drop_nulls().to_list()
    came, kept = _came(run, plan, source_id, rows, pay=bool(here) and here <= paid)
    return Explained(
        run=run,
        source_id=source_id,
        name=names[0] if names else source_id,
        user_id=user_id,
        came=came,
        kept=kept,
        match=_match(records, changes, user_id, actor),
        suggestions=_suggestions(plan, source_id, actor, run),
        outcomes=tuple(_outcome(row) for row in records.iter_rows(named=True)),
        changes=_changes(plan, changes, run, pay=paid, mine=mine),
        holds=_holds(plan, changes, mine, waits=runs.is_waiting(run)),
        issues=_issues(plan, source_id, records, mine),
        location_ids=here,
    )


def _places(locations: Any) -> frozenset[int]:
    return frozenset(locations.values_list("pk", flat=True))


def _not_in_run(run: Run, who: str) -> str:
    return f"Run {run.number} has nobody called {who}. Name them by payroll ID, username, or full name."


def _find(run: Run, plan: Plan, who: str, mine: Collection[int] | None) -> str:
    """The payroll ID that is meant."""
    known = pl.concat(
        [
            plan.records.select("source_id", "name", "location_id"),
            plan.changes.select("source_id", full_names(plan.changes).alias("name"), "location_id"),
        ]
    ).drop_nulls("source_id")
    if mine is not None:
        known = known.filter(pl.col("location_id").is_in(list(mine)))
    if who in known["source_id"]:
        return who
    user = User.objects.filter(username=who.lower(), organization=run.organization).first()
    ids = (
        list(Link.objects.filter(integration=run.integration, user=user).values_list("source_id", flat=True))
        if user
        else []
    )
    found = known.filter(pl.col("source_id").is_in(ids))
    if found.is_empty():
        found = known.filter(fold_names(known["name"]) == text.fold(who))
    several = found["source_id"].unique().sort().to_list()
    if not several:
        raise Refused(_not_in_run(run, who))
    if len(several) > 1:
        raise Refused(f"Several people are called {who}: {', '.join(several)}. Name one by payroll ID.")
    return str(several[0])


def _came(
    run: Run, plan: Plan, source_id: str, only: Collection[int] | None, *, pay: bool
) -> tuple[tuple[SourceRecord, ...], bool]:
    """The records of this ID in the stored feed, in its mapped columns. A manager's are `only` these rows, masked."""
    if run.raw is None or run.raw.content is None:
        return (), False
    try:
        table = feeds.read_stored(run.raw, feeds.policy_of(run.integration)).table
    except NeedsAdmin:
        return (), False
    columns = {name: column for name, column in plan.columns.items() if column in table.columns}
    rows = table.filter(fingerprints.record_ids(table, columns) == source_id)
    if only is not None:
        rows = rows.filter(pl.col("row").is_in(list(only)))
    shown = [name for name in columns if pay or name not in PAY_FIELDS]
    return tuple(
        SourceRecord(
            row["row"],
            tuple(
                (BY_NAME[n].label, columns[n], _shown(n, row[columns[n]], only is not None))
                for n in shown
                if n in BY_NAME
            ),
        )
        for row in rows.iter_rows(named=True)
    ), True


def _shown(name: str, value: str | None, mask: bool) -> str:
    if not value:
        return ""
    return text.mask(value) if mask and BY_NAME[name].sensitivity is Sensitivity.CONTACT else value


def _match(records: pl.DataFrame, changes: pl.DataFrame, user_id: int | None, actor: Actor) -> str:
    """How it was found; somebody the reader does not look after, whose ID it was so far, is not named."""
    said = [*records["situation"].drop_nulls(), *changes["situation"].drop_nulls()]
    if not said:
        return "Left out before anybody was looked for."
    user = User.objects.filter(pk=user_id).first() if user_id else None
    if user is None:
        return MATCHES[said[0]].format(who="see below")
    readable = access.users(actor, user.organization).filter(pk=user.pk).exists()
    who = f"{user.full_name} ({user.username})" if readable else "somebody at another location"
    return MATCHES[said[0]].format(who=who)


def _suggestions(plan: Plan, source_id: str, actor: Actor, run: Run) -> tuple[str, ...]:
    """Who a record that waits may be; only people the reader may see."""
    near = plan.suggestions.filter(pl.col("source_id") == source_id).sort("score", descending=True)
    people = access.users(actor, run.organization).in_bulk(near["user_id"].to_list())
    return tuple(
        f"{people[user].full_name}: {similarity.reasons(why)} ({score} of 100)"
        for user, score, why in near.select("user_id", "score", "why").iter_rows()
        if user in people
    )


def _outcome(row: dict[str, Any]) -> str:
    said = BUCKETS[row["bucket"]]
    return f"{said}: {issue_words.title(row['reason']).lower()}" if row["reason"] else said


def _changes(
    plan: Plan, changes: pl.DataFrame, run: Run, *, pay: Collection[int], mine: Collection[int] | None
) -> tuple[dict[str, Any], ...]:
    places = dict(run.organization.locations.values_list("pk", "name"))
    theirs = None if mine is None else {places[pk] for pk in mine if pk in places}
    told = []
    for change in changes.iter_rows(named=True):
        fields = plan.fields.filter(pl.col("change_no") == change["change_no"]).drop("change_no").to_dicts()
        if change["location_id"] not in pay:
            fields = [one for one in fields if one["field"] not in TELLS_PAY]
        if theirs is not None:
            fields = [of_places(one, theirs) for one in fields]
        told.append(
            {
                "verb": change["verb"],
                "location": places.get(change["location_id"], ""),
                "held_by": change["held_by"],
                "fields": fields,
            }
        )
    return tuple(told)


def of_places(field: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    """A field of a change for a manager: of locations they do not look after only that they are others."""
    if field["field"] not in NAMES_PLACES:
        return field
    hidden = {way: ELSEWHERE for way in ("old", "new") if field[way] and field[way] not in known}
    return field | hidden


def _holds(
    plan: Plan, changes: pl.DataFrame, mine: Collection[int] | None, *, waits: bool
) -> tuple[str, ...]:
    """Why it is on hold, or what was found when that is decided.

    A reason of the whole organization names people a manager may not know.
    """
    found = plan.holds.join(
        stopped_by(changes), on=SCOPE, how="semi", nulls_equal=True, maintain_order="left"
    )
    if mine is not None:
        found = found.filter(pl.col("location_id").is_in(list(mine)))
    say = hold_words.reasons if waits else hold_words.findings
    return tuple(say(found.to_dicts()))


def _issues(
    plan: Plan, source_id: str, records: pl.DataFrame, mine: Collection[int] | None
) -> tuple[tuple[str, str], ...]:
    rows = records["row"].drop_nulls().to_list()
    found = plan.problems.filter((pl.col("source_id") == source_id) | pl.col("row").is_in(rows))
    if mine is not None:
        found = found.filter(pl.col("row").is_in(rows))
    name = next(iter(records["name"].drop_nulls()), None)
    told = [
        (
            issue_words.title(one["code"]),
            findings.message(one) if mine is None else findings.for_managers(one, name),
        )
        for one in found.iter_rows(named=True)
    ]
    return tuple(dict.fromkeys(told))
