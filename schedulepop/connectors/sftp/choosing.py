"""Which files of a folder a night has: the newest, or of each facility the newest, and all of them new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schedulepop.connectors.contract import ConnectorError, NotFoundError, SourceBusyError
from schedulepop.connectors.received_files import shown, source_time, without_date

FORGOTTEN = timedelta(days=60)
"""A facility whose last file is so much older than the newest one is no longer waited for."""


class PageMissingError(ConnectorError):
    """A facility's file has not come within the hours that are waited."""

    code = "page_missing"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the server lists it."""

    name: str
    size: int
    modified: int  # seconds since 1970
    dated: datetime | None = None  # how old its data is (UTC), where that is known already

    def source_time(self, written: str) -> datetime:
        """How old its data is (UTC)."""
        return self.dated or source_time(self.name, written, datetime.fromtimestamp(self.modified, UTC))

    @property
    def stable_id(self) -> str:
        """The same for as long as nobody writes it."""
        return hashlib.sha256(
            f"{self.name}\0{self.size}\0{self.modified}".encode("utf-8", "surrogateescape")
        ).hexdigest()


def newest(files: Iterable[Listed], written: str, pattern: str) -> Listed:
    """The newest of them. Raises NotFoundError when there are none."""
    best = max(files, key=lambda one: (one.source_time(written), one.modified, one.name), default=None)
    if best is None:
        raise NotFoundError(
            f"No file in the folder is named like {pattern}. Check folder and pattern, and that payroll has exported."
        )
    return best


def of_each_facility(
    files: Sequence[Listed], written: str, pattern: str, *, since: str, hours: int, now: datetime
) -> list[Listed]:
    """The newest file of each facility, in the order of their names.

    `since`: how new last time's newest was (ISO, may be empty). When some are newer and others are not, a night is
    not complete: SourceBusyError for `hours` after its first file, then PageMissingError.
    """
    facilities: dict[str, Listed] = {}
    for one in files:
        key = without_date(one.name, written)
        before = facilities.get(key)
        facilities[key] = one if before is None else newest((before, one), written, pattern)
    latest = newest(facilities.values(), written, pattern)
    times = {key: one.source_time(written) for key, one in facilities.items()}
    last = times[without_date(latest.name, written)]
    chosen = {key: one for key, one in facilities.items() if times[key] > last - FORGOTTEN}
    if since:
        _complete(chosen, times, datetime.fromisoformat(since), hours, now)
    return [chosen[key] for key in sorted(chosen)]


def _complete(
    chosen: Mapping[str, Listed],
    times: Mapping[str, datetime],
    since: datetime,
    hours: int,
    now: datetime,
) -> None:
    absent = sorted(key for key in chosen if times[key] <= since)
    if not absent or len(absent) == len(chosen):
        return
    began = min(datetime.fromtimestamp(one.modified, UTC) for key, one in chosen.items() if key not in absent)
    named = ", ".join(shown(chosen[key].name) for key in absent[:5]) + (" …" if len(absent) > 5 else "")
    came = f"{len(chosen) - len(absent)} of {len(chosen)} facilities have sent a new file. The last ones are {named}."
    if now < began + timedelta(hours=hours):
        raise SourceBusyError(came, began + timedelta(hours=hours))
    raise PageMissingError(
        f"{came} Ask payroll for theirs; if a facility has closed, have its files taken away."
    )
