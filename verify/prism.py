"""Prism, Stoplight's mock server: installed into build/, one process for one specification, stopped again."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "@stoplight/prism-cli@5"
STARTS_WITHIN = 120.0  # seconds, for specifications of some megabytes


class MissingError(Exception):
    """Something that a check needs is not there; the text says what."""


def installed(folder: Path) -> Path:
    """Prism's program, installed if it has to be. Raises MissingError without node and npm, or without the package."""
    program = folder / "node_modules/.bin/prism"
    if not (shutil.which("node") and shutil.which("npm")):
        raise MissingError("node and npm are not here")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            raise MissingError(f"{PACKAGE} took too long to install") from None
        if done.returncode or not program.exists():
            raise MissingError(f"{PACKAGE} cannot be installed: {done.stderr.strip()[-200:]}")
    return program


@contextmanager
def serving(program: Path, spec: Path, seed: str) -> Iterator[int]:
    """The port on 127.0.0.1 where this specification is served; of one seed come the same random answers.

    Raises MissingError when it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["-h", "127.0.0.1", "-p", str(port), "--seed", seed]
    words = [str(program), "mock", *where, str(spec)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise MissingError("Prism does not start with this specification")
