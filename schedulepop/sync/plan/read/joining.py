"""Several files of one night, one a facility, become one (SPEC §4): the same header once, then the rows of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from schedulepop.lib.text import fold_header
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.read.dialect import find
from schedulepop.sync.plan.read.encoding import to_utf8
from schedulepop.sync.plan.read.file_kind import refuse_foreign, refuse_long_lines
from schedulepop.sync.plan.read.rows import offset


def join(files: Sequence[tuple[str, bytes]], columns: Collection[str]) -> bytes:
    """One text of these (name, text). Raises NeedsAdmin when one is no list or has other columns than the first.

    Lines are taken as they are, so that a broken row of any of them stays a broken row.
    """
    joined = bytearray()
    first = None
    for name, data in files:
        refuse_foreign(data, name)
        refuse_long_lines(data, name)
        text = to_utf8(data)
        dialect = find(text.data, columns, name)
        layout = (dialect.separator, [fold_header(title) for title in dialect.header])
        if first is None:
            first = name, layout
            joined += text.data
        elif layout != first[1]:
            raise NeedsAdmin("other_columns", {"name": name, "first": first[0]})
        else:
            joined += text.data[offset(text.data, dialect.skip) :]
        if not joined.endswith(b"\n"):
            joined += b"\n"
    return bytes(joined)
