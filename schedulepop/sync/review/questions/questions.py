"""Open questions about who somebody is, as a reader may see them: what payroll says beside each candidate.

They stand in the plan of the integration's newest run. A manager sees those of their locations; of a candidate
elsewhere whom they do not look after they learn that there is one, and no more (SPEC §3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access
from schedulepop.directory.models import Location, Membership
from schedulepop.lib.text import fold
from schedulepop.sync.models import Answer, Integration, IntegrationState, Link, Trigger
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.questions import QUESTION, QUESTIONS, SUGGESTION
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
class Question:
    """A record that waits until a person says who it is."""

    integration: Integration
    source_id: str
    row: int
    code: str
    location: Location | None
    first_name: str
    last_name: str
    email: str
    phone: str
    employee_number: str
    hire_date: date | None
    duty: str
    suggested: tuple[Suggested, ...]
    may_differ: bool  # whether the reader may answer that it is none of them
    answer: Answer | None  # given already, and true with the next run

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def answerable(self) -> bool:
        """Whether the reader can answer anything at all."""
        return self.may_differ or any(one.kinds for one in self.suggested)


def open_questions(
    where: Integration | Organization,
    actor: Actor,
    *,
    source_id: str | None = None,
    answered: bool = False,
    at: int | None = None,
    start: int = 0,
    size: int | None = None,
) -> list[Question]:
    """The open questions this actor may see; `answered`: also those whose answer waits for the next run.

    `at`: only records of this location.
    """
    found: list[Question] = []
    for integration in _integrations(where):
        rows, suggestions = _visible(integration, actor, source_id)
        rows = rows if at is None else rows.filter(pl.col("location_id") == at)
        given = _answers(integration, rows)
        if not answered:
            settled = [key for key, one in given.items() if one is not None]
            rows = rows.filter(~pl.col("source_id").is_in(settled))
        wanted = rows.slice(start, size)
        found += _questions(integration, wanted, suggestions, given, actor)
        start, size = max(0, start - rows.height), None if size is None else size - wanted.height
    return found


def how_many(where: Integration | Organization, actor: Actor, *, at: int | None = None) -> int:
    """How many open questions this actor may see."""
    total = 0
    for integration in _integrations(where):
        rows, _ = _visible(integration, actor, None)
        rows = rows if at is None else rows.filter(pl.col("location_id") == at)
        total += sum(one is None for one in _answers(integration, rows).values())
    return total


def _integrations(where: Integration | Organization) -> Iterable[Integration]:
    if isinstance(where, Integration):
        return [where]
    return (
        Integration.objects.filter(organization=where)
        .exclude(state=IntegrationState.RETIRED)
        .select_related("organization")
        .order_by("slug")
    )


def _visible(
    integration: Integration, actor: Actor, source_id: str | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """QUESTION and SUGGESTION of the newest plan, as far as this actor may see them."""
    read = integration.runs.filter(plan__isnull=False, undo_of=None).exclude(trigger=Trigger.EFFECTIVE)
    newest = read.order_by("-number").values_list("plan").first()
    if newest is None or newest[0] is None:
        return pl.DataFrame(schema=QUESTION), pl.DataFrame(schema=SUGGESTION)
    kept = storage.parts(newest[0], questions=QUESTION, suggestions=SUGGESTION)
    rows = kept["questions"]
    if source_id is not None:
        rows = rows.filter(pl.col("source_id") == source_id)
    else:  # who was recognized by email can be denied, but nothing waits for it
        rows = rows.filter(pl.col("code").is_in(QUESTIONS))
    if not actor.runs_syncs(integration.organization):
        managed = access.managed_locations(actor, integration.organization).values_list("pk", flat=True)
        rows = rows.filter(pl.col("location_id").is_in(list(managed)))
    return rows, kept["suggestions"].join(rows, on="source_id", how="semi", maintain_order="left")


def _answers(integration: Integration, rows: pl.DataFrame) -> dict[str, Answer | None]:
    """Each question's answer that the next run makes true; a record that got another name asks again."""
    if rows.is_empty():
        return {}
    live = Answer.objects.filter(integration=integration, withdrawn_at=None, applied_at=None)
    found = {one.source_id: one for one in live.filter(source_id__in=rows["source_id"].to_list())}
    return {
        key: one
        if (one := found.get(key)) is not None and still_about(one, f"{first or ''} {last or ''}")
        else None
        for key, first, last in rows.select("source_id", "first_name", "last_name").iter_rows()
    }


def still_about(answer: Answer, name: str) -> bool:
    """Whether an answer is still about a record of this name."""
    return not answer.name or fold(answer.name) == fold(name)


def _questions(
    integration: Integration,
    rows: pl.DataFrame,
    suggestions: pl.DataFrame,
    given: dict[str, Answer | None],
    actor: Actor,
) -> list[Question]:
    """The rows of one page, with everybody they name fetched at once."""
    if rows.is_empty():
        return []
    named = suggestions.join(rows, on="source_id", how="semi", maintain_order="left")
    people = Candidates.read(integration, named["user_id"].unique().to_list(), actor)
    places = {place.pk: place for place in Location.objects.filter(organization=integration.organization)}
    per_id: dict[str, list[tuple[int, int, str]]] = {}
    for source_id, user_id, score, why in named.iter_rows():
        per_id.setdefault(source_id, []).append((user_id, score, why or ""))
    found = []
    for row in rows.iter_rows(named=True):
        place = places.get(row["location_id"])
        said = {
            name: row[name] or "" for name in ("first_name", "last_name", "email", "phone", "employee_number")
        }
        found.append(
            Question(
                integration=integration,
                source_id=row["source_id"],
                row=row["row"],
                code=row["code"],
                location=place,
                **said,
                hire_date=row["hire_date"],
                duty=row["duty_code"] or "",
                suggested=tuple(
                    people.suggested(*one, code=row["code"], place=place)
                    for one in per_id.get(row["source_id"], [])
                    if one[0] in people.users
                ),
                may_differ=people.decides,
                answer=given.get(row["source_id"]),
            )
        )
    return found


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
