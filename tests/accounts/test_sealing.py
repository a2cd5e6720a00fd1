"""Texts are sealed for one purpose with the installation's keys, which only we may read."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from schedulepop.accounts import sealing


@pytest.fixture
def file(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.KEYS, settings.KEYS_FILE = (), str(tmp_path / "state" / "keys")
    return tmp_path / "state" / "keys"


def test_a_file_is_made_for_us_alone(file: Path) -> None:
    sealed = sealing.seal("a key", "one thing")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sealing.unseal(sealed, "one thing") == "a key"
    with pytest.raises(sealing.NotReadableError):
        sealing.unseal(sealed, "another thing")


def test_many_at_once_make_one_file(file: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: sealing.keys(), range(40)))
    assert len(found) == 1
    assert [one.name for one in file.parent.iterdir()] == ["keys"]


def test_a_changed_file_is_read_anew(file: Path) -> None:
    sealed = sealing.seal("a key", "one thing")
    (old,) = sealing.keys()
    sealing.write_file((sealing.new_key(), old))
    assert sealing.unseal(sealed, "one thing") == "a key"
    sealing.write_file((sealing.new_key(),))
    with pytest.raises(sealing.NotReadableError):
        sealing.unseal(sealed, "one thing")
    with pytest.raises(sealing.NotReadableError):
        sealing.resealed(sealed)


@pytest.mark.parametrize("wrong", ["canary", "ä" * 44, "A" * 40])
def test_what_is_no_key_is_said_without_it(wrong: str, settings) -> None:  # type: ignore[no-untyped-def]
    settings.KEYS = (sealing.new_key(), wrong)
    with pytest.raises(ImproperlyConfigured) as refused:
        sealing.keys()
    assert wrong not in str(refused.value)
    assert "SCHEDULEPOP_KEYS" in str(refused.value)


def test_an_empty_file_is_not_taken_for_a_key(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("")
    with pytest.raises(ImproperlyConfigured, match="no key"):
        sealing.seal("a key", "one thing")
