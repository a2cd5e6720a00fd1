"""SFTP servers on this machine: OpenSSH's, where it is installed, and asyncssh's, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
PASSWORD = "canary-password-81"


def key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


@dataclass
class Server:
    """Where it listens, what it shows, whom it lets in. `folder` is what it serves."""

    port: int
    folder: Path
    root: str  # the folder as the server names it
    user: str
    host_key: str  # fingerprint
    private_key: str = field(repr=False)
    tried: list[str] = field(default_factory=list)  # credentials that were shown to it

    def config(self, **more: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "folder": self.root,
            "host_key": self.host_key,
            **more,
        }


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def openssh(folder: Path, work: Path) -> Iterator[Server]:
    """A real OpenSSH server, which lets in whoever runs the tests, by key. Skips where there is none."""
    if SSHD is None:
        pytest.skip("OpenSSH's sshd is not installed: asyncssh's own server stands in for it")
    host, mine, port = key(), key(), free_port()
    (work / "host").write_bytes(host.export_private_key())
    (work / "host").chmod(0o600)
    (work / "authorized").write_bytes(mine.export_public_key())
    (work / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {work}/host\nAuthorizedKeysFile {work}/authorized\n"
        f"StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile {work}/pid\n"
        "Subsystem sftp internal-sftp\n"
    )
    if getpass.getuser() == "root":
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [SSHD, "-D", "-e", "-f", str(work / "sshd_config")]
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait_for(port)
        private = mine.export_private_key().decode()
        yield Server(port, folder, str(folder), getpass.getuser(), host.get_fingerprint(), private)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not listen")


@contextmanager
def own(
    folder: Path, work: Path, *, sftp: Callable[..., asyncssh.SFTPServer] | None = None, **more: Any
) -> Iterator[Server]:
    """asyncssh's server in a thread. `sftp`: a class that misbehaves; `more`: settings of the server."""
    host, mine = key(), key()
    server = Server(0, folder, "/", "payroll", host.get_fingerprint(), mine.export_private_key().decode())

    connections: list[asyncssh.SSHServerConnection] = []

    class Lets(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            connections.append(conn)

        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            server.tried.append(password)
            return (username, password) == ("payroll", PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            server.tried.append(key.get_fingerprint())
            return username == "payroll" and key.public_data == mine.public_data

    kind = sftp or asyncssh.SFTPServer
    loop = asyncio.new_event_loop()

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Lets,
            server_host_keys=[host],
            sftp_factory=lambda chan: kind(chan, chroot=str(folder).encode()),
            **more,
        )

    async def close() -> None:
        listener.close()
        for connection in connections:
            connection.abort()
        await listener.wait_closed()

    listener = loop.run_until_complete(listen())
    server.port = listener.get_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
