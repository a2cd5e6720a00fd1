"""The systemd units of `deploy/` are what systemd takes, harden alike, and start commands that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.closed_lists import commands
from tests.house.documents import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))
STARTS = re.compile(r"^ExecStart=(/opt/schedulepop/\.venv/bin/schedulepop) (\w+)$", re.M)


def hardening(unit: Path) -> str:
    """What stands between the state folder and the end of the service."""
    text = unit.read_text("utf-8")
    return text[text.index("StateDirectory=") : text.index("[Install]")]


def complaints(folder: Path, unit: Path, text: str) -> str:
    """What `systemd-analyze verify` says of a unit whose program is one that every machine has."""
    name = unit.name.replace("@.", "@1.")
    (folder / name).write_text(STARTS.sub("ExecStart=/bin/true", text), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(folder / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


def test_there_are_units_for_both_processes() -> None:
    assert [unit.name for unit in UNITS] == ["schedulepop-web.service", "schedulepop-worker@.service"]
    assert [STARTS.findall(unit.read_text("utf-8"))[0][1] for unit in UNITS] == ["web", "worker"]
    assert {("web",), ("worker",)} <= set(commands())


def test_both_are_hardened_alike() -> None:
    web, worker = map(hardening, UNITS)
    assert web == worker
    assert "NoNewPrivileges=yes" in web
    assert "ProtectSystem=strict" in web


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd's programs are not there")
class TestVerified:
    @pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
    def test_systemd_takes_it(self, unit: Path, tmp_path: Path) -> None:
        assert complaints(tmp_path, unit, unit.read_text("utf-8")) == ""

    def test_it_would_complain(self, tmp_path: Path) -> None:
        text = UNITS[0].read_text("utf-8").replace("ProtectSystem=strict", "ProtectSystems=strict")
        assert "ProtectSystems" in complaints(tmp_path, UNITS[0], text)
