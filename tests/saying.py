"""What findings, holds and refusals say, for tests that read sentences as people do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import pytest

from schedulepop.lib.reasons import ReasonedError
from schedulepop.wording import findings, holds, refusals


def problems(found: pl.DataFrame) -> list[str]:
    """The sentences of PROBLEM."""
    return findings.messages(found.iter_rows(named=True))


def held(found: pl.DataFrame) -> list[str]:
    """The sentences of HOLD."""
    return holds.reasons(found.to_dicts())


def because(reason: str, **params: Any) -> list[dict[str, Any]]:
    """What an issue keeps of one finding."""
    return [{"reason": reason, "params": params, "row": None, "column": None, "value": None}]


@contextmanager
def refusing(cause: type[ReasonedError], words: str) -> Iterator[pytest.ExceptionInfo[ReasonedError]]:
    """Expects this error, and that its sentence has these words (a regular expression)."""
    with pytest.raises(cause) as raised:
        yield raised
    assert re.search(words, refusals.of(raised.value))
