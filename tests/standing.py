"""What many tests begin with, made once: every test gets it fresh, because each works in a savepoint above it.

    @standing.made_once
    def world() -> World:
        return maple(synced=False)

    @standing.made_once
    def held(world: World) -> Run:
        return nights.bad_night(world)

are fixtures. What they make stands in an open transaction, one above the other, as long as tests that ask for it
follow each other; the first that does not ask for it finds it gone. A test gets copies of the objects, so that it may
change them too. A test that commits (`transaction=True`) has everything made for itself.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import pytest

_HELPER = "_django_db_helper"  # pytest-django's fixture that begins the transaction of one test
_COMMITTING = {"transactional_db", "live_server"}

Build = Callable[..., Any]


class _Level:
    """One thing that stands, with copies of those below as they were when it was made."""

    def __init__(self, build: Build, below: dict[Build, Any], needs: dict[str, Build]) -> None:
        from django.test import TestCase

        self.build = build
        self._atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        try:
            self.made = copies(below)
            self.made[build] = build(**{name: self.made[needed] for name, needed in needs.items()})
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        from django.db import connection
        from django.db.transaction import TransactionManagementError
        from django.test import TestCase

        try:
            TestCase._rollback_atomics(self._atomics)  # type: ignore[attr-defined]
        except TransactionManagementError:  # a test has ended the session, and what stood went with it
            connection.close()


_levels: list[_Level] = []
_of_this_test: dict[Build, Any] = {}


def made_once(build: Build) -> Any:
    """A fixture, named as the function, of what the function makes out of others of its kind."""

    def of_this_test(db: None, **asked: Any) -> Any:
        return _of_this_test[build] if build in _of_this_test else build(**asked)

    own = list(inspect.signature(build).parameters.values())
    one = inspect.Parameter("db", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    of_this_test.__signature__ = inspect.Signature([one, *own])  # type: ignore[attr-defined]
    of_this_test.__doc__ = build.__doc__
    of_this_test.builds = build  # type: ignore[attr-defined]
    return pytest.fixture(name=build.__name__)(of_this_test)


def copies(made: dict[Build, Any]) -> dict[Build, Any]:
    """Copies of all of it, that name each other as the originals do; `laid_out` brings back what lies outside the
    database.
    """
    found = dict(zip(made, copy.deepcopy(list(made.values())), strict=True))
    for one in found.values():
        if hasattr(one, "laid_out"):
            one.laid_out()
    return found


def before_fixture(fixturedef: Any, request: pytest.FixtureRequest) -> None:
    """Before a test's own transaction begins: what the test begins with stands, and nothing else."""
    if fixturedef.argname != _HELPER:
        return
    wanted = [] if _commits(request.node) else _wanted(request.node)
    same = 0
    while same < min(len(wanted), len(_levels)) and wanted[same][0] is _levels[same].build:
        same += 1
    with request.getfixturevalue("django_db_blocker").unblock():
        clear(above=same)
        for build, needs in wanted[same:]:
            _levels.append(_Level(build, _levels[-1].made if _levels else {}, needs))
    _of_this_test.clear()
    if wanted:
        _of_this_test.update(copies(_levels[-1].made))


def clear(above: int = 0) -> None:
    """Nothing stands any longer, or only the lowest levels."""
    while len(_levels) > above:
        _levels.pop().drop()


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(_COMMITTING & set(item.fixturenames))  # type: ignore[attr-defined]


def _wanted(item: Any) -> list[tuple[Build, dict[str, Build]]]:
    """What the test begins with, each after what it is made of."""
    builds = {
        name: found[-1].func.builds
        for name, found in item._fixtureinfo.name2fixturedefs.items()
        if hasattr(found[-1].func, "builds")
    }
    ordered: dict[Build, dict[str, Build]] = {}

    def add(build: Build) -> None:
        needs = {name: builds[name] for name in inspect.signature(build).parameters}
        for needed in needs.values():
            add(needed)
        ordered.setdefault(build, needs)

    for name in item.fixturenames:
        if name in builds:
            add(builds[name])
    return list(ordered.items())
