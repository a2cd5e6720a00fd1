"""Opening a file inside certain places only, whatever links, other spellings and swaps in between say.

The path is resolved, has to lie inside one of the places, and is then walked from the root, a component at a time and
never through a link: one that is put there after the check leads nowhere. A hard link has no path that would say where
its file lies, so a file with a second name is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_STEP = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", 0)  # to pass through is enough
_FILE = (
    os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
)  # a pipe nobody writes to is not waited for


class NotInsideError(Exception):
    """There is no such file inside: it lies elsewhere, is no regular file, or is not there at all."""


def resolved(places: Sequence[Path], name: str) -> Path:
    """Where a name leads: relative to the first place, or absolute. Raises NotInsideError unless it is in a place."""
    try:
        real = Path(os.path.realpath(places[0] / name if places else name))
        inside = any(real.is_relative_to(os.path.realpath(place)) for place in places)
    except (ValueError, OSError) as error:  # NUL, or names no file system has
        raise NotInsideError from error
    if not inside:
        raise NotInsideError
    return real


class SecondNameError(NotInsideError):
    """The file has another name on this machine, so it may be one that lies elsewhere."""


@contextmanager
def opened(places: Sequence[Path], name: str) -> Iterator[int]:
    """A descriptor of the regular file, which has this one name.

    Raises NotInsideError, SecondNameError, or PermissionError for one that is inside.
    """
    real = resolved(places, name)
    try:
        descriptor = _walk(real)
    except PermissionError:
        raise
    except OSError as error:
        raise NotInsideError from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotInsideError
        if status.st_nlink > 1:
            raise SecondNameError
        yield descriptor
    finally:
        os.close(descriptor)


def _walk(real: Path) -> int:
    folder = os.open(real.anchor, _STEP)
    try:
        for part in real.parts[1:-1]:
            deeper = os.open(part, _STEP, dir_fd=folder)
            os.close(folder)
            folder = deeper
        return os.open(real.name or ".", _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def content(descriptor: int, most: int) -> bytes:
    """What the file holds, at most so many bytes and one more."""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read(most + 1)
