"""Invented first and last names, wide enough for a year of hires."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
FIRST = tuple((HERE / "first_names.txt").read_text("utf-8").split())
LAST = tuple((HERE / "last_names.txt").read_text("utf-8").split())
