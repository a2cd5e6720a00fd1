"""SQL kept in files beside the code that runs it, so that it can be read, explained and tested."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def load(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`. Raises FileNotFoundError when there is none."""
    return (resources.files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")
