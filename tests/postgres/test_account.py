"""The operating system account of the server, when several processes of a new machine need it at once."""

from __future__ import annotations

import pwd
import subprocess
from typing import Any

import pytest

from schedulepop.postgres import account

MADE = pwd.struct_passwd((account.SYSTEM_ACCOUNT, "x", 990, 990, "", "/nonexistent", "/usr/sbin/nologin"))


@pytest.mark.parametrize("code", [1, 9, 10], ids=["file locked", "name taken", "group file locked"])
def test_a_process_waits_for_the_account_that_another_one_makes(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who came second took `nobody` for a moment's lack, and the two shut each other out of the state folder."""
    tries: list[int] = []

    def useradd(words: Any, **_: Any) -> subprocess.CompletedProcess[str]:
        tries.append(code)
        return subprocess.CompletedProcess(words, code)

    monkeypatch.setattr(account.shutil, "which", lambda *_, **__: "/usr/sbin/useradd")
    monkeypatch.setattr(account.subprocess, "run", useradd)
    monkeypatch.setattr(account.time, "sleep", lambda _: None)
    monkeypatch.setattr(account, "_lookup", lambda _: MADE if len(tries) == 3 else None)
    assert account._make_system_account() == MADE


def test_where_no_account_can_be_made_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def useradd(words: Any, **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(words, 3)

    monkeypatch.setattr(account.shutil, "which", lambda *_, **__: "/usr/sbin/useradd")
    monkeypatch.setattr(account.subprocess, "run", useradd)
    monkeypatch.setattr(account.time, "sleep", lambda _: pytest.fail("waited"))
    monkeypatch.setattr(account, "_lookup", lambda _: None)
    assert account._make_system_account() is None
