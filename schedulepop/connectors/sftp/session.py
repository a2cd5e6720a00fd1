"""One visit to an SFTP server, in a thread of its own with an end. Nothing of this machine's SSH settings is used.

No password is sent before the server has proved to be the one whose key is pinned. asyncssh is loaded here only.
"""

from __future__ import annotations

import asyncio
import fnmatch
import logging
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schedulepop.connectors.contract import (
    ConnectorError,
    Cursor,
    NotFoundError,
    NotGrantedError,
    SignInRefusedError,
    Source,
    SourceBusyError,
)
from schedulepop.connectors.received_files import shown
from schedulepop.connectors.sftp.choosing import Listed, newest, of_each_facility
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.lib.http.addresses import PublicBackend
from schedulepop.lib.http.errors import TooLargeError

if TYPE_CHECKING:
    import asyncssh

LOOK_AGAIN = 3.0  # seconds between two looks at a file that may be written right now
MOST_FILES = 1_000  # of one night
CHUNK = 2**20
Visited = list[tuple[Listed, Path]]
KEX = (
    "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp521,ecdh-sha2-nistp384,"
    "ecdh-sha2-nistp256,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,"
    "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
)
CIPHERS = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
MACS = (
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,umac-128-etm@openssh.com,"
    "hmac-sha2-256,hmac-sha2-512"
)
KEYS = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256"
OLD = {
    "kex_algs": ",diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1",
    "encryption_algs": ",aes256-cbc,aes192-cbc,aes128-cbc",
    "mac_algs": ",hmac-sha1",
    "server_host_key_algs": ",ssh-rsa",
}
"""What a server of many years ago speaks; nothing that is broken outright (MD5, RC4, 1,024-bit groups)."""


class HostKeyError(ConnectorError):
    """The server's key is not pinned yet, or is another one than the pinned."""

    code = "host_key"


