"""One JSON list read while it comes: items of `{"Name": […]}`, memory flat however long the list is.

Figures with a fraction stay text, as in `Answer.json`. Nothing is written anywhere and no item is kept.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

from schedulepop.lib.http.answer import no_number
from schedulepop.lib.http.errors import SourceBusyError, UnreadableAnswerError

LONGEST = 2**20  # characters of one item, or of a value beside the list
NEAR = 12  # signs at the end of a chunk in which a word or a figure may be cut: `tru`, `-`, `\\u00`
_DECODER = json.JSONDecoder(parse_float=str, parse_constant=no_number)
_BLANKS = " \t\r\n"
_AFTER = frozenset(",:]}" + _BLANKS)
"""What stands behind a value. A figure without it may go on in the next chunk: `24` of `24.10`."""


def items(chunks: Iterable[bytes], name: str, title: str) -> Iterator[Any]:
    """Items of the list of that name in an object, one after the other; what else the object has is passed over.

    Raises UnreadableAnswerError for a page for people, for no JSON and where there is no such list; SourceBusyError
    when the text ends in the middle.
    """
    text, found = _Text(chunks, title), False
    text.expect("{")
    while text.peek() != "}":
        key = text.value()
        text.expect(":")
        if key == name and text.peek() == "[":
            found = True
            yield from _listed(text)
        else:
            text.value()
        if text.peek() != "}":
            text.expect(",")
    text.expect("}")
    text.end()
    if not found:
        raise UnreadableAnswerError(f"{title} answered without the list of people ({name}).")


def _listed(text: _Text) -> Iterator[Any]:
    text.expect("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != "]":
            text.expect(",")
    text.expect("]")


class _Text:
    """Text that arrives in chunks, of which only what was not read yet is held."""

    def __init__(self, chunks: Iterable[bytes], title: str) -> None:
        self._chunks, self._title = iter(chunks), title
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._held, self._at, self._begun, self._over = "", 0, False, False

    def peek(self) -> str:
        """The next sign that is no blank. Raises SourceBusyError where the text is over."""
        while not self._rest_begins():
            if not self._more():
                raise self._cut() if self._begun else self._unreadable()
        self._begun = True
        return self._held[self._at]

    def expect(self, sign: str) -> None:
        """This sign is next."""
        if self.peek() != sign:
            raise self._unreadable()
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            found, end, missing = self._decoded()
            if end and (self._over or self._held[end : end + 1] in _AFTER):
                self._at = end
                return found
            if missing > NEAR or len(self._held) - self._at > LONGEST:
                raise self._unreadable()
            if not self._more() and not end:
                raise self._unreadable() if missing else self._cut()

    def end(self) -> None:
        """Nothing but blanks follows."""
        while not self._rest_begins():
            if not self._more():
                return
        raise self._unreadable()

    def _decoded(self) -> tuple[Any, int, int]:
        """The value with its end (nothing and 0 where there is none yet), and how many signs are held behind it, or
        from where it went wrong: where they are few, more text may mend it."""
        try:
            found, end = _DECODER.raw_decode(self._held, self._at)
            return found, end, len(self._held) - end
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated")
            return None, 0, 0 if cut else len(self._held) - error.pos
        except (ValueError, RecursionError):
            return None, 0, LONGEST

    def _rest_begins(self) -> bool:
        """Passes over blanks; whether something else is held."""
        while self._at < len(self._held) and self._held[self._at] in _BLANKS:
            self._at += 1
        return self._at < len(self._held)

    def _more(self) -> bool:
        """Takes the next chunk; what was read is let go."""
        chunk = next(self._chunks, None)
        self._over = chunk is None
        self._held = self._held[self._at :] + self._decode.decode(chunk or b"", final=self._over)
        self._at = 0
        return not self._over

    def _cut(self) -> SourceBusyError:
        return SourceBusyError(f"{self._title} ended its answer in the middle.")

    def _unreadable(self) -> UnreadableAnswerError:
        if self._held[self._at : self._at + 1] == "<":
            return UnreadableAnswerError(
                f"{self._title} answered with a page for people instead of data. "
                "Check the address and that the account may use the API."
            )
        return UnreadableAnswerError(f"{self._title} answered with something that is no data (no JSON).")
