"""A drop address: payroll's own job brings the file here, with a token. It waits in the database until a run reads it.

Which of the files that arrived a night has is what SFTP does, too (`sftp.choosing`): the newest, or one a facility.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field

from schedulepop import employee
from schedulepop.connectors.contract import (
    Arrived,
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    File,
    Form,
    NotFoundError,
    Part,
    Source,
    Unchanged,
    help_text,
)
from schedulepop.connectors.received_files import PgpSecrets, first_file, hours_to_wait, name_date, shown
from schedulepop.connectors.sftp.choosing import Listed, newest, of_each_facility

NOTHING_YET = (
    "Nothing has arrived at the drop address yet. Make the address, give its command to whoever runs payroll's export, "
    "and have it send a first file."
)


class Config(Form):
    """What the files of a night are."""

    each_facility: bool = Field(
        default=False,
        title="A file for each facility",
        json_schema_extra=help_text(
            "When a night has several files, told apart by what stands beside the date in their names."
        ),
    )
    wait_hours: int = hours_to_wait()
    date_in_name: str = name_date()


def night(
    arrived: Sequence[Arrived],
    *,
    each_facility: bool,
    wait_hours: int,
    date_in_name: str,
    since: str,
    now: datetime,
) -> list[Arrived]:
    """The files of a night among those that arrived. `since`: how new last time's newest was (ISO, may be empty).

    Raises NotFoundError when nothing has arrived, SourceBusyError while a facility's file is waited for, then
    PageMissingError.
    """
    if not arrived:
        raise NotFoundError(NOTHING_YET)
    listed = {
        Listed(one.name, one.size, int(one.at.timestamp()), one.source_time): one
        for one in sorted(arrived, key=lambda one: one.at)
    }
    if not each_facility:
        return [listed[newest(listed, date_in_name, "")]]
    chosen = of_each_facility(list(listed), date_in_name, "", since=since, hours=wait_hours, now=now)
    return [listed[one] for one in chosen]


def check(source: Source) -> Checked:
    """Whether something has arrived, and what."""
    return first_file(fetch(source, None))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The files of the night. Raises what `night` raises."""
    cursor = cursor or {}
    chosen = night(
        source.arrived,
        **source.config.model_dump(),
        since=str(cursor.get("source_time") or ""),
        now=source.http.now(),
    )
    if len(chosen) == 1 and chosen[0].received == cursor.get("stable_id"):
        yield Unchanged()
        yield Done()
        return
    for number, one in enumerate(chosen):
        path = source.workdir / f"file-{number}"
        path.write_bytes(one.content())
        yield File(path, shown(one.name), one.source_time, one.received, one.received)
    yield Done()


DROP = Connector(
    kind="drop",
    title="Drop address",
    since="2026-11-29",
    checked_against="public notes",
    config=Config,
    secrets=PgpSecrets,
    provides=frozenset(field.name for field in employee.FIELDS),
    check=check,
    fetch=fetch,
    local=True,
    dropped=True,
    capabilities=Capabilities(future_hires=True, leavers=True, several_jobs=True),
)
