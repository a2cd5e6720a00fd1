"""The bar above a list: a search, choices, and what else the address keeps; `web/shell/_filter_bar.html` draws it.

It swaps `#list` and sends itself when something changes; without a script a button sends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One filter; `all`: what it says while it filters nothing."""

    name: str
    label: str
    all: str
    options: tuple[Choice, ...]

    @classmethod
    def of(cls, name: str, words: tuple[str, str], options: Iterable[tuple[str, str]], chosen: str) -> Select:
        """`words`: its label, and what it says while it filters nothing. `options`: value and label."""
        choices = tuple(Choice(value, label, value == chosen) for value, label in options)
        return cls(name, *words, choices)


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The whole bar of one list."""

    url: str
    label: str
    q: str
    search_label: str
    placeholder: str
    selects: tuple[Select, ...]
    kept: tuple[tuple[str, str], ...] = ()  # parameters of chips and the like: name, value
