"""The wheel: it carries every file of the product, and a demo runs from it alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import scratch
from tests.house.documents import ROOT, tracked
from tests.scale import ALL


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git keeps, so that nothing of this checkout gets into it, and nothing is left here."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked():
        named = path.relative_to(ROOT)
        if named.parts[0] in ("schedulepop", "requirements") or str(named) in ("pyproject.toml", "LICENSE"):
            copy = folder / "source" / named
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    quiet = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *quiet, str(folder / "source")], check=True)
    return next(folder.glob("*.whl"))


def test_it_carries_every_file_of_the_product(wheel: Path) -> None:
    assert wheel.name == f"schedulepop-{version('schedulepop')}-py3-none-any.whl"
    ours = {str(path.relative_to(ROOT)) for path in tracked() if path.is_relative_to(ROOT / "schedulepop")}
    with zipfile.ZipFile(wheel) as file:
        carried = {name for name in file.namelist() if ".dist-info/" not in name}
    assert carried == ours


@pytest.fixture
def home() -> Iterator[str]:
    """A state folder that the database's own user may reach, unlike pytest's."""
    folder = tempfile.mkdtemp(prefix="sp-test-", dir=scratch.in_memory())
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not ALL, reason="only in make test-all: installs the product anew")
def test_a_demo_runs_from_it_alone(wheel: Path, tmp_path: Path, home: str) -> None:
    """What `uvx --from WHEEL schedulepop demo` does: an environment of its own, the wheel, and no checkout."""
    venv.create(tmp_path / "env", with_pip=True)
    there = tmp_path / "env/bin"
    subprocess.run([there / "pip", "install", "--quiet", wheel], check=True, cwd=tmp_path)
    mine = {
        key: value for key, value in os.environ.items() if not key.startswith(("SCHEDULEPOP_", "DATABASE_"))
    }
    done = subprocess.run(
        [there / "schedulepop", "demo", "--no-serve"],
        env=mine | {"SCHEDULEPOP_HOME": home},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "240 people" in done.stdout) == (0, True), done.stderr
