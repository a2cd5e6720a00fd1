"""How a column is declared that the database guards by other means than Django's own foreign key."""

from __future__ import annotations

from typing import Any

TWIN: Any = {"db_constraint": False, "db_index": False}
"""For a column that a composite foreign key of sql/truths.sql constrains and another index begins with, and for
history, which outlives what it names: checked and indexed once at most, because a bulk load pays for each."""
