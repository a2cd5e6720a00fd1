"""The User List in memory with the ids the database gave, so that the next day's plan fits both."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from schedulepop.directory.models import Duty, Membership, Zone
from schedulepop.sync.models import Link
from tests.sync.plan.memory import UserList


def as_stored(now: UserList) -> None:
    """Renumber people, memberships, duties and zones that were made meanwhile: by link, place and name."""
    links = dict(Link.objects.filter(retired_at=None).values_list("source_id", "user_id"))
    users = {user: links[source_id] for source_id, user in now.links.items()}
    ids = {"user_id": users, "duty_id": _parts(now, "duty"), "zone_id": _parts(now, "zone")}
    places = {(m.user_id, m.location_id): m.pk for m in Membership.objects.all()}
    ids["membership_id"] = {
        m["membership_id"]: places[users.get(m["user_id"], m["user_id"]), m["location_id"]]
        for m in now.members
    }
    tables = (
        now.people,
        now.members,
        now.extras,
        now.periods,
        now.edits,
        now.overrides,
        now.removed,
        now.flips,
    )
    for row in (row for table in tables for row in table):
        row.update({name: known.get(row[name], row[name]) for name, known in ids.items() if name in row})
    now.links = {source_id: users[user] for source_id, user in now.links.items()}


def _parts(now: UserList, kind: str) -> dict[int, int]:
    """In memory → stored, of duties or zones; the codes and names of memory follow."""
    model: type[Duty] | type[Zone] = Duty if kind == "duty" else Zone
    stored = {(one.location_id, one.name): one.pk for one in model.objects.all()}
    codes: pl.DataFrame = getattr(now.frame, f"{kind}_codes")
    known = {
        pk: stored[place, name] for pk, place, name in codes.select("id", "location_id", "name").iter_rows()
    }
    renumbered = {
        f"{kind}_{table}": getattr(now.frame, f"{kind}_{table}").with_columns(pl.col("id").replace(known))
        for table in ("codes", "names")
    }
    now.frame = replace(now.frame, **renumbered)
    return known
