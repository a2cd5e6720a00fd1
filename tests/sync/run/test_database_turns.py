"""Fifty fetches at once need a few database connections, however many answers come in the same second."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from schedulepop.sync.run.database_turns import AT_ONCE, Turn

pytestmark = pytest.mark.django_db


def test_a_few_at_a_time() -> None:
    inside, most, guard = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal inside, most
        with Turn().taken():
            with guard:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.01)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(50) as threads:
        list(threads.map(work, range(50)))
    assert most == AT_ONCE


def test_who_waits_for_a_server_lets_others_in() -> None:
    everybody = threading.Barrier(3 * AT_ONCE)

    def wait_together(_: int) -> bool:
        turn = Turn()
        with turn.taken(), turn.given_up():
            everybody.wait(20)
        return True

    with ThreadPoolExecutor(everybody.parties) as threads:
        assert all(threads.map(wait_together, range(everybody.parties)))


def test_none_is_lost() -> None:
    """A request takes the turn anew while its fetch waits; what is taken twice, or not at all, is given up once."""
    for _ in range(2 * AT_ONCE):
        turn = Turn()
        with turn.given_up(), turn.taken(), turn.taken(), turn.given_up(), turn.taken():
            pass


def test_who_waits_in_front_of_a_page_needs_none() -> None:
    turns = [Turn(limited=False) for _ in range(2 * AT_ONCE)]
    for turn in turns:
        turn.taken().__enter__()
