"""What a command answers: on stdout or stderr, as a table, as JSON, as an exit code of SPEC §9."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from schedulepop.lib.text import visible

DONE, FAILED, USAGE, WAITS = 0, 1, 2, 3  # exit codes of SPEC §9
WIDEST = 100_000  # characters of a line nobody cuts


class _Visible(RenderHook):
    """Whatever a feed brought along does nothing to a terminal: the one place where it is looked at."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Harmless(one) for one in renderables]


@dataclass(frozen=True, slots=True)
class _Harmless:
    renderable: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in console.render(self.renderable, options):
            yield Segment(text if control else visible(text), style, control)


def console(**options: Any) -> Console:
    """One that shows control characters as visible signs, and takes no `[red]` of a name for a color."""
    made = Console(markup=False, emoji=False, **options)
    made.push_render_hook(_Visible())
    return made


out = console(soft_wrap=True)
err = console(stderr=True, soft_wrap=True)


class Format(StrEnum):
    """How a list is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def on_a_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def table(*titles: str, **options: Any) -> Table:
    """An empty table with these headings."""
    made = Table(box=None, padding=(0, 2), **options)
    for title in titles:
        made.add_column(title)
    return made


def print_rows(titles: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
    """A table of plain text."""
    made = table(*titles)
    for row in rows:
        made.add_row(*map(Text, row))
    print_table(made)


def print_table(table: Table) -> None:
    """As wide as the terminal; piped or into a file as wide as it is, so that no name is cut."""
    (out if out.is_terminal else console(file=out.file, width=WIDEST)).print(table)


def print_json(value: object, *, ascii_only: bool = True) -> None:
    """For scripts: nothing else is written to stdout."""
    written = json.dumps(value, indent=2, ensure_ascii=ascii_only, default=str)
    print(visible(written, lambda sign: json.dumps(sign)[1:-1]))


def show_broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug's traceback, for `sys.excepthook`: its message may quote a feed."""
    sys.stderr.write(visible("".join(traceback.format_exception(kind, error, trace))))


def fail(message: str, code: int = FAILED) -> typer.Exit:
    """Prints why on stderr; `raise fail(…)` ends the command with this exit code."""
    err.print(message, style="red" if code == FAILED else None, markup=False, highlight=False)
    return typer.Exit(code)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """A refusal is one sentence and exit 1, never a traceback."""
    from schedulepop.directory.errors import DirectoryError
    from schedulepop.sync.errors import SyncError
    from schedulepop.wording import refusals

    try:
        yield
    except (SyncError, DirectoryError) as error:
        raise fail(refusals.of(error), FAILED) from error
