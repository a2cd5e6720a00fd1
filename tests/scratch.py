"""Where servers of tests, of crash rounds and of the simulated year keep their data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOM = 2 * 2**30  # bytes; less is left alone (containers often have 64 MB)


def in_memory() -> str | None:
    """A folder in memory for `tempfile`, where a database is cloned in a hundredth of a disk's time; None: the
    usual one.

    Never for measurements, and never where the machine itself is what fails.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else None
