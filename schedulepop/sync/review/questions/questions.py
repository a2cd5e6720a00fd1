"""Open questions about who somebody is, as a reader may see them: what payroll says beside each candidate.

They stand in the plans of the feeds that speak (`run.speaking`). A manager sees those of their locations; of
a candidate elsewhere whom they do not look after they learn that there is one, and no more (SPEC §3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory import access
from schedulepop.directory.models import Location
from schedulepop.lib.text import fold
from schedulepop.sync.models import Answer, Integration, IntegrationState
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.questions import QUESTION, QUESTIONS, SUGGESTION
from schedulepop.sync.review.questions.candidates import Candidates, Suggested
from schedulepop.sync.review.questions.since_the_night import since_the_night
from schedulepop.sync.run import speaking


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


def waiting_for(
    where: Integration | Organization, actor: Actor, *, at: int | None = None
) -> list[tuple[Integration, str]]:
    """Integration and payroll ID of each open question that this actor can answer, in the order of `open_questions`."""
    found: list[tuple[Integration, str]] = []
    for integration in _integrations(where):
        if actor.runs_syncs(integration.organization):  # who decides can answer any
            rows, _ = _visible(integration, actor, None)
            rows = rows if at is None else rows.filter(pl.col("location_id") == at)
            found += [(integration, key) for key, one in _answers(integration, rows).items() if one is None]
        else:
            asked = open_questions(integration, actor, at=at)
            found += [(integration, one.source_id) for one in asked if one.answerable]
    return found


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
    """QUESTION and SUGGESTION that are open, as far as this actor may see them."""
    rows, suggestions = _open(integration)
    if source_id is not None:
        rows = rows.filter(pl.col("source_id") == source_id)
    else:  # who was recognized by email can be denied, but nothing waits for it
        rows = rows.filter(pl.col("code").is_in(QUESTIONS))
    if not actor.runs_syncs(integration.organization):
        managed = access.managed_locations(actor, integration.organization).values_list("pk", flat=True)
        rows = rows.filter(pl.col("location_id").is_in(list(managed)))
    return rows, suggestions.join(rows, on="source_id", how="semi", maintain_order="left")


def _open(integration: Integration) -> tuple[pl.DataFrame, pl.DataFrame]:
    """QUESTION and SUGGESTION of the feeds that speak, each ID as the newest of them asks it.

    A feed held because payroll seems to have renumbered people asks who they are as well: that is what it waits for.
    """
    known = speaking.heard(integration)
    asking = [(one.run, one.about) for one in known.speaking]
    newer = known.newer if known.waits else None
    if newer is not None and any(hold["rule"] == "ids_changed" for hold in newer.holds):
        asking.append((newer, known.doubt.covers))
    rows, suggestions, settled = since_the_night(integration, known)
    for run, about in asking:
        kept = storage.parts(run.plan or b"", questions=QUESTION, suggestions=SUGGESTION)
        places = kept["questions"]["location_id"].unique()
        here = [place for place in places.to_list() if about(place)]
        asked = kept["questions"].filter(
            pl.col("location_id").is_in(here, nulls_equal=True)
            & ~pl.col("source_id").is_in([*rows["source_id"], *settled])
        )
        theirs = kept["suggestions"].join(asked, on="source_id", how="semi", maintain_order="left")
        rows, suggestions = pl.concat([rows, asked]), pl.concat([suggestions, theirs])
    return rows, suggestions


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
