"""Whom a record may be: the suggested people with what a question shows of them, and what a reader may answer."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import access
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.models import Answer, Integration, Link
from schedulepop.wording import similarity

Kind = Answer.Kind
HERE_OR_MOVED = (Kind.ADD_HERE, Kind.TRANSFER)


@dataclass(frozen=True, slots=True)
class Suggested:
    """Somebody the record may be."""

    user: User
    score: int
    why: str
    visible: bool  # whether the reader may know who it is
    memberships: tuple[Membership, ...]  # with location and primary duty
    ids: tuple[str, ...]  # payroll ids of this integration that are theirs already
    kinds: tuple[str, ...]  # what the reader may answer about them: same, add_here, transfer

    @property
    def live(self) -> tuple[Membership, ...]:
        """Where they work, or will."""
        return tuple(one for one in self.memberships if one.status not in employee.ENDED)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates with what the questions show of them, and whom this actor looks after."""

    decides: bool  # admin or Client Success
    managed: frozenset[int]
    users: dict[int, User]
    memberships: dict[int, list[Membership]]
    ids: dict[int, list[str]]

    @classmethod
    def read(cls, integration: Integration, user_ids: list[int], actor: Actor) -> Candidates:
        organization = integration.organization
        users = User.objects.filter(organization=organization, pk__in=user_ids, merged_into=None)
        memberships: dict[int, list[Membership]] = {}
        for one in (
            Membership.objects.filter(user__in=user_ids)
            .select_related("location", "primary_duty")
            .order_by("pk")
        ):
            memberships.setdefault(one.user_id, []).append(one)
        ids: dict[int, list[str]] = {}
        links = Link.objects.filter(integration=integration, user__in=user_ids, retired_at=None).order_by(
            "pk"
        )
        for user_id, source_id in links.values_list("user_id", "source_id"):
            ids.setdefault(user_id, []).append(source_id)
        managed = access.managed_locations(actor, organization).values_list("pk", flat=True)
        return cls(
            actor.runs_syncs(organization),
            frozenset(managed),
            {one.pk: one for one in users},
            memberships,
            ids,
        )

    def suggested(
        self, user_id: int, score: int, why: str, *, code: str, place: Location | None
    ) -> Suggested:
        """One candidate of one question."""
        works = self.memberships.get(user_id, [])
        return Suggested(
            user=self.users[user_id],
            score=score,
            why=similarity.reasons(why),
            memberships=tuple(works),
            visible=self.decides or any(one.location_id in self.managed for one in works),
            ids=tuple(self.ids.get(user_id, [])),
            kinds=self.kinds(user_id, code, place),
        )

    def kinds(self, user_id: int, code: str, place: Location | None) -> tuple[str, ...]:
        """What this actor may answer about somebody: the same person, or where they work from now on.

        A manager may add or move somebody between locations they look after both; who somebody is decide admins
        and Client Success.
        """
        if self.users[user_id].local:
            return ()
        live = [one for one in self.memberships.get(user_id, []) if one.status not in employee.ENDED]
        elsewhere = bool(live) and place is not None and all(one.location_id != place.pk for one in live)
        if code not in ("found_elsewhere", "possible_match") or not elsewhere:
            return (Kind.SAME,) if self.decides else ()
        if self.decides:
            return HERE_OR_MOVED
        if code != "found_elsewhere":
            return ()
        mine = [one.location_id in self.managed for one in live]
        return HERE_OR_MOVED if all(mine) else (Kind.ADD_HERE,) if any(mine) else ()
