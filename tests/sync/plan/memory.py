"""A User List in memory: gives a snapshot, applies a plan. For tests of the pure pipeline only.

It does what apply does to the tables, on plain rows, as simply as possible, so that it can be read as the
reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import median
from typing import Any

import polars as pl

from schedulepop.employee import ENDED, MAY_SIGN_IN, NEXT_PAY, USER_FIELDS
from schedulepop.lib.text import fold_code
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.records import VALUES
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.guard import DOUBTS_FEED, FEED_RULE_NAMES
from tests.sync.plan.made_frames import frame, nobody, with_bases

Row = dict[str, Any]
_KEPT = [*(name for name in VALUES if name not in USER_FIELDS), "duty_id", "zone_id", "ends_on", *NEXT_PAY]
_RATE = ("pay_rate", "pay_unit", "pay_currency")


@dataclass
class UserList:
    """Rows of every table a snapshot shows."""

    people: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    extras: list[Row] = field(default_factory=list)  # further duties and zones, with their rate dated ahead
    periods: list[Row] = field(default_factory=list)  # employments that were followed by another
    missing: pl.DataFrame = field(default_factory=lambda: nobody().missing)
    edits: list[Row] = field(default_factory=list)
    overrides: list[Row] = field(default_factory=list)
    frame: Snapshot = field(default_factory=nobody)  # locations, codes and names
    first_sync: bool = False
    accepted_short: frozenset[str] = frozenset()
    last_blank: dict[str, float] = field(default_factory=dict)
    last_columns: frozenset[str] = frozenset()
    last_headers: dict[str, str] = field(default_factory=dict)
    last_status: tuple[str, dict[str, int]] = ("", {})  # column, words → records
    answers: list[Row] = field(default_factory=list)  # given and not true yet
    id_changes: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)  # what the guard remembers of earlier runs
    flips: list[Row] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)  # records of the last good runs

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
                extras=frame(self.extras, SNAPSHOT_SCHEMAS["extras"]),
                next_pays=frame(self._next_pays(), SNAPSHOT_SCHEMAS["next_pays"]),
                overrides=frame(self.overrides, SNAPSHOT_SCHEMAS["overrides"]),
                answers=frame(self.answers, SNAPSHOT_SCHEMAS["answers"]),
                missing=self.missing,
                locations=places,
                first_sync=self.first_sync,
                accepted_short=self.accepted_short,
                last_blank=self.last_blank,
                last_columns=self.last_columns,
                last_headers=self.last_headers,
                last_status_column=self.last_status[0],
                last_status_words=self.last_status[1],
                recent_removals=self._recent(self.removed, "recent_removals", today),
                recent_flips=self._recent(self.flips, "recent_flips", today),
                officers=frame(self._officers(), SNAPSHOT_SCHEMAS["officers"]),
                median_read=median(self.reads[-7:]) if self.reads else None,
            )
        )

    def _recent(self, rows: list[Row], name: str, today: date) -> pl.DataFrame:
        """What happened within the guard's seven days and was not taken back."""
        back = {
            (m["user_id"], m["location_id"])
            for m in self.members
            if m["status"] in MAY_SIGN_IN and m.get("ends_on") is None
        }
        lately = [row for row in rows if row["on"] > today - timedelta(days=7)]
        if name == "recent_removals":
            lately = [row for row in lately if (row["user_id"], row["location_id"]) not in back]
        return frame(lately, SNAPSHOT_SCHEMAS[name])

    def _officers(self) -> list[Row]:
        """Admins and managers who may sign in; an admin without a membership may."""
        working = [m for m in self.members if m["status"] in MAY_SIGN_IN]
        able = {m["user_id"] for m in working} | (
            {p["user_id"] for p in self.people} - {m["user_id"] for m in self.members}
        )
        admins = [{"user_id": p["user_id"]} for p in self.people if p["admin"] and p["user_id"] in able]
        return admins + [m for m in working if m["role"] == "manager"]

    def apply(self, plan: Plan, changes: pl.DataFrame | None = None) -> None:
        """Do what goes through, or these changes; remember what the next run compares with."""
        going = plan.applicable if changes is None else changes
        self._links(plan, going)
        for change in going.iter_rows(named=True):
            self._remember(change, plan.today)
            user = self._user(change)
            user.update({name: change[name] for name in USER_FIELDS})
            if change["situation"] != "missing":
                self.links[change["source_id"]] = user["user_id"]
            member = self._membership(change, user["user_id"])
            for extra in plan.extras.filter(pl.col("change_no") == change["change_no"]).iter_rows(named=True):
                self._extra(member, extra)
        told = plan.fields.join(going, on="change_no", how="semi").join(going, on="change_no")
        for user_id, name in told.select("user_id", "field").iter_rows():
            self.edits = [e for e in self.edits if (e["user_id"], e["field"]) != (user_id, name)]
        over = plan.released.filter(~pl.col("needs_approval"))["override_id"].to_list()
        self.overrides = [one for one in self.overrides if one["override_id"] not in over]
        self.missing = plan.missing
        self.first_sync = False
        if plan.columns and not any(rule in DOUBTS_FEED for rule in plan.holds["rule"].to_list()):
            self.last_blank, self.last_columns = dict(plan.blank), frozenset(plan.columns)
            self.last_headers = dict(plan.columns)
            self.last_status = plan.columns.get("status", ""), self.last_status[1] | plan.status_words
            self.reads.append(plan.counts["read"])

    def lately(self, user_id: int, place: int, *, flipped: str, left: str | None) -> None:
        """What earlier runs did to the newest membership: the days it ended or went on, the day access ended."""
        member = self.members[-1]["membership_id"]
        self.flips += [{"membership_id": member, "on": date.fromisoformat(on)} for on in flipped.split()]
        if left:
            self.removed.append({"location_id": place, "user_id": user_id, "on": date.fromisoformat(left)})

    def _remember(self, change: Row, today: date) -> None:
        if change["removal"]:
            left = change["from_membership_id"] or change["membership_id"]
            place = next(m["location_id"] for m in self.members if m["membership_id"] == left)
            self.removed.append({"location_id": place, "user_id": change["user_id"], "on": today})
        if change["verb"] in ("deactivate", "reactivate"):
            self.flips.append({"membership_id": change["membership_id"], "on": today})

    def _links(self, plan: Plan, going: pl.DataFrame) -> None:
        """What was found and answered, but for what is on hold: links over, links made, answers done."""
        held = plan.changes.join(going, on="change_no", how="anti")["source_id"].to_list()
        doubted = plan.holds.filter(pl.col("rule").is_in(sorted(FEED_RULE_NAMES)))
        if doubted.height and going.height < plan.changes.height:
            everybody = pl.lit("organization" in doubted["scope"].to_list())
            there = pl.col("location_id").is_in(doubted["location_id"].drop_nulls().implode())
            held += plan.records.filter(everybody | there)["source_id"].to_list()
        for source_id, _, for_id in plan.retired.iter_rows():
            if for_id not in held:
                del self.links[source_id]
        for source_id, user_id, _ in plan.links.iter_rows():
            if source_id not in held:
                self.links[source_id] = user_id
        self.id_changes += [c for c in plan.id_changes.iter_rows(named=True) if c["new_id"] not in held]
        done = [answer for source_id, answer in plan.answered.iter_rows() if source_id not in held]
        self.answers = [a for a in self.answers if a["answer_id"] not in done]

    def _user(self, change: Row) -> Row:
        wanted = change["user_id"] or self.links.get(change["source_id"])
        for person in self.people:
            if person["user_id"] == wanted:
                return person
        number = max((p["user_id"] for p in self.people), default=0) + 1
        self.people.append({"user_id": number, "confirmed_email": None, "local": False, "admin": False})
        return self.people[-1]

    def _next_pays(self) -> list[Row]:
        """Rates dated ahead, of primary duties and of extras."""
        paid = [{**m, "duty_id": m.get("duty_id")} for m in self.members] + self.extras
        return [
            {
                "membership_id": row["membership_id"],
                "duty_id": row["duty_id"],
                "on": row["next_pay_on"],
                **{name: row[f"next_{name}"] for name in _RATE},
            }
            for row in paid
            if row.get("next_pay_on") and row["duty_id"]
        ]

    def _extra(self, member: Row, extra: Row) -> None:
        """A further duty or zone of payroll appears, goes, or its pay moves; a manager's stays the manager's."""
        column = f"{extra['kind']}_id"
        found = extra["id"] or self._code(extra["kind"], member["location_id"], extra["code"], extra["new"])
        rows = [
            e for e in self.extras if e["membership_id"] == member["membership_id"] and e.get(column) == found
        ]
        if not rows:
            rows = [
                {
                    "membership_id": member["membership_id"],
                    "duty_id": None,
                    "zone_id": None,
                    column: found,
                    "by_manager": False,
                }
            ]
            self.extras += rows
        gone = extra["gone"]
        rows[0].update(
            {name: None if gone else extra[name] for name in (*_RATE, *NEXT_PAY)}, by_payroll=not gone
        )
        if gone and not rows[0]["by_manager"]:
            self.extras.remove(rows[0])

    def _promoted(self, member: Row, before: Row) -> None:
        """The primary moved: what is primary now is no extra; what was a manager's extra returns to being one."""
        for kind in ("duty", "zone"):
            column, kept = f"{kind}_id", f"{kind}_by_manager"
            if member.get(column) == before.get(column):
                continue
            mine = [e for e in self.extras if e["membership_id"] == member["membership_id"]]
            now_primary = [e for e in mine if e.get(column) == member.get(column)]
            self.extras = [e for e in self.extras if e not in now_primary]
            if before.get(kept):
                self.extras.append(
                    {
                        "membership_id": member["membership_id"],
                        "duty_id": None,
                        "zone_id": None,
                        column: before[column],
                        "by_payroll": False,
                        "by_manager": True,
                    }
                )
            member[kept] = any(e["by_manager"] for e in now_primary)

    def _membership(self, change: Row, user_id: int) -> Row:
        place = change["location_id"]
        if change["from_membership_id"] is not None:
            old = next(m for m in self.members if m["membership_id"] == change["from_membership_id"])
            old.update(status="inactive", ends_on=None)
        found = [m for m in self.members if (m["user_id"], m["location_id"]) == (user_id, place)]
        if not found:
            number = max((m["membership_id"] for m in self.members), default=100) + 1
            found = [{"membership_id": number, "user_id": user_id, "location_id": place, "role": "staff"}]
            self.members += found
        before = dict(found[0])
        if change["verb"] == "reactivate" and (
            change["hire_date"] is None or change["hire_date"] != before["hire_date"]
        ):
            self.periods.append(before)
        found[0].update({name: change[name] for name in _KEPT}, payroll_owned=True)
        for kind in ("duty", "zone"):
            if change[f"{kind}_new"] is not None:
                found[0][f"{kind}_id"] = self._code(
                    kind, place, change[f"{kind}_code"], change[f"{kind}_new"]
                )
        self._promoted(found[0], before)
        self._primary_location(found[0], change["primary_location"])
        return found[0]

    def _primary_location(self, member: Row, becomes: bool) -> None:
        """At most one per person: the first one, the one payroll names, and never an ended one beside a live one."""
        theirs = [m for m in self.members if m["user_id"] == member["user_id"]]
        marked = [m for m in theirs if m.get("is_primary")]
        live = [m for m in theirs if m["status"] not in ENDED and m["payroll_owned"]]
        if becomes or not marked:
            marked = [member]
        if marked[0]["status"] in ENDED and live:
            marked = live[:1]
        for row in theirs:
            row["is_primary"] = row is marked[0]

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
