"""Starts the child and hears it out. However it ends, this side goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schedulepop.lib.formats import child

_LONGEST_LINE = 64 * 2**20


class DiedError(Exception):
    """The child ended without having said so. `too_large`: of a target that grew too large."""

    def __init__(self, too_large: bool) -> None:
        super().__init__("the child died")
        self.too_large = too_large


class Child:
    """A child that is up. `told` gives its next line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def told(self) -> dict[str, Any]:
        """The next thing that it says. Raises DiedError when there is none."""
        assert self._process.stdout is not None  # noqa: S101 (a pipe)
        line = self._process.stdout.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            self._process.kill()
            raise DiedError(self._process.wait() == -signal.SIGXFSZ)
        told = json.loads(line)
        assert isinstance(told, dict)  # noqa: S101 (what `say` says)
        return told

    def tell(self, data: bytes, *, last: bool = False) -> None:
        """Something on its standard input."""
        assert self._process.stdin is not None  # noqa: S101 (a pipe)
        with contextlib.suppress(OSError):  # it died: `told` says so
            self._process.stdin.write(data)
            self._process.stdin.flush()
            if last:
                self._process.stdin.close()


@contextmanager
def started(
    what: str, source: Path, target: Path, limit: int, seconds: float = child.SECONDS
) -> Iterator[Child]:
    """The child at work on a file. It is gone when this ends, and after `seconds` in any case."""
    command = [sys.executable, "-I", child.__file__, what, str(source), str(target), str(limit)]
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", **kept},
    )
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield Child(process)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
