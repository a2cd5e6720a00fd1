"""A folder for received files, and a key pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.lib.formats import KeyPair, make_key_pair
from tests.lib.formats.receiving import Received


@pytest.fixture
def received(tmp_path: Path) -> Received:
    return Received(tmp_path)


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return make_key_pair("Maple Health <payroll@maple.example>")
