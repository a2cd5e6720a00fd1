"""The documents as tests see them: their links, code blocks, tables, and the tests they name."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("schedulepop", "tests", "bench", "docs", "examples", "requirements", "deploy", ".ci")
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
_NAMED_TEST = re.compile(r"`((?:tests/)?[\w/]+\.py)::(test_\w+)`")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_GENERATED = re.compile(r"<!-- generated: ([\w-]+) -->\n(.*?)<!-- end -->", re.S)
_LISTED = re.compile(r"<!-- list: ([\w-]+) -->\n+((?:\|.*\n)+)")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file git keeps; without git, every file of the known folders."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [
            str(path.relative_to(ROOT))
            for path in (*ROOT.glob("*"), *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*")))
            if "__pycache__" not in path.parts
        ]
    return tuple(sorted(path for name in listed if name and (path := ROOT / name).is_file()))


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def in_diff(self) -> list[str]:
        """The files of the diff beside a recipe; of other documents none."""
        diff = self.path.with_suffix(".diff")
        return re.findall(r"^\+\+\+ b/(.+)$", diff.read_text("utf-8"), re.M) if diff.exists() else []

    def links(self) -> Iterator[str]:
        """Relative links, without their anchors."""
        for target in _LINK.findall(_FENCE.sub("", self.text)):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                yield target.partition("#")[0]

    def named_tests(self) -> Iterator[tuple[str, str]]:
        """(file, function) of every test named as `file.py::test_name`."""
        yield from _NAMED_TEST.findall(self.text)

    def blocks(self, language: str) -> list[str]:
        """The content of fenced code blocks in that language."""
        return [content for kind, content in _FENCE.findall(self.text) if kind == language]

    def commands(self) -> Iterator[list[str]]:
        """Words of every `make …` and `schedulepop …` line of its shell blocks."""
        for block in self.blocks("sh"):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                while words and ("=" in words[0] or words[0] in ("sudo", "exec")):
                    words = words[1:]
                if words and (words[0] == "make" or words[0].endswith("schedulepop")):
                    yield words

    def generated(self) -> list[tuple[str, str]]:
        """(name, content) of every block between `<!-- generated: name -->` and `<!-- end -->`."""
        return _GENERATED.findall(self.text)

    def with_generated(self, contents: dict[str, str]) -> str:
        """The text with those blocks written anew."""
        return _GENERATED.sub(
            lambda found: f"<!-- generated: {found[1]} -->\n{contents[found[1]]}<!-- end -->", self.text
        )

    def lists(self) -> list[tuple[str, list[str]]]:
        """(name, first cells) of every table after a `<!-- list: name -->` mark."""
        return [(name, _first_cells(rows)) for name, rows in _LISTED.findall(self.text)]


def _first_cells(table: str) -> list[str]:
    rows = [re.split(r"(?<!\\)\|", line)[1].strip() for line in table.splitlines()[2:]]
    return [cell.strip("`") for cell in rows]


@cache
def documents() -> tuple[Document, ...]:
    """Every Markdown file of the project, written or about to be committed."""
    written = {path for path in tracked() if path.suffix == ".md"}
    return tuple(Document(path) for path in sorted(written | set((ROOT / "docs").rglob("*.md"))))
