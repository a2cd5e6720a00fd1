"""A connector in front of Prism: is every request legal by the specification, do we read whatever the schema allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import jmespath

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import (
    ConnectorError,
    Records,
    Source,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.connectors.flat import Flat
from schedulepop.connectors.testing import Asked, Laws, Reply
from schedulepop.lib.http import Door
from verify import prism
from verify.catalog import Fault, Platform
from verify.memory import Memory
from verify.relay import Relay, ask
from verify.results import Check, failed, unverified, verified

SEEDS = ("maple", "cedar", "birch")
"""Of each come random answers, the same ones each time, after the specification's own examples."""


@dataclass(slots=True)
class Seen:
    """What came of some fetches."""

    requests: int = 0
    records: int = 0
    rows: int = 0
    broken: list[str] = field(default_factory=list)  # requests that are not legal
    unread: list[str] = field(default_factory=list)  # legal answers that we do not read
    unmade: list[str] = field(default_factory=list)  # answers that Prism cannot make up
    ended: list[str] = field(default_factory=list)  # how fetches ended that were not whole


def checks(seen: Seen, faults: Sequence[Fault], shown: set[str]) -> list[Check]:
    """Requests, answers, and the faults: each has to be there still. `shown`: those that a request showed."""
    used = set(shown)
    broken = _unexcused(seen.broken, faults, used)
    unread = _unexcused(seen.unread, faults, used)
    found = [_of_requests(seen, broken), _of_answers(seen, unread)]
    stale = [one.says for one in faults if not one.text and one.says not in used]
    if stale:
        found.append(failed("faults", f"faults.toml is stale, not found any more: {'; '.join(stale)}"))
    elif faults:
        found.append(verified("faults", f"{len(faults)} known, each still there"))
    return found


def mended(spec: Path, faults: Sequence[Fault], folder: Path) -> tuple[Path, list[str]]:
    """The specification with the faults mended that Prism stumbles over; the faults whose text is not there."""
    text = spec.read_text("utf-8")
    stale = [one.says for one in faults if one.text and one.text not in text]
    changed = text
    for one in faults:
        if one.text and one.mend:
            changed = changed.replace(one.text, one.mend)
    if changed == text:
        return spec, stale
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / spec.name
    target.write_text(changed, "utf-8")
    return target, stale


def _of_requests(seen: Seen, broken: list[str]) -> Check:
    if broken:
        return failed("requests", "; ".join(broken[:5]))
    if not seen.requests:
        return failed("requests", f"no request reached the specification: {'; '.join(seen.ended[:2])}")
    return verified("requests", f"{seen.requests} requests are legal")


def _of_answers(seen: Seen, unread: list[str]) -> Check:
    if unread:
        return failed("answers", "; ".join(unread[:5]))
    if not seen.rows and seen.unmade:
        return unverified("answers", f"Prism cannot make up an answer of {seen.unmade[0]}")
    if not seen.rows:
        return failed("answers", f"nothing of the answers was read: {'; '.join(seen.ended[:3])}")
    rest = f"; not whole: {'; '.join(dict.fromkeys(seen.ended))}" if seen.ended else ""
    return verified("answers", f"{seen.records} records of the schema became {seen.rows} rows{rest}")


def _unexcused(found: Sequence[str], faults: Sequence[Fault], used: set[str]) -> list[str]:
    """What no known fault explains, each once; `used` learns which faults explained something."""
    left = []
    for one in dict.fromkeys(found):
        by = [fault for fault in faults if fault.excuses and re.search(fault.excuses, one)]
        used.update(fault.says for fault in by)
        if not by:
            left.append(one)
    return left


def _shows(fault: Fault, port: int) -> bool:
    """Whether a request shows the fault."""
    if fault.ask is None:
        return False
    told = ask(port, fault.ask.method, fault.ask.path, fault.ask.headers, fault.ask.body.encode())
    same = not fault.ask.at or jmespath.search(fault.ask.at, told.json) == fault.ask.shows
    return told.status == fault.ask.status and same


def _fetched(platform: Platform, laws: Laws, port: int, prefer: str, seen: Seen) -> None:
    """One fetch, as far as it comes. Prism knows no state, so that a list may end only by a guard or by us."""
    with relayed(platform, laws, port, prefer) as (relay, source):
        flat = Flat(laws.CONNECTOR, source)
        try:
            for part in laws.CONNECTOR.fetch(source, None):
                for record in part.rows if isinstance(part, Records) else ():
                    seen.records += 1
                    seen.rows += len(flat.rows(record)[1])
        except UnreadableAnswerError as error:
            seen.unread.append(str(error))
        except (ConnectorError, SourceBusyError) as error:
            seen.ended.append("stopped here, since every page is alike" if relay.ended else str(error))
        except Exception as error:
            seen.unread.append(f"{type(error).__name__}: {error}")
        seen.requests += relay.requests
        seen.broken += relay.broken
        seen.unmade += relay.unmade


@contextmanager
def relayed(platform: Platform, laws: Laws, port: int, prefer: str = "") -> Iterator[tuple[Relay, Source]]:
    """The connector's source, with whatever led to its stub leading to Prism."""
    memory = Memory(platform.remembered, laws.CONFIG, platform.sends)

    def own(asked: Asked) -> Reply | None:
        signs = any(word in asked.path.casefold() for word in platform.stub_answers)
        return stub.signs_in(asked) if signs else None

    with laws.STUB(laws.RECORDING) as stub, Relay(port, prefer, own, memory) as relay:
        routes = {origin: relay.url if to == stub.url else to for origin, to in stub.routes.items()}
        door = Door(allowed=("127.0.0.1",), routes=routes, sleep=lambda seconds: None)
        connector = replace(laws.CONNECTOR, limits=replace(laws.CONNECTOR.limits, tries=1))
        with source_of(
            connector, laws.CONFIG, laws.SECRETS, door=door, keep_secret=lambda *_: None
        ) as source:
            yield relay, source


def of_spec(platform: Platform, laws: Laws, specs: Path, build: Path, faults: Sequence[Fault]) -> list[Check]:
    """Everything that needs the specification. Raises MissingError."""
    spec = specs / platform.spec
    if not platform.spec or not spec.exists():
        raise prism.MissingError(
            "no specification" if not platform.spec else f"{platform.spec} is not in SPECS"
        )
    program = prism.installed(build / "prism")
    served, stale = mended(spec, faults, build / "specs")
    if stale:
        return [failed("faults", f"faults.toml is stale, not found any more: {'; '.join(stale)}")]
    seen, shown = Seen(), set[str]()
    for seed in SEEDS:
        with prism.serving(program, served, seed) as port:
            if seed == SEEDS[0]:
                _fetched(platform, laws, port, "", seen)
                shown = {one.says for one in faults if _shows(one, port)}
            _fetched(platform, laws, port, "dynamic=true", seen)
    return checks(seen, faults, shown)
