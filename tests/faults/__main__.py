"""`make faults`: the crash tests of the server and of mail, then the nights, then one line of JSON."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults import rounds
    from tests.faults.score import Score

ENOUGH_TO_COLLIDE = 1_000
"""People of the night two workers start at once: they meet before anybody is read, so more would prove no more."""

RESTARTED_FIRST = 5
"""The same order for restarts of the database."""
AT_ONCE_FIRST = 5
"""Killed in apply first, then in every other step: read, match, guard, notify, normalize, diff."""


def main() -> int:
    """The exit is 0 when nothing was lost, doubled or torn, and every run went on within a minute."""
    asked = _arguments()
    began = time.monotonic()
    others = 0
    if not asked.only_rounds:
        others = subprocess.call(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "tests/faults",
                "--deselect",
                "tests/faults/test_kills.py",
            ],
            env={**os.environ, "FAULTS": "whole"},
        )
    os.environ["SCHEDULEPOP_SECRET_KEY"] = "for-faults-only-" + "0" * 50
    from tests.faults import restarts, rounds
    from tests.faults.score import Score

    score = Score()
    with rounds.night(asked.people, asked.hires, say=_say) as night:
        for seed in range(asked.kills):
            rounds.kill_round(night, score, asked.seed + seed)
            if (seed + 1) % 20 == 0:
                _say(f"{seed + 1} kills: {score.line()}")
        for seed in range(asked.pauses):
            rounds.kill_round(night, score, asked.seed + asked.kills + seed, pause=True)
        for seed in range(asked.restarts):
            restarts.restart_round(night, score, RESTARTED_FIRST + 2 * seed)
        if asked.at_once:
            between_nights = rounds.at_once(night)
            for seed in range(asked.at_once):
                rounds.kill_round(between_nights, score, AT_ONCE_FIRST + 2 * seed)
        if asked.people <= ENOUGH_TO_COLLIDE:
            _double_starts(night, score, asked.double_starts)
    if asked.people > ENOUGH_TO_COLLIDE and asked.double_starts:
        with rounds.night(ENOUGH_TO_COLLIDE, ENOUGH_TO_COLLIDE // 20, say=_say) as night:
            _double_starts(night, score, asked.double_starts)
    for sentence in score.said:
        _say(sentence)
    _say(
        f"Kills and pauses by step: {score.steps}; {score.paused} paused workers woke up after the take-over."
    )
    score.seconds = time.monotonic() - began
    _say(score.line())
    return 0 if score.good and not others else 1


def _double_starts(night: rounds.Night, score: Score, times: int) -> None:
    from tests.faults import rounds

    for seed in range(times):
        rounds.collision(night, score, seed)


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--hires", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pauses", type=int, default=14)
    parser.add_argument("--restarts", type=int, default=14, help="of the database, under a worker")
    parser.add_argument("--at-once", type=int, default=28, help="kills in runs about five people")
    parser.add_argument("--double-starts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only-rounds", action="store_true", help="without the server's and the mail's tests"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
