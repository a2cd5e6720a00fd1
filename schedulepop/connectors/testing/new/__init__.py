"""The beginning of a connector: five files that run and keep every law, to be changed into a platform's own."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent
TARGETS = {
    "connector.txt": "schedulepop/connectors/{kind}.py",
    "package.txt": "tests/connectors/{kind}/__init__.py",
    "recording.txt": "tests/connectors/{kind}/recording.json",
    "stub.txt": "tests/connectors/{kind}/stub.py",
    "test.txt": "tests/connectors/{kind}/test_{kind}.py",
}


class UnfitKindError(ValueError):
    """The word cannot be a kind; the text says why."""


def write(kind: str, title: str, root: Path) -> list[Path]:
    """Writes the files below `root`. Raises UnfitKindError, and FileExistsError before anything is written."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", kind):
        raise UnfitKindError(
            "A kind has lower-case letters, digits and underscores, and begins with a letter."
        )
    if keyword.iskeyword(kind):
        raise UnfitKindError("A kind is no word of Python's own, for nothing could import it.")
    if not title.isprintable() or set(title) & set('"\\$'):
        raise UnfitKindError("A title has no quotation marks, backslashes or dollar signs.")
    words = {"kind": kind, "KIND": kind.upper(), "title": title, "Kind": kind.title().replace("_", "")}
    files = {root / target.format(kind=kind): name for name, target in TARGETS.items()}
    package = root / "schedulepop/connectors" / kind  # a module beside a package of its name is never read
    for path in (package, *files):
        if path.exists():
            raise FileExistsError(17, "exists", str(path))
    for path, name in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((TEMPLATES / name).read_text("utf-8")).substitute(words), "utf-8")
    return list(files)
