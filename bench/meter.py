"""What a piece of work costs: wall time, CPU here and in the server's process, statements, and durable commits.

CPU is what other work on the machine does not change much, so it is what figures are compared by.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # a second, in /proc


@dataclass(slots=True)
class Cost:
    """Seconds and counts of one piece of work."""

    wall_s: float = 0.0
    cpu_s: float = 0.0  # of this process
    server_s: float = 0.0  # CPU of the server's processes of this process's connections
    queries: int = 0


@contextmanager
def metered() -> Iterator[Cost]:
    """The cost of the block, filled in when it ends; of this thread's connection to the database."""
    from django.db import connection

    cost = Cost()

    def counted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        cost.queries += 1
        return execute(sql, params, many, context)

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    server, cpu, wall = cpu_of(backend), time.process_time(), time.perf_counter()
    with connection.execute_wrapper(counted):
        yield cost
    cost.wall_s = time.perf_counter() - wall
    cost.cpu_s = time.process_time() - cpu
    cost.server_s = cpu_of(backend) - server


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has taken, in steps of a hundredth; 0 where there is no /proc, or no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_of_children(pid: int) -> float:
    """Seconds of CPU of a process, of its children that live, and of those that have ended."""
    total = cpu_of(pid)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICKS
        elif path.parent.name == str(pid):
            total += (int(fields[13]) + int(fields[14])) / TICKS
    return total
