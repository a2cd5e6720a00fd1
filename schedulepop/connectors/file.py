"""A payroll export as a file in the organization's own folder, put there by payroll, a share or a person."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from schedulepop import employee
from schedulepop.connectors import inside
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    Done,
    File,
    Form,
    Part,
    Source,
    SourceBusyError,
    help_text,
)
from schedulepop.connectors.received_files import PgpSecrets, first_file
from schedulepop.lib.formats import MAX_BYTES


class Config(Form):
    """Settings of the file connector."""

    path: str = Field(
        default="",
        title="File",
        description="Name of the export in the organization's folder; empty: it is uploaded in the browser",
        json_schema_extra=help_text("Where payroll's own job, a share or a person puts the export."),
    )


def nothing_there(path: str, folders: Sequence[Path]) -> str:
    """What is said of a file that is missing, and word for word of one that is none of the organization's."""
    where = f" in {folders[0]}" if folders else ""
    return f"There is no file {path}{where}. Check the name and that payroll has exported."


def check(source: Source) -> Checked:
    """Whether the file is there and may be read. Uploads have nothing to check."""
    if not source.config.path:
        return Checked(True, "Files are uploaded in the browser; there is no connection to test.")
    return first_file(fetch(source, None))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The whole file, as a copy that stands still. `cursor` is not used: a file always carries everyone.

    Raises ConnectorError when it is missing or none of the organization's, too large, or not readable.
    """
    path = source.config.path
    if not path:
        raise ConnectorError("No file is set. Upload one in the browser, or set the file's name.")
    name = Path(path).name
    try:
        with inside.opened(source.folders, path) as file:
            status = os.fstat(file)
            data = inside.content(file, MAX_BYTES)
            after = os.fstat(file)
    except inside.SecondNameError as error:
        raise ConnectorError(
            f"{name} has a second name on this machine (a hard link), so it may be somebody else’s. Put a copy in the "
            "folder instead."
        ) from error
    except inside.NotInsideError as error:
        raise ConnectorError(nothing_there(path, source.folders)) from error
    except PermissionError as error:
        raise ConnectorError(
            f"{name} may not be read by this program. Give it permission to read."
        ) from error
    except OSError as error:
        raise SourceBusyError(f"{name} cannot be read right now ({error.strerror}).") from error
    if len(data) > MAX_BYTES:
        raise ConnectorError(f"{name} is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export?")
    if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
        raise SourceBusyError(f"{name} is still being written.")
    copy = source.workdir / "feed"
    copy.write_bytes(data)
    yield File(copy, name, datetime.fromtimestamp(status.st_mtime, UTC))
    yield Done()


FILE = Connector(
    kind="file",
    title="File",
    since="2026-11-22",
    checked_against="own report definition",
    config=Config,
    secrets=PgpSecrets,
    provides=frozenset(field.name for field in employee.FIELDS),
    check=check,
    fetch=fetch,
    local=True,
    source_setting="path",
    capabilities=Capabilities(future_hires=True, leavers=True, several_jobs=True),
)
