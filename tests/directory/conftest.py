"""One small house for every test of a write. Models load after this file, so the house has a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.directory.house import House


@pytest.fixture
def house(db: None) -> House:
    from tests.directory import house as of_this_test

    return of_this_test.build()
