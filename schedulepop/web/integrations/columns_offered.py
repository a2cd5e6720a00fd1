"""The columns page of a platform or of a known report: what is proposed, what cannot be given or was not granted."""

from __future__ import annotations

from dataclasses import replace

from schedulepop.sync.integrations import availability
from schedulepop.web.integrations.setup_columns import Column, Columns
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.integrations.words import FORMAT_WORDS, WANTED


def with_offer(shown: Columns, setup: Setup) -> Columns:
    """The page's view with `Proposed` where the connector says so, and the reason beside each kind that is missing."""
    reasons = {words: _reason(setup, want) for words, (want,), _ in WANTED}
    known = shown.known
    if setup.proposed:
        known = tuple(_proposed(one, setup) for one in known)
    ticks = tuple(
        replace(one, note=f"{reasons[one.words]}. {one.note}".strip())
        if one.state != "yes" and reasons.get(one.words)
        else one
        for one in shown.ticks
    )
    return replace(shown, known=known, ticks=ticks)


def _proposed(column: Column, setup: Setup) -> Column:
    """A column that the connector or the file's profile proposes; how its days are written may be proposed, too."""
    if column.word != "Chosen":
        return column
    mapping = setup.report.mapping
    if mapping is None or setup.draft is not None or column.field not in mapping.dates:
        return replace(column, word="Proposed")
    written = FORMAT_WORDS[mapping.dates[column.field]]
    title = setup.report.profiles[0].title
    return replace(column, word="Proposed", note=f"Proposed: {written}, as reports from {title} write them.")


def _reason(setup: Setup, want: str) -> str:
    """Why none of the ways to give it is there; nothing where one of them could be."""
    found = [
        next((said for part in way.split("+") if (said := availability.reason(setup.integration, part))), "")
        for way in want.split("|")
    ]
    return found[0] if all(found) else ""
