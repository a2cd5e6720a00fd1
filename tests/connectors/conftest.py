"""The laws of connectors in their short form; `make test-all` has the whole."""

from __future__ import annotations

from schedulepop.connectors.testing import Laws
from tests.scale import ALL

Laws.SHORT = not ALL
