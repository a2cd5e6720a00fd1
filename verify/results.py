"""What was found, per platform and check, and the line of JSON at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended. `unverified`: something that it needs is not there."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one platform."""

    what: str  # requests, answers, payloads, sdk, paging, faults
    state: State
    said: str  # a sentence or figures

    @property
    def by_vendor(self) -> bool:
        """Whether it compares us with something of the vendor's; our own stub is none."""
        return self.what not in ("paging", "faults")


def verified(what: str, said: str) -> Check:
    return Check(what, State.VERIFIED, said)


def failed(what: str, said: str) -> Check:
    return Check(what, State.FAILED, said)


def unverified(what: str, said: str) -> Check:
    return Check(what, State.UNVERIFIED, said)


def of_platform(checks: Sequence[Check]) -> State:
    """Failed with any check that failed; verified where something of the vendor's agreed with us."""
    if any(one.state is State.FAILED for one in checks):
        return State.FAILED
    if any(one.state is State.VERIFIED and one.by_vendor for one in checks):
        return State.VERIFIED
    return State.UNVERIFIED


def summary(found: Mapping[str, Sequence[Check]]) -> str:
    """One JSON object: each platform's checks, and the kinds by how they ended."""
    ended = {kind: of_platform(checks) for kind, checks in found.items()}
    platforms = {kind: {one.what: one.state.value for one in checks} for kind, checks in found.items()}
    lists = {state.value: [kind for kind, how in ended.items() if how is state] for state in State}
    return json.dumps({"platforms": platforms, **lists})


def exit_code(found: Mapping[str, Sequence[Check]]) -> int:
    """1 with anything failed."""
    return int(any(of_platform(checks) is State.FAILED for checks in found.values()))
