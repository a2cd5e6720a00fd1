"""Where the state folder is, what lies in it, who may read it, and what is refused."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from schedulepop.postgres import OtherMajorVersionError, ServerError, running_urls, server, state_home
from schedulepop.postgres.binaries import choose
from schedulepop.postgres.home import Home, user_name
from schedulepop.postgres.sockets import known_folder
from tests.postgres.processes import STAY, begin, finish, user_of

ROOT = os.geteuid() == 0

BECOME_NOBODY = """
import os, psycopg, schedulepop.postgres  # while this user may still read them all

os.setgroups([])
os.setgid(65534)
os.setuid(65534)
"""


def test_the_state_folder_is_the_chosen_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCHEDULEPOP_HOME", str(tmp_path / "here"))
    assert state_home() == tmp_path / "here"


def test_the_state_folder_is_one_per_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SCHEDULEPOP_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    parent = Path("/var/lib/schedulepop") if ROOT else tmp_path / "schedulepop"
    assert state_home().parent == parent
    assert len(state_home().name) == 12


def test_nobody_else_can_read_it(home: Path) -> None:
    def mode(name: str) -> int:
        return stat.S_IMODE((home / name).stat().st_mode)

    with server(home):
        assert mode("socket") == 0o700
        assert mode("data") == 0o700
        assert mode("passwords.json") == 0o600
        assert mode("server.log") == 0o600
        assert mode(".") & 0o007 == 0
        assert mode("socket/.s.PGSQL.5432") == 0o700


@pytest.mark.skipif(not ROOT, reason="only root steps down")
def test_root_steps_down(home: Path) -> None:
    with server(home):
        account = user_name((home / "data").stat().st_uid)
        assert account != "root"
        assert {(home / name).owner() for name in ("data", "socket")} == {account}
        assert {(home / name).owner() for name in ("passwords.json", "alive.lock")} == {"root"}


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_normal_user_needs_no_copies(tmp_path: Path) -> None:
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    programs = choose(tmp_path).bin
    try:
        subprocess.run(
            [programs / "postgres", "--version"], cwd="/", capture_output=True, check=True, **nobody
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this checkout is closed to other users")
    path = Path(tempfile.mkdtemp(prefix="sp-pg-"))
    try:
        os.chown(path, 65534, 65534)
        with begin(path, BECOME_NOBODY + STAY) as child:
            assert child.stdout.readline().strip().isdigit(), child.stdout.read()
            assert not (path / "programs").exists()
            assert (path / "data").stat().st_uid == 65534
            with server(path):  # root joins
                assert "left in order" in finish(child)
        assert running_urls(path) is None
        with pytest.raises(ServerError, match="belongs to the user nobody"), server(path):
            pass
    finally:
        shutil.rmtree(path)


@pytest.mark.parametrize("name", ["x" * 120, "with a blank, a comma and \"quotes'"])
def test_any_path_will_do(home: Path, name: str) -> None:
    moved = home / name
    moved.mkdir(mode=0o755)
    for part in list(home.iterdir()):
        if part != moved:
            part.rename(moved / part.name)
    home.chmod(0o711)
    with server(moved) as urls:
        with psycopg.connect(urls.app) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)
        folder = known_folder(Home(moved))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(str(folder)) < 90
        with user_of(moved) as (child, _):
            finish(child)
    assert folder.is_relative_to(moved) or not folder.exists()


@pytest.mark.skipif(not ROOT, reason="root's server runs as somebody else")
def test_a_folder_the_servers_account_cannot_reach_is_refused(empty_home: Path) -> None:
    empty_home.chmod(0o700)
    (empty_home / "state").mkdir()
    with pytest.raises(ServerError, match="may not enter"), server(empty_home / "state"):
        pass


def test_another_major_version_is_refused_and_left_alone(empty_home: Path) -> None:
    (empty_home / "data").mkdir()
    (empty_home / "data" / "PG_VERSION").write_text("12\n")
    with (
        pytest.raises(OtherMajorVersionError, match=r"written by PostgreSQL 12.*untouched"),
        server(empty_home),
    ):
        pass
    assert [p.name for p in (empty_home / "data").iterdir()] == ["PG_VERSION"]


def test_programs_that_are_not_there_are_named(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULEPOP_PG_BIN", "/nowhere/bin")
    with pytest.raises(ServerError, match="SCHEDULEPOP_PG_BIN is /nowhere/bin"), server(empty_home):
        pass


def test_lost_passwords_are_said_so(home: Path) -> None:
    (home / "passwords.json").unlink()
    with pytest.raises(ServerError, match=r"passwords.json is missing"), server(home):
        pass


def test_passwords_of_another_cluster_are_said_so(home: Path) -> None:
    file = home / "passwords.json"
    file.write_text(json.dumps(dict.fromkeys(json.loads(file.read_text()), "x" * 32)))
    with pytest.raises(ServerError, match="not those of the server"), server(home):
        pass
    assert not (home / "data" / "postmaster.pid").exists()


def test_a_damaged_cluster_shows_the_servers_last_words(home: Path) -> None:
    (home / "data" / "global" / "pg_control").unlink()
    with pytest.raises(ServerError, match=r"did not start(.|\n)*pg_control"), server(home):
        pass
