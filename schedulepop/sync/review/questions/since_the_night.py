"""What runs at once have asked and settled since the feed that speaks: about their people they have the last word."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.models import Integration, RunState
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.outcomes import RECORD
from schedulepop.sync.plan.frames.questions import QUESTION, SUGGESTION
from schedulepop.sync.run import speaking


def since_the_night(
    integration: Integration, known: speaking.Heard
) -> tuple[pl.DataFrame, pl.DataFrame, set[str]]:
    """QUESTION and SUGGESTION of runs at once since the feed that speaks, and the IDs they have the last word about."""
    rows, suggestions, settled = pl.DataFrame(schema=QUESTION), pl.DataFrame(schema=SUGGESTION), set[str]()
    if not known.speaking:
        return rows, suggestions, settled
    since = integration.runs.at_once().filter(
        state=RunState.APPLIED, number__gt=known.speaking[0].run.number, plan__isnull=False
    )
    for blob in since.order_by("-number").values_list("plan", flat=True).iterator(chunk_size=20):
        kept = storage.parts(blob or b"", questions=QUESTION, suggestions=SUGGESTION, records=RECORD)
        asked = kept["questions"].filter(~pl.col("source_id").is_in(list(settled)))
        theirs = kept["suggestions"].join(asked, on="source_id", how="semi", maintain_order="left")
        rows, suggestions = pl.concat([rows, asked]), pl.concat([suggestions, theirs])
        told = kept["records"].filter(pl.col("bucket") != "held")["source_id"].drop_nulls()
        settled |= {*asked["source_id"], *told}
    return rows, suggestions, settled
