"""What is known of each vendor's things (`platforms.toml`), and the faults of its specification (`faults.toml`)."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schedulepop.connectors.testing import Laws

HERE = Path(__file__).parent


class Entry(BaseModel):
    """What a file may say, and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Payload(Entry):
    """A sample of the vendor's, and what we have to read in it."""

    file: str  # within SPECS/../payloads
    records: str  # JMESPath to the records, as the connector's fetch gives them
    adds: dict[str, Any] = {}  # what the connector itself puts on a record
    rows: int  # so many come of it
    filled: tuple[str, ...]  # columns that no row may lack


class Remembered(Entry):
    """What a platform would remember and Prism does not: an ID that was asked for, IDs that differ, how many there are.

    A text may have {asked} (the path's first group), {number} (of the item), {count} (of items) and {config[…]}.
    """

    path: str  # a regular expression on the path that is asked for
    items: str = "[@]"  # JMESPath to the parts of the answer
    field: str = ""  # of each of them; nothing: a header
    header: str = ""
    value: Any = ""
    answer: Any = None  # all of it, where the specification has no schema
    counts: str = ""  # JMESPath to what {count} counts; nothing: the items
    each: str = ""  # JMESPath on the request's body: the values, one for each item
    stretched: bool = False  # there are as many items as values of `each`
    past: str = ""  # a parameter of the query: where it is beyond `first`, there are no items any more
    first: int = 0


class Sdk(Entry):
    """The vendor's own client, or one that is widely used."""

    package: str  # name==version
    beside: tuple[str, ...] = ()  # older packages that it does not ask for and cannot do without
    ids: str  # JMESPath on a record of the recording: what the script has to print of each person


class Platform(Entry):
    """One vendor's things."""

    kind: str
    spec: str = ""  # file name within SPECS; nothing: none is published
    remembered: tuple[Remembered, ...] = ()
    sends: dict[
        str, str
    ] = {}  # headers that Prism gets instead, where a fault of the specification asks for it
    stub_answers: tuple[str, ...] = ("token", "oauth")  # words in a path: signing in is the stub's
    payloads: tuple[Payload, ...] = ()
    sdk: Sdk | None = None


class Fault(Entry):
    """A fault of a specification or of what is made from it, and how it shows. Exactly one of text, ask, excuses."""

    platform: str
    says: str
    source: str  # who found it, or what else the vendor says
    text: str = ""  # stands in the specification
    mend: str = ""  # what Prism gets instead, so that the rest can be looked at
    ask: Ask | None = None
    excuses: str = Field(default="", description="a regular expression on what would be a failure")

    @model_validator(mode="after")
    def _shows_one_way(self) -> Fault:
        if sum(bool(one) for one in (self.text, self.ask, self.excuses)) != 1:
            raise ValueError("a fault shows by text, by ask or by excuses")
        return self


class Ask(Entry):
    """A request to Prism that shows a fault."""

    method: Literal["GET", "POST"] = "GET"
    path: str
    headers: dict[str, str] = {}
    body: str = ""
    status: int
    at: str = ""  # JMESPath on the answer
    shows: Any = None  # what stands there


Fault.model_rebuild()


def platforms() -> dict[str, Platform]:
    """Every entry by its kind."""
    data = tomllib.loads((HERE / "platforms.toml").read_text("utf-8"))
    return {kind: Platform(kind=kind, **entry) for kind, entry in data.items()}


def faults(kind: str) -> list[Fault]:
    """The known faults of this platform's specification."""
    data = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))
    return [one for one in (Fault(**entry) for entry in data.get("fault", [])) if one.platform == kind]


def laws_of(kind: str) -> Laws:
    """The platform's own test: its connector, stub, recording and settings. Raises LookupError."""
    module = importlib.import_module(f"tests.connectors.{kind}.test_{kind}")
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, Laws) and one is not Laws and one.CONNECTOR.kind == kind:
            return one()
    raise LookupError(f"tests/connectors/{kind} has no class that inherits the laws")
