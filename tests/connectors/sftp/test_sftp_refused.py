"""SFTP: whom we talk to, what is refused, and what is never sent."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import (
    ConnectorError,
    Limits,
    NotFoundError,
    SignInRefusedError,
    SourceBusyError,
)
from schedulepop.connectors.sftp import SFTP
from schedulepop.connectors.sftp.session import HostKeyError
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing.running import chain
from schedulepop.lib.http import Door
from schedulepop.lib.http.errors import RefusedAddressError, TooLargeError
from tests.connectors.sftp import servers
from tests.connectors.sftp.servers import Server
from tests.connectors.sftp.visiting import STAFF, Visit, put

# Whom we talk to --------------------------------------------------------------------------------------------


def test_without_a_pinned_key_the_fingerprint_is_shown_and_nothing_is_sent(server: Server) -> None:
    put(server, "staff.csv")
    answer = Visit(server).checked(host_key="")
    assert not answer.ok
    assert server.host_key in answer.sentence
    assert "payroll's IT" in answer.sentence
    with pytest.raises(HostKeyError):
        Visit(server).collected(host_key="")
    assert not server.tried


def test_another_key_than_the_pinned_is_refused_before_anything_is_sent(server: Server) -> None:
    put(server, "staff.csv")
    with pytest.raises(HostKeyError, match="another host key") as raised:
        Visit(server).collected(host_key=servers.key().get_fingerprint())
    assert server.host_key in str(raised.value)
    assert not server.tried


def test_one_of_several_pinned_keys_is_enough(own: Server) -> None:
    put(own, "staff.csv")
    both = f"{servers.key().get_fingerprint()} {own.host_key}"
    assert Visit(own).checked(host_key=both).ok


def test_a_private_address_is_refused_unless_the_installation_allows_it(own: Server) -> None:
    secrets = {"private_key": own.private_key}
    for resolved in ("127.0.0.1", "169.254.169.254", "10.0.0.5"):
        door = Door(resolve=lambda host, port, one=resolved: [one])
        config = own.config(host="sftp.payroll.example")
        with source_of(SFTP, config, secrets, door=door) as source, pytest.raises(RefusedAddressError):
            collect(SFTP, source)
    assert not own.tried


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
def test_old_algorithms_only_when_they_are_allowed(tmp_path: Path, folder: Path) -> None:
    with servers.own(folder, tmp_path, kex_algs="diffie-hellman-group14-sha1", mac_algs="hmac-sha1") as old:
        put(old, "staff.csv")
        with pytest.raises((ConnectorError, SourceBusyError), match="too old"):
            Visit(old).collected()
        assert Visit(old).collected(old_algorithms=True)[1] == [STAFF]


# What goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secrets", "config", "cause"),
    [
        ({"password": "canary-wrong"}, {}, SignInRefusedError),
        ({"private_key": "canary-no-key"}, {}, ConnectorError),
        (None, {"user": "somebody"}, SignInRefusedError),
        (None, {"folder": "/nowhere"}, NotFoundError),
        (None, {"pattern": "*.xlsx"}, NotFoundError),
        (None, {"port": 1}, SourceBusyError),
        (None, {"host": "no-such-host.invalid"}, SourceBusyError),
    ],
    ids=["password", "no key", "user", "folder", "pattern", "closed port", "no host"],
)
def test_what_goes_wrong_is_a_sentence_without_a_secret(
    secrets: dict[str, str] | None, config: dict[str, Any], cause: type[Exception], own: Server
) -> None:
    put(own, "staff.csv")
    visit = Visit(own)
    with pytest.raises(cause) as raised:
        visit.collected(secrets=secrets, **config)
    told = str(raised.value)
    assert told[-1] == "."
    whole = told + chain(raised.value) + "".join(visit.logged)
    assert "canary" not in whole
    assert own.private_key.splitlines()[1] not in whole


def test_a_refused_sign_in_shows_its_password_once(own: Server) -> None:
    with pytest.raises(SignInRefusedError):
        Visit(own).collected(secrets={"password": "canary-wrong"})
    assert own.tried == ["canary-wrong"]


def test_a_file_of_300_mb_is_refused_unread(own: Server) -> None:
    with put(own, "staff.csv").open("r+b") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(TooLargeError, match="200 MB"):
        Visit(own).collected()


class Slow(asyncssh.SFTPServer):
    """Answers, but for ever."""

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        import asyncio

        await asyncio.sleep(0.3)
        return b"x"


def test_a_server_that_drips_ends_with_the_deadline(tmp_path: Path, folder: Path) -> None:
    with servers.own(folder, tmp_path, sftp=Slow) as slow:
        put(slow, "staff.csv", STAFF * 100)
        began = time.monotonic()
        with pytest.raises(SourceBusyError, match="in time"):
            Visit(slow).collected(limits=Limits(total=1.5))
        assert time.monotonic() - began < 10


def test_a_server_that_says_nothing_ends_with_the_deadline(own: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        accepted: list[Any] = []
        threading.Thread(target=lambda: accepted.append(silent.accept()), daemon=True).start()
        with pytest.raises(SourceBusyError):
            Visit(own).collected(port=silent.getsockname()[1], limits=Limits(wait=0.5, total=2))
        accepted[0][0].close()


def test_settings_of_this_machines_user_are_not_used(
    own: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/config").write_text("Host *\n  User intruder\n  ProxyCommand touch /tmp/never\n")
    (home / ".ssh/id_ed25519").write_text(own.private_key)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    put(own, "staff.csv")
    assert Visit(own).checked().ok
    with pytest.raises(SignInRefusedError):
        Visit(own).collected(secrets={"password": "canary-wrong"})


def test_a_password_or_a_key_has_to_be_given(own: Server) -> None:
    with pytest.raises(ConnectorError), Visit(own).source(secrets={}):
        pass
