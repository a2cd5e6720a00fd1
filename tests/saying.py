"""What findings and holds of a plan say, for tests that read sentences as people do."""

from __future__ import annotations

from typing import Any

import polars as pl

from schedulepop.wording import findings, holds


def problems(found: pl.DataFrame) -> list[str]:
    """The sentences of PROBLEM."""
    return findings.messages(found.iter_rows(named=True))


def held(found: pl.DataFrame) -> list[str]:
    """The sentences of HOLD."""
    return holds.reasons(found.to_dicts())


def because(reason: str, **params: Any) -> list[dict[str, Any]]:
    """What an issue keeps of one finding."""
    return [{"reason": reason, "params": params, "row": None, "column": None, "value": None}]
