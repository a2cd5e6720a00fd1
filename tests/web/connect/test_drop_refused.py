"""Who may not come in at a drop address, and what may not: told by the headers, audited, limited."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from schedulepop.accounts.models import AuditEntry
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.models import Arrival
from tests.sync.integrations.dropping import Drop, export, maple_grove
from tests.web.connect.test_drop_door import send
from tests.web.shell.test_bodies import Unread

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop() -> Drop:
    return maple_grove()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_AUTHORIZATION": ""}, 401),
        ({"HTTP_AUTHORIZATION": "Basic ???"}, 401),
        ({"HTTP_AUTHORIZATION": "Bearer x"}, 401),
        ({"CONTENT_LENGTH": str(MAX_BYTES + 1), "wsgi.input": Unread()}, 413),
        (
            {
                "CONTENT_LENGTH": str(MAX_BYTES),
                "HTTP_AUTHORIZATION": "Basic ZHJvcDp4",
                "wsgi.input": Unread(),
            },
            401,
        ),
        ({"CONTENT_LENGTH": ""}, 411),
    ],
    ids=["no sign-in", "no base64", "another kind", "too large", "large, and a wrong token", "no length"],
)
def test_what_may_not_come_in_is_refused_by_its_headers(
    drop: Drop, headers: dict[str, Any], status: int
) -> None:
    answer = send(drop, export(), **headers)
    assert answer.status_code == status
    assert answer.json()["message"].endswith((".", "?", "read."))
    assert not Arrival.objects.exists()


def test_a_form_is_no_file(drop: Drop) -> None:
    answer = Client().post(drop.address, {"file": io.BytesIO(export())}, **drop.signed())
    assert answer.status_code == 415


def test_an_empty_file_is_refused(drop: Drop) -> None:
    answer = Client().generic("PUT", drop.address, b"", CONTENT_LENGTH="0", **drop.signed())
    assert (answer.status_code, answer.json()["message"]) == (400, "Nothing came: the file is empty.")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PATCH"])
def test_nothing_can_be_read_or_removed(drop: Drop, method: str) -> None:
    for path in ("", "/", "/export.csv"):
        answer = Client().generic(method, drop.address + path, **drop.signed())
        assert (answer.status_code, answer.content) == (405, b"")


def test_an_address_that_is_not_there_answers_like_a_wrong_token(drop: Drop) -> None:
    wrong = send(drop, export(), **drop.signed("guessed"))
    nowhere = Client().generic("PUT", "/drop/0123456789abcdef", export(), **drop.signed())
    another = send(drop, export(), **drop.signed(user="admin"))
    assert [one.status_code for one in (wrong, nowhere, another)] == [401, 401, 401]
    assert wrong.content == nowhere.content == another.content
    assert wrong["WWW-Authenticate"] == 'Basic realm="drop address"'


def test_wrong_tokens_are_audited_and_limited(drop: Drop) -> None:
    for _ in range(10):
        assert send(drop, export(), **drop.signed("guessed")).status_code == 401
    answer = send(drop, export(), **drop.signed("guessed"))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    entries = AuditEntry.objects.filter(verb="failed_sign_in", subject_id=drop.integration.pk)
    assert (entries.count(), entries[0].by) == (10, "Somebody without the token")
    assert "guessed" not in str(entries.values())
