"""The server's settings: durable first, small in memory, quick at bulk COPY.

Given on the command line, so that a new version of the product brings its settings to old clusters.
"""

import os
from pathlib import Path

from schedulepop.postgres.urls import PORT

SHARED_MEMORY_NEEDED = 256 * 1024 * 1024
"""Bytes free in /dev/shm below which parallel queries could fail (containers often have 64 MB)."""

SETTINGS = {
    # Only through the socket in its private folder.
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # What was acknowledged is on disk.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # Small, for a machine that does other things too.
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    # A sync of 100,000 people writes a few hundred MB at once: no checkpoint in the middle of it.
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    # Packing a page for the log takes longer than writing it (pglz, the only way every build knows): a run that
    # changes 1,000 of 100,000 people touches some 5,000 pages and spent seven times as long.
    "wal_compression": "off",
    "checkpoint_timeout": "15min",
    # No replicas of an embedded server: rows copied into a table of the same transaction skip the log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Names, emails and phones stay out of the log: no DETAIL lines, no statements, no parameters.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "cluster_name": "schedulepop",
}


def server_options(socket: Path) -> list[str]:
    """Return the command-line options of the server."""
    settings = SETTINGS | {
        "unix_socket_directories": _quoted(socket),
        "dynamic_shared_memory_type": "posix" if _shared_memory_is_roomy() else "mmap",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _quoted(folder: Path) -> str:
    """Quote a folder's name for a list-valued setting: it may hold a comma or a blank."""
    return '"' + str(folder).replace('"', '""') + '"'


def _shared_memory_is_roomy() -> bool:
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108 (asked for its size only)
    except OSError:
        return not Path("/proc").is_dir()  # macOS has no such folder and needs none
    return found.f_bavail * found.f_frsize >= SHARED_MEMORY_NEEDED
