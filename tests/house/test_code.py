"""The house's rules about files: short, well named, explained, and nothing in them that belongs to one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.documents import ROOT, tracked

LONGEST = 300
WIDEST = 140  # of what the templates' and stylesheets' formatters lay out; Python is ruff's business
CODE = (".py", ".sql", ".html", ".css", ".js", ".txt", ".toml", ".sh")
FORBIDDEN_NAMES = ("utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _code() -> Iterator[Path]:
    for path in tracked():
        if path.suffix in CODE and _named(path).startswith(("schedulepop/", "tests/", "bench/")):
            yield path


def test_files_are_short_or_an_adr_says_why() -> None:
    reasons = (ROOT / "docs/adr/0005-long-files.md").read_text("utf-8")
    excused = set(re.findall(r"^\| `([\w/.]+)` \|", reasons, re.M))
    long = {_named(path) for path in _code() if len(path.read_text("utf-8").splitlines()) > LONGEST}
    assert not long - excused, "too long, and no line in docs/adr/0005-long-files.md"
    assert not excused - long, "excused without need"


def test_no_line_of_a_page_is_wide() -> None:
    pages = [path for path in _code() if path.suffix in (".html", ".css", ".js") and ".min." not in path.name]
    assert len(pages) > 100
    wide = [
        f"{_named(path)}:{number}"
        for path in pages
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > WIDEST
    ]
    assert not wide


def test_names_say_what_a_thing_is() -> None:
    allowed = {"schedulepop/web/templates/web/base.html"}
    vague = [
        _named(path) for path in tracked() if path.stem in FORBIDDEN_NAMES and _named(path) not in allowed
    ]
    assert not vague


def test_every_sql_file_begins_with_its_purpose() -> None:
    files = [path for path in tracked() if path.suffix == ".sql"]
    assert files
    assert not [_named(path) for path in files if not path.read_text("utf-8").startswith("-- Purpose: ")]


def test_every_module_says_what_it_is() -> None:
    silent = []
    for path in _code():
        name = _named(path)
        if (
            path.suffix == ".py"
            and name.startswith(("schedulepop/", "bench/"))
            and "/migrations/" not in name
            and path.stem != "apps"
        ):
            text = path.read_text("utf-8")
            if text.strip() and not ast.get_docstring(ast.parse(text)):
                silent.append(name)
    assert not silent


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        (
            "a registry's address",
            "|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(org|com)")),
        ),
        ("a path of one machine", r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+)/"),
    ],
)
def test_nothing_belongs_to_one_machine(what: str, pattern: str) -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{_named(path)}: {hit[0]}" for hit in re.finditer(pattern, text)]
    assert not found, what


@pytest.mark.parametrize("name", ["run", "dev"])
def test_requirements_are_locked_with_hashes(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    entries = [e for e in re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.M)) if e.strip()]
    assert len(entries) > 5
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    for file in (ROOT / "requirements").iterdir():
        lines = file.read_text("utf-8").splitlines()
        assert not [
            line
            for line in lines
            if re.match(r"\s*(-i\b|--(extra-)?index-url|--find-links|--trusted-host)", line)
        ]


@cache
def _imports(path: Path) -> set[str]:
    """Full names of everything of ours that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("schedulepop.")}


def _importers(of: str) -> set[str]:
    ours = [path for path in _code() if path.suffix == ".py" and _named(path).startswith("schedulepop/")]
    return {_named(path) for path in ours if f"schedulepop.{of}" in _imports(path)}


def test_only_runs_drive_and_only_the_run_plans() -> None:
    """Who may start a plan or a run. Layers, steps and circles are contracts of .importlinter and `test_structure`."""
    assert _importers("sync.plan.pipeline") <= {
        f"schedulepop/sync/{name}.py"
        for name in ("run/planner", "plan/trial", "plan/without_feed", "plan/some_people")
    }
    assert _importers("sync.plan.without_feed") == {
        f"schedulepop/sync/run/{name}.py" for name in ("planner", "effective_dates")
    }
    assert _importers("sync.run.driver") == {
        f"schedulepop/sync/run/{name}.py" for name in ("approvals", "runs")
    }


def test_the_bulk_writes_are_called_by_apply_and_undo_alone() -> None:
    allowed = {
        f"schedulepop/sync/{name}.py"
        for name in (
            "run/apply/step",
            "run/apply/staging",
            "run/apply/issues",
            "run/apply/links",
            "run/apply/override_releases",
            "review/undo/undo",
            "review/undo/write",
        )
    }
    assert _importers("directory.bulk") <= allowed


def test_no_signals_and_no_ambient_request() -> None:
    hidden = re.compile(
        r"django\.dispatch|post_save|pre_save|threading\.local|contextvars|get_current_request"
    )
    assert not [
        _named(p)
        for p in _code()
        if _named(p).startswith("schedulepop/") and hidden.search(p.read_text("utf-8"))
    ]
