"""A User List in memory: gives a snapshot, applies a plan. For tests of the pure pipeline only.

It does what apply does to the tables, on plain rows, as simply as possible, so that it can be read as the
reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from schedulepop.employee import USER_FIELDS
from schedulepop.lib.text import fold_code
from schedulepop.sync.frames import SNAPSHOT_SCHEMAS, VALUES, Plan, Snapshot
from schedulepop.sync.pipeline import FEED_RULES
from tests.sync.made_frames import frame, nobody, with_bases

Row = dict[str, Any]
_KEPT = [*(name for name in VALUES if name not in USER_FIELDS), "duty_id", "zone_id", "ends_on"]


@dataclass
class UserList:
    """Rows of every table a snapshot shows."""

    people: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    missing: pl.DataFrame = field(default_factory=lambda: nobody().missing)
    edits: list[Row] = field(default_factory=list)
    frame: Snapshot = field(default_factory=nobody)  # locations, codes and names
    first_sync: bool = False
    accepted_short: frozenset[str] = frozenset()
    last_blank: dict[str, float] = field(default_factory=dict)
    last_columns: frozenset[str] = frozenset()

    def snapshot(self, today: date) -> Snapshot:
        """All of it, on this day."""
        run_before = {m["location_id"] for m in self.members if m["payroll_owned"]}
        places = self.frame.locations.with_columns(
            pl.lit(today).alias("today"),
            (~pl.col("location_id").is_in(sorted(run_before))).alias("first_run"),
        )
        linked = [{"source_id": source_id, "user_id": user} for source_id, user in self.links.items()]
        return with_bases(
            replace(
                self.frame,
                people=frame(self.people, SNAPSHOT_SCHEMAS["people"]),
                members=frame(self.members, SNAPSHOT_SCHEMAS["members"]),
                links=frame(linked, SNAPSHOT_SCHEMAS["links"]),
                edits=frame(self.edits, SNAPSHOT_SCHEMAS["edits"]),
                missing=self.missing, locations=places, first_sync=self.first_sync,
                accepted_short=self.accepted_short, last_blank=self.last_blank, last_columns=self.last_columns,
            )
        )  # fmt: skip

    def apply(self, plan: Plan, changes: pl.DataFrame | None = None) -> None:
        """Do what goes through, or these changes; remember what the next run compares with."""
        going = plan.going if changes is None else changes
        for change in going.iter_rows(named=True):
            user = self._user(change)
            user.update({name: change[name] for name in USER_FIELDS})
            self.links[change["source_id"]] = user["user_id"]
            self._membership(change, user["user_id"])
        told = plan.fields.join(going, on="change_no", how="semi").join(going, on="change_no")
        for user_id, name in told.select("user_id", "field").iter_rows():
            self.edits = [e for e in self.edits if (e["user_id"], e["field"]) != (user_id, name)]
        self.missing = plan.missing
        self.first_sync = False
        if not any(rule in FEED_RULES for rule in plan.holds["rule"].to_list()):
            self.last_blank, self.last_columns = dict(plan.blank), frozenset(plan.columns)

    def _user(self, change: Row) -> Row:
        wanted = change["user_id"] or self.links.get(change["source_id"])
        for person in self.people:
            if person["user_id"] == wanted:
                return person
        number = max((p["user_id"] for p in self.people), default=0) + 1
        self.people.append({"user_id": number, "confirmed_email": None, "local": False, "admin": False})
        return self.people[-1]

    def _membership(self, change: Row, user_id: int) -> None:
        place = change["location_id"]
        if change["from_membership_id"] is not None:
            old = next(m for m in self.members if m["membership_id"] == change["from_membership_id"])
            old.update(status="inactive", ends_on=None)
        found = [m for m in self.members if (m["user_id"], m["location_id"]) == (user_id, place)]
        if not found:
            number = max((m["membership_id"] for m in self.members), default=100) + 1
            found = [{"membership_id": number, "user_id": user_id, "location_id": place, "role": "staff"}]
            self.members += found
        found[0].update({name: change[name] for name in _KEPT}, payroll_owned=True)
        for kind in ("duty", "zone"):
            if change[f"{kind}_new"] is not None:
                found[0][f"{kind}_id"] = self._code(
                    kind, place, change[f"{kind}_code"], change[f"{kind}_new"]
                )

    def _code(self, kind: str, place: int, code: str, name: str) -> int:
        """The duty or zone this code names at the location, made if it is not there yet."""
        codes: pl.DataFrame = getattr(self.frame, f"{kind}_codes")
        known = codes.filter((pl.col("location_id") == place) & (pl.col("code") == fold_code(code)))
        if known.height:
            return int(known["id"][0])
        number = 900 + codes.height
        row = pl.DataFrame([(place, fold_code(code), number, name)], schema=codes.schema, orient="row")
        names = pl.concat([getattr(self.frame, f"{kind}_names"), row.select("id", "name")])
        self.frame = replace(self.frame, **{f"{kind}_codes": pl.concat([codes, row]), f"{kind}_names": names})
        return number
