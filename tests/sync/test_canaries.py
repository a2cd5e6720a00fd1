"""The search for canaries finds them wherever they may not be; that it runs after every test, `conftest` sees to."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.db import connection, transaction

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.messages.models import Message
from schedulepop.sync.models import Run
from tests import canaries, made


@pytest.mark.parametrize(
    "text",
    [
        *(
            "password=canary-password",
            "SSN 219-09-9847",
            "born 1957-07-13",
            "born 07/13/1957",
            "7391.55 an hour",
        ),
        *("rate 73915500", made.PASSWORD),
    ],
)
def test_a_canary_is_found(text: str) -> None:
    assert canaries.found_in(["nothing here", text]) == [text]


def test_lines_and_their_errors_are_heard() -> None:
    heard, log = canaries.Listener(), logging.Logger("payroll")
    log.addHandler(heard)
    log.warning("could not sign in as %s", "maple")
    log.warning("could not sign in with %s", "canary-password")
    try:
        raise ValueError("canary-token")
    except ValueError:
        log.exception("it broke")
    assert ["canary-password" in one or "canary-token" in one for one in heard.lines] == [True, True]


def test_letters_are_opened(tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_text("Your pay is 7391.55.")
    assert canaries.in_letters(tmp_path) == ["Your pay is 7391.55."]
    assert canaries.in_letters(tmp_path / "none") == []


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["letter", "audit", "job", "error"])
def test_rows_are_searched(synced, where: str) -> None:
    organization = synced.integration.organization
    with transaction.atomic():
        match where:
            case "letter":
                person = User.objects.filter(organization=organization).first()
                Message.objects.create(
                    organization=organization, user=person, kind="notice", context={"note": canaries.SSN}
                )
            case "audit":
                AuditEntry.objects.create(
                    organization=organization, by="x", door="cli", verb="edited", subject="user",
                    changes=[{"field": "pay_rate", "old": None, "new": canaries.PAY}],
                )  # fmt: skip
            case "job":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO procrastinate_jobs (task_name, queue_name, priority, args) "
                        "VALUES ('x', 'x', 0, '{\"secret\": \"canary-password\"}')"
                    )
            case "error":
                Run.objects.update(error_params={"text": f"refused {made.PASSWORD}"})
        assert len(canaries.in_tables(connection)) >= 1
        transaction.set_rollback(True)
    assert canaries.in_tables(connection) == []
