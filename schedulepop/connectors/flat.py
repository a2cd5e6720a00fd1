"""Records → rows of text: the columns by their paths, what a connector takes apart itself, and never a guess."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import jmespath

from schedulepop.connectors.contract import Connector, ConnectorError, Source, UnreadableAnswerError

MOST_FOUND = 300  # columns of the tenant's own
MOST_TEXT = 250_000  # characters of one row: more would be no line of a list of people
STUMBLED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What taking a record apart raises where a value is of another kind than its platform documents."""
_NAME = r'(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\\]+")'
_PLAIN = re.compile(rf"{_NAME}(?:\.{_NAME})*")


class Flat:
    """Records → rows of text in the order of `names`. `given` are columns that anybody had a value of."""

    def __init__(self, connector: Connector, source: Source) -> None:
        self._connector, self._today, self._log = connector, source.today, source.log
        self._paths = [(name, _getter(path)) for name, path in connector.columns.items()]
        self._key = _getter(connector.record_id) if connector.record_id else None
        self.names = list(connector.columns)
        self._places = {name: place for place, name in enumerate(self.names)}
        self.given: set[str] = set()

    def rows(self, record: Any) -> tuple[str, list[list[str]]]:
        """The record's ID (or nothing) and its rows."""
        connector = self._connector
        if not isinstance(record, dict):
            raise UnreadableAnswerError(f"{connector.title} sent a record in a form it does not document.")
        key = self._text("ID", self._key(record)) if self._key else None
        try:
            rows = connector.flatten(record, self._today) if connector.flatten else (record,)
            return key or "", [self._short_enough(self._row(row), key) for row in rows]
        except STUMBLED as error:  # its own text may quote a value: the log has the way there, and what kind
            way = [
                f"{Path(place.filename).name}:{place.lineno} {place.name}"
                for place in traceback.extract_tb(error.__traceback__)
            ]
            self._log("spool.stumbled", connector=connector.kind, error=type(error).__name__, at=way)
        raise UnreadableAnswerError(
            f"User Sync could not take a record of {connector.title} apart. That is ours to mend, not payroll’s: tell "
            "Client Success. The log says where it happened."
        )

    def _short_enough(self, row: list[str], key: str | None) -> list[str]:
        """The row. Raises UnreadableAnswerError for more text than a line may have: whose, and in which column."""
        if sum(map(len, row)) > MOST_TEXT:
            longest = self.names[max(range(len(row)), key=lambda place: len(row[place]))]
            raise UnreadableAnswerError(
                f"{self._connector.title} sent a record with more than {MOST_TEXT:,} characters: {longest} of "
                f"{f'the one with the ID {key}' if key else 'somebody without an ID'}. Shorten it there, or leave it "
                "out."
            )
        return row

    def as_mappings(self, record: Any) -> Iterator[dict[str, str]]:
        """The record's rows as column → text, for a person to see."""
        for row in self.rows(record)[1]:
            yield dict(zip(self.names, row, strict=False))

    def missing(self, refused: Collection[str] = ()) -> dict[str, frozenset[str]]:
        """Permissions that were refused, or of whose columns nobody has any → those columns."""
        return {
            permission: columns
            for permission, columns in self._connector.permissions.items()
            if permission in refused or not columns & self.given
        }

    def _row(self, row: Any) -> list[str]:
        texts = []
        for name, get in self._paths:
            text = self._text(name, get(row))
            if text is not None:
                self.given.add(name)
            texts.append(text or "")
        if self._connector.found is not None:
            for name, value in self._connector.found(row).items():
                place = self._place(name)
                texts += [""] * (place + 1 - len(texts))
                texts[place] = self._text(name, value) or ""
        return texts

    def _place(self, name: str) -> int:
        if (place := self._places.get(name)) is None:
            place = self._places[name] = len(self.names)
            self.names.append(name)
            if place >= len(self._paths) + MOST_FOUND:
                raise ConnectorError(f"{self._connector.title} has more than {MOST_FOUND} custom fields.")
        return place

    def _text(self, name: str, value: Any) -> str | None:
        """A value as it was written, on one line. Never a list or a part of the record: a changed shape is no blank."""
        if value is None:
            return None
        if isinstance(value, str):
            return value if value.isprintable() else "".join(s if s.isprintable() else " " for s in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        raise UnreadableAnswerError(
            f"{self._connector.title} answers in another form than it documents: {name} is no single value."
        )


def _getter(path: str) -> Callable[[Any], Any]:
    """A JMESPath as a function. Names joined by dots, which most are, go without the interpreter: ten times as fast."""
    if not _PLAIN.fullmatch(path):
        return jmespath.compile(path).search
    names = [name.strip('"') for name in re.findall(_NAME, path)]

    def get(row: Any) -> Any:
        for name in names:
            if not isinstance(row, dict):
                return None
            row = row.get(name)
        return row

    return get
