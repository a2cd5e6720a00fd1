"""File locks (flock) between processes; the kernel lets go of them however a process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schedulepop.postgres.errors import ServerError

POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """Open a lock file and return its descriptor; each call has its own, so threads exclude each other too."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def take(descriptor: int, *, shared: bool = False) -> bool:
    """Take a lock without waiting; say whether it was free."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(descriptor: int) -> None:
    """Let go of a lock, in forked children's copies of the descriptor too, and close it."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


@contextmanager
def alone(path: Path, seconds: float) -> Iterator[None]:
    """Hold a lock for the length of the block; wait for it at most so many seconds."""
    deadline = time.monotonic() + seconds
    descriptor = open_lock(path)
    try:
        while not take(descriptor):
            if time.monotonic() > deadline:
                raise ServerError(
                    f"Another process has been starting or stopping the database in {path.parent} for "
                    f"{seconds:.0f} seconds. See server.log there; end that process if it hangs."
                )
            time.sleep(POLL_SECONDS)
        yield
    finally:
        release(descriptor)
