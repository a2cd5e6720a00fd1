"""Endpoints that are asked beside the list, for the company or for each person, and that may not be granted.

A refusal is told, and never a blank: what a permission of the connector stands for is left out as a column; of anything
else, an answer for some and a refusal for others stops the fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from schedulepop.connectors.contract import NotFoundError, NotGrantedError

T = TypeVar("T")


class Joined:
    """Asks, and remembers what was refused: it is asked no more. `permissions`: what the spool leaves out."""

    def __init__(self, permissions: Collection[str]) -> None:
        self._permissions = frozenset(permissions)
        self._answered: set[str] = set()
        self._refused: set[str] = set()

    def ask(self, what: str, get: Callable[[], T], otherwise: T) -> T:
        """What `get` gives; `otherwise` where it is not granted, and where there is nothing (404).

        Raises NotGrantedError when something that is no permission is refused after it was answered.
        """
        if what in self._refused:
            return otherwise
        try:
            found = get()
        except NotFoundError:
            found = otherwise
        except NotGrantedError:
            if what in self._answered and what not in self._permissions:
                raise
            self._refused.add(what)
            return otherwise
        self._answered.add(what)
        return found

    def refused(self, what: str) -> bool:
        """Whether this was refused."""
        return what in self._refused

    @property
    def granted(self) -> frozenset[str]:
        """The connector's permissions that were answered and never refused, whether or not there was anything."""
        return frozenset(self._answered - self._refused) & self._permissions

    @property
    def not_granted(self) -> list[str]:
        """The connector's permissions that were refused."""
        return sorted(self._refused & self._permissions)
