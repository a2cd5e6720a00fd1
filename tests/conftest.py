"""The tests' database: one server per session, one migrated template, one clone per test process.

Nothing is started until the first test that asks for the database (`@pytest.mark.django_db`), so tests of
pure code stay fast. The server is the embedded one in a temporary state folder (SCHEDULEPOP_PG_BIN chooses
another PostgreSQL's programs), or the one DATABASE_URL, DATABASE_MIGRATE_URL and DATABASE_WEB_URL name; the
migrate role needs CREATEDB there, and the app role must be a member of the web role. Tests act as the app role,
and what they ask of a page is answered as the web role (`tests/as_web.py`), so that they see what production may
do. A `transaction=True` test commits for real: its clone is dropped afterwards and a new one made, rather than
truncated.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests import canaries, scratch, standing

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not _IS_WORKER:  # xdist's workers are started by this process later on, and inherit its environment
    os.environ["SCHEDULEPOP_HOME"] = tempfile.mkdtemp(prefix="sp-test-", dir=scratch.in_memory())
HOME = Path(os.environ["SCHEDULEPOP_HOME"])
# Frames of a few rows, in one process per core: handing them from thread to thread took more time than the work.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
_TEMPLATE_DONE = HOME / "template.done"
TEMPLATE = HOME.name.replace("-", "_").lower()
# A hundred processes are started on the way; compiling the product anew takes each of them half of its time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "schedulepop.settings"
os.environ["SCHEDULEPOP_SECRET_KEY"] = (
    "for-tests-only-and-long-enough-to-satisfy-the-deployment-check-0123456789"
)
os.environ["SCHEDULEPOP_MAILBOX"] = str(HOME / f"mailbox-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")

from schedulepop import postgres  # noqa: E402
from schedulepop.postgres import privileges  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    """A cheap password hash: the real one takes 0.3 s each time, on purpose. Pages are answered as the web role."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    asks = settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    settings.MIDDLEWARE.insert(asks, "tests.as_web.middleware")  # before the first that asks the database


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process tidies up: the template, a server that a killed worker left, the state folder."""
    if _IS_WORKER:
        return
    if (os.environ.get("DATABASE_URL") and _TEMPLATE_DONE.exists()) or postgres.running_urls(
        HOME
    ) is not None:
        with _server() as urls:  # the last one out stops the embedded one
            postgres.drop_database(urls, TEMPLATE)
    shutil.rmtree(HOME, ignore_errors=True)


_HEARD = canaries.Listener()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Whatever is logged from here on is heard (see `canaries`)."""
    _HEARD.lines.clear()
    root = logging.getLogger()
    if _HEARD not in root.handlers:
        root.addHandler(_HEARD)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """No test leaves a canary in a log, a letter or a row: looked for before anything it wrote is taken back.

    Where nothing can be searched, this test fails and the next is not in its fixtures.
    """
    try:
        found = _canaries_left(item)
    except Exception as error:
        found = [f"not searched: {error!r}"]
    yield
    assert not found, "a canary got out: " + "; ".join(one[:500] for one in found[:5])


def _canaries_left(item: pytest.Item) -> list[str]:
    from django.conf import settings
    from django.db import connection

    found = [*_HEARD.lines, *canaries.in_letters(Path(settings.MAILBOX_DIR))]
    wrote = item.get_closest_marker("django_db") is not None and connection.in_atomic_block
    if wrote and canaries.can_be_searched(connection):
        found += canaries.in_tables(connection)
    return found


