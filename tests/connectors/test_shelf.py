"""What waits on disk for the list that is read last: by ID and name, once, and nobody else sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.connectors.paging import ChangedWhileReadingError
from schedulepop.connectors.shelf import Shelf


def test_what_was_put_is_found_by_its_owner_and_name(tmp_path: Path) -> None:
    with Shelf(tmp_path, "Acme") as shelf:
        shelf.put("007", "person", {"last": "Ødegård\n"})
        shelf.put("008", "person", {"last": "Bell"})
        shelf.put("007", "pay", {"rate": "24.10", "notes": [None, True]})
        assert shelf.of("007") == {
            "person": {"last": "Ødegård\n"},
            "pay": {"rate": "24.10", "notes": [None, True]},
        }
        assert shelf.of("008") == {"person": {"last": "Bell"}}
        assert shelf.of("009") == {}


def test_the_same_again_is_dropped_and_anything_else_is_a_list_that_changed(tmp_path: Path) -> None:
    with Shelf(tmp_path, "Acme") as shelf:
        shelf.put("007", "person", {"last": "Bell"})
        shelf.put("007", "pay", {})
        shelf.put("007", "person", {"last": "Bell"})
        assert len(shelf.of("007")) == 2
        with pytest.raises(ChangedWhileReadingError, match=r"Acme .* under one ID \(007\)"):
            shelf.put("007", "person", {"last": "Newlywed"})


def test_its_file_has_no_name(tmp_path: Path) -> None:
    with Shelf(tmp_path, "Acme") as shelf:
        shelf.put("007", "pay", {"rate": "24.10"})
        assert not list(tmp_path.iterdir())
