"""From parts to a feed: records are flattened as they come into a file with the connector's columns, memory flat.

The platform's own JSON, with birth dates and tax numbers, is never written anywhere. What a missing permission takes
away is left out as a column and named; it is never blank. Nothing is given back before `Done(complete=True)`.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from schedulepop.connectors.contract import (
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    File,
    NotGranted,
    Records,
    Source,
    SourceBusyError,
    Unchanged,
    UnreadableAnswerError,
)
from schedulepop.connectors.flat import Flat
from schedulepop.connectors.paging import ChangedWhileReadingError, PartMissingError, Seen, TwoRecordsError


@dataclass(frozen=True, slots=True)
class Collected:
    """A whole fetch; without files it gave what it gave last time.

    `not_granted`: permission → columns that are therefore not in the feed.
    """

    files: tuple[File, ...]
    people: int = 0
    columns: tuple[str, ...] = ()
    not_granted: Mapping[str, frozenset[str]] | None = None
    cursor: Cursor | None = None


def collect(connector: Connector, source: Source, cursor: Cursor | None = None) -> Collected:
    """Everything that a fetch gives, or nothing. Raises ConnectorError or SourceBusyError.

    A list that changes while it is read is read a second time, and not a third. What says the same then did not change.
    """
    doubted = ""
    try:
        return _collect(connector, source, cursor)
    except ChangedWhileReadingError as error:
        source.log("spool.changed_while_reading", connector=connector.kind)
        doubted = error.key if isinstance(error, TwoRecordsError) else ""
    try:
        return _collect(connector, source, cursor, doubted)
    except TwoRecordsError as error:
        if error.key != doubted:
            raise
        raise error.lasting() from None


def _collect(connector: Connector, source: Source, cursor: Cursor | None, doubted: str = "") -> Collected:
    files, refused, done, unchanged = [], set(), None, False
    began = source.http.now()
    with Spool(connector, source, doubted) as spool:
        for part in connector.fetch(source, cursor):
            if done is not None:
                raise SourceBusyError(f"{connector.title} went on after its end.")
            if isinstance(part, Records):
                for record in part.rows:
                    spool.add(record)
            elif isinstance(part, File):
                files.append(part)
            elif isinstance(part, NotGranted):
                refused.add(_known(connector, part.permission))
            elif isinstance(part, Unchanged):
                unchanged = True
            else:
                done = part
        if done is None or not done.complete:
            raise SourceBusyError(f"{connector.title} did not come to its end, so nothing of it is used.")
        if files or unchanged:
            return Collected(tuple(files), cursor=done.cursor)
        if done.expected is not None and done.expected != spool.records:
            kind = PartMissingError if spool.records < done.expected else SourceBusyError
            raise kind(
                f"{connector.title} announced {done.expected:,} people and sent {spool.records:,}, "
                "so nothing of it is used."
            )
        if not spool.rows:
            raise ConnectorError(_nobody(connector))
        file, columns, missing = spool.finish(refused, done.source_time or began)
    source.log("spool.done", connector=connector.kind, records=spool.records, columns=len(columns))
    return Collected((file,), spool.records, columns, missing, done.cursor)


def checked(
    connector: Connector,
    source: Source,
    records: list[Any],
    *,
    company: str = "",
    people: int | None = None,
    granted: Collection[str] = (),
) -> Checked:
    """What the Test button shows of some records: who answered, how many people, what is not granted, samples.

    `granted`: permissions that are known to be there, although none of these people may have anything of theirs.
    """
    if not records:
        return Checked(False, _nobody(connector))
    flat = Flat(connector, source)
    rows = tuple(row for record in records for row in flat.as_mappings(record))
    missing = [permission for permission in flat.missing() if permission not in granted]
    counted = f"{people:,} people" if people is not None else f"at least {len(records):,} people"
    sentence = f"{connector.title} answers: {company + ', ' if company else ''}{counted}."
    if missing:
        sentence += f" Not granted: {', '.join(missing)}. What depends on it is not available until it is."
    return Checked(True, sentence, company=company, people=people, not_granted=tuple(missing), sample=rows)


def _nobody(connector: Connector) -> str:
    return f"{connector.title} answered with nobody at all. Check the permissions of the account and the settings."


class Spool:
    """Rows on their way into the file. The columns are known at the end only: a tenant's own are found on the way."""

    def __init__(self, connector: Connector, source: Source, doubted: str = "") -> None:
        """`doubted`: an ID that came with two records last time, so that it can be said in what they differ."""
        self._connector, self._source, self._doubted = connector, source, doubted
        self._flat = Flat(connector, source)
        self._seen = Seen(connector.title)
        self._before: list[list[str]] = []
        self._stage = source.workdir / "rows"
        self._stage.unlink(missing_ok=True)
        self._file = _private(self._stage)
        self.records = self.rows = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._stage.unlink(missing_ok=True)

    def add(self, record: Any) -> None:
        """One record. Raises UnreadableAnswerError for a shape that is not the platform's."""
        key, rows = self._flat.rows(record)
        if not any(map(any, rows)):  # an empty line of the feed would be nobody, and the person in it missing
            raise UnreadableAnswerError(f"{self._connector.title} sent a record with nothing in it.")
        if key and self._again(key, rows):
            return
        self.records += 1
        self.rows += len(rows)
        self._file.writelines(json.dumps(row) + "\n" for row in rows)

    def _again(self, key: str, rows: list[list[str]]) -> bool:
        """Whether this very record came before. Raises TwoRecordsError when it came with other content."""
        if key == self._doubted and not self._before:
            self._before = rows
        try:
            return self._seen.again(key, tuple(map(tuple, rows)))
        except TwoRecordsError:
            raise TwoRecordsError(self._connector.title, key, self._differing(rows)) from None

    def _differing(self, rows: list[list[str]]) -> list[str]:
        """Columns in which these rows differ from those that came first; of several jobs the columns of any."""
        there = zip(*self._before, strict=False), zip(*rows, strict=False)
        return [name for name, *cells in zip(self._flat.names, *there, strict=False) if cells[0] != cells[1]]

    def finish(
        self, refused: set[str], source_time: datetime
    ) -> tuple[File, tuple[str, ...], dict[str, frozenset[str]]]:
        """The file with its columns, and what is not in it for want of a permission."""
        self._file.close()
        names, missing = self._flat.names, self._flat.missing(refused)
        gone = frozenset().union(*missing.values()) if missing else frozenset()
        kept = [index for index, name in enumerate(names) if name not in gone]
        target = self._source.workdir / "feed"
        target.unlink(missing_ok=True)
        with _private(target) as file, self._stage.open(encoding="utf-8") as stage:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([names[index] for index in kept])
            for line in stage:
                row = json.loads(line)
                row += [""] * (len(names) - len(row))
                writer.writerow([row[index] for index in kept])
        name = f"{self._connector.kind}-{source_time.astimezone(UTC):%Y-%m-%d-%H%M}.csv"
        return File(target, name, source_time), tuple(names[index] for index in kept), missing


def _known(connector: Connector, permission: str) -> str:
    """The permission. Raises KeyError where its columns are not declared: they would be blank instead of gone."""
    connector.permissions[permission]
    return permission


def _private(path: Path) -> TextIO:
    """A new file that only we may read."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