LONGEST = (
    "tests/faults/test_kills",
    "tests/journeys",
    "tests/simulation",
    "tests/web/test_roles_and_addresses",
    "tests/web/test_links",
    "tests/sync/plan/test_laws",
    "tests/sync/plan/test_months",
    "tests/sync/run/test_months",
    "tests/faults",
    "tests/postgres",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: what remains when one process has nothing left to do are short ones, shared quickly."""
    items.sort(
        key=lambda item: next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), 99)
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded so far stays to the end: the garbage collector need not walk through it in every test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> None:
    """See `standing`."""
    standing.before_fixture(fixturedef, request)


class Clone:
    """This process's clone of the template."""

    def __init__(self, server: postgres.Urls) -> None:
        self._server = server
        self._name = f"{TEMPLATE}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self.urls = server.database(self._name)

    def make(self) -> None:
        """Clone the template, which whoever comes first migrates; point Django at the clone."""
        with _alone(HOME / "template.lock"):
            if not _TEMPLATE_DONE.exists():
                self._make_template()
                _TEMPLATE_DONE.touch()
            postgres.create_database(self._server, self._name, template=TEMPLATE)
        _point_django_at(self.urls)

    def drop(self) -> None:
        """Drop the clone, whoever is connected to it."""
        from django.db import connections

        connections.close_all()
        postgres.drop_database(self._server, self._name)

    def renew(self) -> None:
        """A fresh clone in place of one that a test has committed to."""
        self.drop()
        with _alone(HOME / "template.lock"):
            postgres.create_database(self._server, self._name, template=TEMPLATE)

    def _make_template(self) -> None:
        from django.core.management import call_command
        from django.db import connections

        there = self._server.database(TEMPLATE)
        postgres.drop_database(self._server, TEMPLATE)
        postgres.create_database(self._server, TEMPLATE)
        _point_django_at(there)
        call_command("migrate", database="migrate", verbosity=0, interactive=False)
        connections.close_all()
        privileges.grant(there.migrate, there.app, there.web)


@pytest.fixture(scope="session")
def clone(django_test_environment: None, django_db_blocker: Any) -> Iterator[Clone]:
    """The clone of this process, made on first use and dropped at the end."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock(), _server() as urls:
        database = Clone(urls)
        database.make()
        TransactionTestCase._fixture_teardown = lambda case: database.renew()  # type: ignore[method-assign]
        try:
            yield database
        finally:
            standing.clear()
            database.drop()


@pytest.fixture(scope="session")
def django_db_setup(clone: Clone) -> None:
    """Stands in for pytest-django's own, which would create databases as the app role."""


@pytest.fixture(autouse=True)
def _leases_nobody_else_sees(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a test that commits nothing another connection finds no lease, and would call the fetch's own lost."""
    mark = request.node.get_closest_marker("django_db")
    if mark is not None and not mark.kwargs.get("transaction"):
        from schedulepop.sync.run.source_lease import Renewal

        monkeypatch.setattr(Renewal, "_renew_once", lambda renewal, leases: None)


@pytest.fixture
def database_urls(transactional_db: None, clone: Clone) -> postgres.Urls:
    """Addresses of this process's clone, for direct connections; what they commit is gone after the test."""
    return clone.urls


@pytest.fixture
def environment(database_urls: postgres.Urls, tmp_path: Path) -> dict[str, str]:
    """Environment for a subprocess (`schedulepop …`) that works on this test's database."""
    return {
        **os.environ,
        "DATABASE_URL": database_urls.app,
        "DATABASE_MIGRATE_URL": database_urls.migrate,
        "DATABASE_WEB_URL": database_urls.web,
        "SCHEDULEPOP_MAILBOX": str(tmp_path / "mailbox"),
    }


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> ModuleType:
    """An empty mailbox for this test, as `schedulepop.messages.mailbox` (pytest-django would keep mail in memory)."""
    from schedulepop.messages import mailbox as module

    settings.EMAIL_BACKEND = "schedulepop.messages.mailbox.MailboxBackend"
    settings.MAILBOX_DIR = str(tmp_path / "mailbox")
    return module


@contextlib.contextmanager
def _server() -> Iterator[postgres.Urls]:
    app = os.environ.get("DATABASE_URL")
    if app:
        migrate = os.environ.get("DATABASE_MIGRATE_URL") or app
        web = os.environ.get("DATABASE_WEB_URL") or app
        yield postgres.Urls(web=web, app=app, migrate=migrate, owner=migrate)
    else:
        with postgres.server(HOME) as urls:
            yield urls


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _point_django_at(urls: postgres.Urls) -> None:
    """In place: every connection, of every thread, reads these dictionaries when it opens."""
    from django.db import connections

    from schedulepop.settings import database

    for alias, url in (("default", urls.app), ("migrate", urls.migrate)):
        connections[alias].close()
        connections.settings[alias].update(database(url))
