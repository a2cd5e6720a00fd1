"""A payroll export as a local CSV or TSV file, written there by payroll, a share, or a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field

from schedulepop import employee
from schedulepop.connectors.contract import Checked, Connector, ConnectorError, Page, SourceBusyError

MAX_BYTES = 200 * 1024 * 1024


class Config(BaseModel):
    """Settings of the file connector."""

    path: str = Field(
        default="", title="File", description="Path of the export; empty: it is uploaded in the browser"
    )


def check(config: Config) -> Checked:
    """Whether the file is there and may be read. Uploads have nothing to check."""
    if not config.path:
        return Checked(True, "Files are uploaded in the browser; there is no connection to test.")
    try:
        page = next(fetch(config, None))
    except (ConnectorError, SourceBusyError) as error:
        return Checked(False, str(error))
    return Checked(True, f"{page.name} is there, {len(page.data):,} bytes.", page)


def fetch(config: Config, since: datetime | None) -> Iterator[Page]:
    """The whole file as one page. `since` is not used: a file always carries everyone.

    Raises ConnectorError when it is missing, too large, not a file or not readable.
    """
    if not config.path:
        raise ConnectorError("No file is set. Upload one in the browser, or set the file's path.")
    path = Path(config.path)
    try:
        status = path.stat()
        if not path.is_file():
            raise ConnectorError(f"{path.name} is not a file. Name the export itself, not its folder.")
        if status.st_size > MAX_BYTES:
            raise ConnectorError(
                f"{path.name} is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export?"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConnectorError(
            f"There is no file at {path}. Check the path and that payroll has exported."
        ) from error
    except PermissionError as error:
        raise ConnectorError(
            f"{path} may not be read by this program. Give it permission to read."
        ) from error
    except OSError as error:
        raise SourceBusyError(f"{path} cannot be read right now ({error.strerror}).") from error
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
        raise SourceBusyError(f"{path.name} is still being written.")
    yield Page(data=data, name=path.name, source_time=datetime.fromtimestamp(status.st_mtime, UTC))


FILE = Connector(
    kind="file",
    title="File (CSV or TSV)",
    config=Config,
    provides=frozenset(field.name for field in employee.FIELDS),
    check=check,
    fetch=fetch,
)
