"""One word per thing: names that were given up stay given up."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.documents import ROOT, tracked

RETIRED = tomllib.loads((ROOT / "tests/house/retired_words.toml").read_text("utf-8"))
PARTS = {
    "plan": ("schedulepop/sync/plan/",),
    "run": ("schedulepop/sync/run/", "schedulepop/sync/models/", "schedulepop/jobs.py"),
    "review": ("schedulepop/sync/",),
    "web": ("schedulepop/web/", "schedulepop/cli/"),
    "directory": ("schedulepop/directory/", "schedulepop/accounts/", "schedulepop/messages/"),
}
"""Where each table of the list counts: a word can be right in one part and private language in another."""


def names(path: Path) -> Iterator[str]:
    """What a module defines for others: itself, functions, classes, methods, attributes, constants."""
    yield path.stem
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name.strip("_")
        if isinstance(node, ast.Module | ast.ClassDef):
            for child in node.body:
                targets = child.targets if isinstance(child, ast.Assign) else [getattr(child, "target", None)]
                yield from (one.id.strip("_") for one in targets if isinstance(one, ast.Name))


def test_retired_words_do_not_come_back() -> None:
    back = []
    for part, words in RETIRED.items():
        for path in tracked():
            name = str(path.relative_to(ROOT))
            if path.suffix == ".py" and "/migrations/" not in name and name.startswith(PARTS[part]):
                back += [f"{name}: {one} (say {words[one]})" for one in names(path) if one in words]
    assert not back
