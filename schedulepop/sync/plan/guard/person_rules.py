"""Guard rules that hold one person, whatever the numbers of the run (SPEC §5 Guard).

An ID that names somebody else and records that contradict each other are person rules too: match lets those
people wait before a change is planned for them. Pay ten times higher or lower is in `pay_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.employee import MAY_SIGN_IN
from schedulepop.sync.plan.guard.context import REMOVAL, GuardContext, Hold
from schedulepop.sync.plan.guard.pay_rules import pay_absurd
from schedulepop.sync.plan.names import full_names

FLIPS = ("deactivate", "reactivate")


def last_admin(context: GuardContext, changes: pl.DataFrame) -> Iterator[Hold]:
    """Nobody would be left who may act as admin of the organization."""
    if context.snapshot.officers.is_empty():
        return
    admins = context.snapshot.officers.filter(pl.col("location_id").is_null())["user_id"]
    out = changes.filter(REMOVAL & (pl.col("verb") != "transfer") & pl.col("user_id").is_in(admins.implode()))
    if out.is_empty():
        return
    stays = context.snapshot.members.filter(
        pl.col("status").is_in(sorted(MAY_SIGN_IN)),
        ~pl.col("membership_id").is_in(changes.filter(REMOVAL)["membership_id"].drop_nulls().implode()),
    )
    out = out.join(stays, on="user_id", how="anti", maintain_order="left")
    if out.is_empty() or admins.n_unique() > out["user_id"].n_unique():
        return
    for source_id, name in (
        out.select("source_id", full_names(out).alias("name")).unique(maintain_order=True).iter_rows()
    ):
        yield Hold("last_admin", 1.0, 1.0, {"name": name}, source_id=source_id)


def last_manager(context: GuardContext, changes: pl.DataFrame) -> Iterator[Hold]:
    """A location would have no manager any more."""
    if context.snapshot.officers.is_empty():
        return
    leaving = changes.filter(REMOVAL).rename({"location_id": "to_location", "left_location": "location_id"})
    out = leaving.join(
        context.snapshot.officers, on=["user_id", "location_id"], how="semi", maintain_order="left"
    )
    for (location,), gone in out.group_by("location_id", maintain_order=True):
        managers = context.snapshot.officers.filter(pl.col("location_id") == location)["user_id"]
        if managers.n_unique() > gone["user_id"].n_unique():
            continue
        place = int(str(location))
        for source_id, name in gone.select("source_id", full_names(gone).alias("name")).iter_rows():
            params = {"name": name, "place": context.place(place)}
            yield Hold("last_manager", 1.0, 1.0, params, source_id=source_id)


def flapping(context: GuardContext, changes: pl.DataFrame) -> Iterator[Hold]:
    """Somebody whose employment ended and went on, or the other way round, within a few days."""
    if context.snapshot.recent_flips.is_empty():
        return
    going = changes.filter(pl.col("held_by").is_null() & pl.col("verb").is_in(FLIPS))
    before = context.snapshot.recent_flips.group_by("membership_id", maintain_order=True).len("flips")
    again = going.join(before, on="membership_id", how="inner", maintain_order="left").filter(
        pl.col("flips") + 1 >= context.policy.flips
    )
    for source_id, name, verb, flips in again.select(
        "source_id", full_names(again).alias("name"), "verb", "flips"
    ).iter_rows():
        params = {"name": name, "leaves": verb == "deactivate"}
        params |= {"flips": flips + 1, "days": context.policy.flip_days}
        yield Hold("flapping", float(flips + 1), float(context.policy.flips), params, source_id=source_id)


PERSON_RULES: tuple[Callable[[GuardContext, pl.DataFrame], Iterator[Hold]], ...] = (
    last_admin,
    last_manager,
    flapping,
    pay_absurd,
)
"""In the order in which the first one that trips names a held person."""