def fetched(source: Source, cursor: Cursor) -> Visited:
    """The files of the night in the workdir; none: what there was last time. Raises ConnectorError, SourceBusyError."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _in_time(_visit(source, cursor), source)).result()


async def _in_time(visit: Coroutine[Any, Any, Visited], source: Source) -> Visited:
    try:
        async with asyncio.timeout(source.http.limits.total):
            return await visit
    except TimeoutError:
        raise SourceBusyError(f"{source.config.host} did not come to an end in time.") from None


async def _visit(source: Source, cursor: Cursor) -> Visited:
    import asyncssh

    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it names users
    config, host = source.config, source.config.host
    failed: Exception
    try:
        async with (
            await _signed_in(source) as connection,
            connection.start_sftp_client(path_errors="surrogateescape") as sftp,
        ):
            return await _files(source, sftp, cursor)
    except asyncssh.PermissionDenied:
        failed = SignInRefusedError(
            f"{host} refused the sign-in of {config.user}. Check user, password or key."
        )
    except asyncssh.KeyExchangeFailed:
        failed = ConnectorError(
            f"{host} speaks only algorithms that are too old. Ask its IT for an update"
            f"{'.' if config.old_algorithms else ', or allow old algorithms in the settings.'}"
        )
    except asyncssh.SFTPNoSuchFile:
        failed = NotFoundError(
            f"There is no folder {config.folder} on {host}, or a file in it has just gone."
        )
    except asyncssh.SFTPPermissionDenied:
        failed = NotGrantedError(
            f"{config.user} may not read {config.folder} on {host}. Ask payroll's IT to allow it."
        )
    except (asyncssh.Error, OSError, UnicodeError):
        failed = SourceBusyError(f"{host} cannot be reached right now, or broke off.")
    raise failed


async def _signed_in(source: Source) -> asyncssh.SSHClientConnection:
    """A connection to the server that is pinned. Raises HostKeyError before anything secret is sent."""
    import asyncssh

    config, secrets = source.config, source.secrets
    pinned, shown_keys = config.host_key.split(), []

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            shown_keys.append(key.get_fingerprint())
            return shown_keys[-1] in {one.rstrip("=") for one in pinned}

    old = OLD if config.old_algorithms else dict.fromkeys(OLD, "")
    wait, keys = source.http.limits.wait, _keys(source)
    try:
        return await asyncssh.connect(
            config.host,
            config.port,
            sock=await asyncio.to_thread(_connected, source),
            client_factory=Client,
            known_hosts=([], [], []),
            config=None,
            agent_path=None,
            username=config.user,
            password=secrets.password.get_secret_value() or None,
            client_keys=keys,
            host_based_auth=False,
            gss_kex=False,
            gss_auth=False,
            client_version="SchedulePop",
            compression_algs="none",
            connect_timeout=wait,
            login_timeout=wait,
            keepalive_interval=wait,
            kex_algs=KEX + old["kex_algs"],
            encryption_algs=CIPHERS + old["encryption_algs"],
            mac_algs=MACS + old["mac_algs"],
            server_host_key_algs=KEYS + old["server_host_key_algs"],
        )
    except asyncssh.HostKeyNotVerifiable:
        pass
    except asyncssh.ConnectionLost:
        if shown_keys:
            raise
        early = f"{config.host} broke off before it showed its host key."
        raise SourceBusyError(f"{early} If that goes on, its algorithms may be too old.") from None
    key = shown_keys[-1] if shown_keys else ""
    if not pinned:
        raise HostKeyError(
            f"{config.host} shows the host key {key}. Compare it with what payroll's IT says, then enter it as "
            "Host key and test again. Nothing was sent to the server yet."
        )
    raise HostKeyError(
        f"{config.host} shows another host key than the one that is set: {key}. It may be a new server, or somebody "
        "in between: ask payroll's IT before you change it. No credentials were sent."
    )


def _connected(source: Source) -> socket.socket:
    """A connection to an address that may be called. Raises RefusedAddressError or OSError."""
    host, port = source.config.host, source.config.port
    problem: OSError = OSError("no address")
    for address in PublicBackend(source.http.allowed, source.http.resolve).judged(host, port):
        try:
            return socket.create_connection((address, port), source.http.limits.wait)
        except OSError as error:
            problem = error
    raise problem


def _keys(source: Source) -> list[asyncssh.SSHKey] | None:
    import asyncssh

    text = source.secrets.private_key.get_secret_value().strip()
    if not text:
        return None
    try:
        phrase = source.secrets.passphrase.get_secret_value()
        return [asyncssh.import_private_key(text + "\n", phrase or None)]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        pass
    raise ConnectorError(
        f"The private key for {source.config.host} cannot be read. Paste it whole, with its first and last line, "
        "and enter its passphrase if it has one."
    )


async def _files(source: Source, sftp: asyncssh.SFTPClient, cursor: Cursor) -> Visited:
    """What the night has, looked at twice, read, and looked at a third time."""
    config = source.config
    chosen = await _chosen(source, sftp, cursor)
    if not config.each_facility and chosen[0].stable_id == cursor.get("stable_id"):
        return []
    await asyncio.to_thread(source.http.sleep, LOOK_AGAIN)
    for one in chosen:
        await _stands_still(source, sftp, one)
    read = []
    for number, one in enumerate(chosen):
        target = source.workdir / f"file-{number}"
        await _read(source, sftp, one, target)
        await _stands_still(source, sftp, one)
        read.append((one, target))
    return read


async def _chosen(source: Source, sftp: asyncssh.SFTPClient, cursor: Cursor) -> list[Listed]:
    config = source.config
    files, marks = await _listed(sftp, config.folder, config.pattern, config.done_file)
    if config.each_facility:
        chosen = of_each_facility(
            files,
            config.date_in_name,
            config.pattern,
            since=str(cursor.get("source_time") or ""),
            hours=config.wait_hours,
            now=source.http.now(),
        )
    else:
        chosen = [newest(files, config.date_in_name, config.pattern)]
    if len(chosen) > MOST_FILES:
        raise ConnectorError(
            f"{len(chosen):,} files are named like {config.pattern}: narrow the pattern down."
        )
    for one in chosen:
        if one.size > MAX_BYTES:
            raise TooLargeError(
                f"{shown(one.name)} is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export?"
            )
        if config.done_file and not {f"{one.name}.done", f"{one.name.rpartition('.')[0]}.done"} & marks:
            raise SourceBusyError(f"{shown(one.name)} has no .done file beside it yet.")
    return chosen


async def _listed(
    sftp: asyncssh.SFTPClient, folder: str, pattern: str, marked: bool
) -> tuple[list[Listed], set[str]]:
    """The files of this name, and the .done files where they count. A folder of 100,000 is passed through, not kept."""
    import asyncssh

    files, marks = [], set()
    async for one in sftp.scandir(folder):
        name, about = str(one.filename), one.attrs
        if marked and name.endswith(".done"):
            marks.add(name)
        elif fnmatch.fnmatchcase(name, pattern) and about.type in (
            asyncssh.FILEXFER_TYPE_REGULAR,
            asyncssh.FILEXFER_TYPE_UNKNOWN,
        ):
            files.append(Listed(name, int(about.size or 0), int(about.mtime or 0)))
    return files, marks


async def _stands_still(source: Source, sftp: asyncssh.SFTPClient, one: Listed) -> None:
    now = await sftp.stat(_path(source, one))
    if (now.size, int(now.mtime or 0)) != (one.size, one.modified):
        raise SourceBusyError(f"{shown(one.name)} is still being written.")


async def _read(source: Source, sftp: asyncssh.SFTPClient, one: Listed, target: Path) -> None:
    size = 0
    async with sftp.open(_path(source, one), "rb") as file:
        with target.open("xb") as out:
            while chunk := await file.read(CHUNK):
                size += len(chunk)
                if size > one.size:
                    break
                out.write(chunk)  # type: ignore[arg-type]  # bytes, for it was opened so
    if size != one.size:
        raise SourceBusyError(f"{shown(one.name)} is still being written.")


def _path(source: Source, one: Listed) -> str:
    return f"{source.config.folder.rstrip('/')}/{one.name}"
