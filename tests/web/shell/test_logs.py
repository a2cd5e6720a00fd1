"""A log names the page and the kind of an error, whatever the answer; never a token, an ID or a value."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from schedulepop.web.shell import logs
from tests.web.world import World

TOKEN = "canary-token-5d1f"
NAME = "Canaria Quillfeather"


def breaks(request: object, token: str) -> HttpResponse:
    """A page with a bug whose error quotes a row, and the error behind it."""
    try:
        int(NAME)
    except ValueError as error:
        raise LookupError(f"Key (token)=({token})") from error


urlpatterns = [path("broken/<str:token>/", breaks, name="broken")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "more", "status", "said"),
    [
        ("get", f"/set-up/{TOKEN}/", {}, 410, "set-up"),
        ("get", f"/confirm/{TOKEN}/", {}, 410, "confirm-address"),
        ("post", f"/set-up/{TOKEN}/", {"password": TOKEN}, 403, "set-up"),
        ("get", f"/nowhere/{TOKEN}/", {}, 404, "no such page"),
        ("get", f"/questions/1/{TOKEN}/?q={TOKEN}", {}, 302, ""),
        ("put", f"/set-up/{TOKEN}/", {}, 405, "set-up"),
        ("post", f"/set-up/{TOKEN}/", {"password": "x" * 70_000}, 413, "set-up"),
        ("get", f"/sign-out/?{TOKEN}", {}, 405, "sign-out"),
    ],
)
def test_every_class_of_answer(
    world: World,
    caplog: pytest.LogCaptureFixture,
    method: str,
    address: str,
    more: dict[str, str],
    status: int,
    said: str,
) -> None:
    client = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        assert getattr(client, method)(address, more).status_code == status
    assert TOKEN not in caplog.text
    assert said in caplog.text
    assert not any(TOKEN in str(one.args) for one in caplog.records if one.name != "django.db.backends")


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.web.shell.test_logs")
def test_a_bug_is_told_by_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(f"/broken/{TOKEN}/").status_code == 500
    assert TOKEN not in caplog.text
    assert NAME not in caplog.text
    assert "Internal Server Error: broken" in caplog.text
    assert "ValueError" in caplog.text
    assert "LookupError" in caplog.text
    assert "test_logs.py" in caplog.text


@pytest.fixture
def as_json(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lines as SCHEDULEPOP_LOG_JSON has them written, and afterwards as before."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers
    logs.write_json()
    yield
    structlog.configure(**before)
    logging.getLogger().handlers = handlers


def test_every_line_is_an_object(as_json: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.write_json()  # to where stderr leads now
    structlog.get_logger("jobs").info("run", run=12, state="applied")
    try:
        raise LookupError(TOKEN)
    except LookupError:
        logging.getLogger("django.request").error("Broke: %s", f"/set-up/{TOKEN}/", exc_info=True)
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["run"], ours["state"], ours["level"]) == ("run", 12, "applied", "info")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "Broke: set-up",
        "error",
        "django.request",
    )
    assert theirs["where"].endswith("LookupError")
    assert ours["timestamp"][-1] == theirs["timestamp"][-1] == "Z"
    assert TOKEN not in str(theirs)
