"""`schedulepop connector`: the list, one platform, and a new one that keeps its laws from the first minute."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schedulepop.cli.app import app
from schedulepop.connectors import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """\
import schedulepop.connectors, tests.connectors
schedulepop.connectors.__path__.append({src!r})
tests.connectors.__path__.append({tests!r})
"""


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["connector", *words])
    return done.exit_code, done.output


def test_the_list_is_the_registry() -> None:
    code, text = run("list", "--json")
    rows = json.loads(text)
    assert code == 0
    assert [row["kind"] for row in rows] == list(REGISTRY)
    assert list(rows[0]) == ["kind", "title", "checked_against", "provides", "snapshot"]
    assert "ADP Workforce Now" in run("list")[1]


def test_show_says_what_is_needed_and_what_is_not_available() -> None:
    text = " ".join(run("show", "adp_wfn")[1].split())
    assert "Client ID. ADP Developer Self-Service" in text
    assert "CMS labor code: not available from ADP Workforce Now" in text
    assert "Primary zone: Home Department Code" in text
    assert "Pay rates has to be granted for: Pay Currency" in text


def test_show_has_the_report_that_a_platform_needs() -> None:
    text = " ".join(run("show", "workday")[1].split())
    assert "Employee_ID (Text, needed): Employee ID" in text
    assert "Enable As Web Service" in text


def test_show_of_an_unknown_kind_names_the_known_ones() -> None:
    assert run("show", "acme")[0] == 2
    assert "adp_wfn" in run("show", "acme")[1]


@pytest.mark.parametrize("kind", ["Acme", "1acme", "a-b", "../x", "a", "adp_wfn", "class"])
def test_a_kind_that_cannot_be_is_refused(kind: str, tmp_path: Path) -> None:
    assert run("new", kind, "--into", str(tmp_path))[0] == 2
    assert not list(tmp_path.rglob("*"))


def test_a_kind_called_like_a_package_that_is_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "schedulepop/connectors/testing").mkdir(parents=True)
    assert run("new", "testing", "--into", str(tmp_path))[0] == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    assert run("new", "acme_hr", "--into", str(tmp_path))[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run("new", "acme_hr", "--into", str(tmp_path))[0] == 1
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_new_connector_keeps_every_law(tmp_path: Path) -> None:
    code, text = run("new", "acme_hr", "--title", "Acme HR", "--into", str(tmp_path))
    assert code == 0
    assert "ACME_HR into the registry" in text
    paths = {"src": str(tmp_path / "schedulepop/connectors"), "tests": str(tmp_path / "tests/connectors")}
    (tmp_path / "new_connector.py").write_text(CONFTEST.format(**paths), "utf-8")
    test = tmp_path / "tests/connectors/acme_hr/test_acme_hr.py"
    words = [
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "--noconftest",
        "-p",
        "no:django",
        "-c",
        "/dev/null",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "new_connector", *words, str(test), "-k", "not memory"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert int(done.stdout.rstrip().splitlines()[-1].split()[0]) >= 65


def test_a_new_connector_is_laid_out_as_the_house_wants_it(tmp_path: Path) -> None:
    run("new", "acme_hr", "--title", "Acme HR", "--into", str(tmp_path))
    ruff, config = Path(sys.executable).with_name("ruff"), ["--config", str(ROOT / "pyproject.toml")]
    for words in (
        ["check", "--ignore=I,S"],
        ["format", "--check"],
    ):  # the order of imports depends on the place
        done = subprocess.run([ruff, *words, *config, tmp_path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
