"""The recipes work: each diff applies to a copy of the tree as it is today, and what it brings passes there.

The files of a diff are those that its recipe names, and the first command of the recipe is the one that is run. When a
diff no longer applies: `git apply --3way docs/howto/….diff`, mend it, `git diff --staged`, and take it back.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from schedulepop import postgres
from tests.house.documents import ROOT, Document, tracked

HOWTO = ROOT / "docs/howto"
MOST = {"add-a-field": 6, "add-a-rule": 7, "add-a-page": 4}
"""Product files that a recipe may touch, migrations apart."""
GLOSSARY = tuple(
    f"tests/house/test_docs.py::{test}[docs/glossary.md]"
    for test in ("test_tables_from_the_code_are_the_codes", "test_lists_are_closed")
)
OURS = ("SCHEDULEPOP_HOME", "SCHEDULEPOP_MAILBOX", "DOCS_WRITE", "CASES_WRITE")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="diffs are applied by git")
each = pytest.mark.parametrize("name", MOST)


def _recipe(name: str) -> Document:
    return Document(HOWTO / f"{name}.md")


def _first_command(name: str) -> list[str]:
    """The tests that a recipe's diff brings, as its first line says."""
    program, *words = shlex.split(_recipe(name).blocks("sh")[0].splitlines()[0])
    assert [program, *words[:2]] == [".venv/bin/python", "-m", "pytest"]
    return words


def _run(words: list[str], folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> None:
    """In a copy, with this interpreter, as if nobody had started tests before; what was said when it fails."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in OURS and not key.startswith(("PYTEST_", "GIT_", "COV_"))
    }
    environment |= {"PYTHONPATH": str(folder), "GIT_CEILING_DIRECTORIES": str(folder.parent), **more}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"


def test_every_recipe_has_its_diff_and_is_found() -> None:
    assert {path.name for path in HOWTO.iterdir()} == {
        f"{name}{end}" for name in MOST for end in (".md", ".diff")
    }
    links = set(Document(ROOT / "CONTRIBUTING.md").links())
    assert {f"docs/howto/{name}.md" for name in MOST} <= links


@each
def test_a_recipe_touches_few_files_and_names_them(name: str) -> None:
    touched = _recipe(name).in_diff()
    product = [file for file in touched if file.startswith("schedulepop/") and "/migrations/" not in file]
    assert product
    assert len(product) <= MOST[name], product
    steps = re.findall(r"^\| \d+ \| `([^`]+)` \|", _recipe(name).text, re.M)
    cases = "tests/sync/plan/cases/"  # a case is several files in one folder
    folders = {str(Path(file).parent) if file.startswith(cases) else file for file in touched}
    assert {str(Path(file).parent) if file.startswith(cases) else file for file in steps} == folders


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is today; a recipe takes back what it did to it."""
    folder = tmp_path_factory.mktemp("recipes") / "tree"
    for path in tracked():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


@each
def test_a_recipe_works(name: str, copy: Path) -> None:
    diff = str(HOWTO / f"{name}.diff")
    _run(["git", "apply", "--whitespace=error", diff], copy)
    try:
        _is_tidy_and_passes(name, copy)
    finally:
        _run(["git", "apply", "--reverse", diff], copy)


def _is_tidy_and_passes(name: str, copy: Path) -> None:
    touched = _recipe(name).in_diff()
    ours = [file for file in touched if file.endswith(".py")]
    ruff = str(Path(sys.executable).with_name("ruff"))
    _run([ruff, "check", "--no-cache", *ours], copy)
    _run(
        [ruff, "format", "--no-cache", "--check", *(file for file in ours if "/migrations/" not in file)],
        copy,
    )
    where = "import schedulepop, sys; sys.exit(not schedulepop.__file__.startswith(sys.argv[1]))"
    _run([sys.executable, "-c", where, str(copy)], copy)
    glossary = GLOSSARY if "docs/glossary.md" in touched else ()
    with postgres.server(
        Path(os.environ["SCHEDULEPOP_HOME"])
    ) as urls:  # the tests' own, with another database
        there = {"DATABASE_URL": urls.app, "DATABASE_MIGRATE_URL": urls.migrate, "DATABASE_WEB_URL": urls.web}
        words = [sys.executable, *_first_command(name), *glossary, "-p", "no:cacheprovider"]
        _run(words, copy, there)
