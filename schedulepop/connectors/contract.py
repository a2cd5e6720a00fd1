"""What a connector is: a value with settings, secrets, a check, a fetch and the source's columns.

A fetch gives parts: records as the platform answers them, or a file as it came, and at the end `Done`. `spool.collect`
makes one feed of them; nothing else reads parts. The mapping (canonical field → column) is the integration's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from schedulepop.lib.http import Door, Limits
from schedulepop.lib.http.errors import (
    ConnectorError,
    NotFoundError,
    NotGrantedError,
    SignInRefusedError,
    SourceBusyError,
    UnreadableAnswerError,
)

__all__ = [
    "Arrived",
    "Capabilities",
    "Checked",
    "CheckedAgainst",
    "Connector",
    "ConnectorError",
    "Done",
    "File",
    "Form",
    "Limits",
    "NoSecrets",
    "NotFoundError",
    "NotGranted",
    "NotGrantedError",
    "Part",
    "Records",
    "ReportColumn",
    "ReportDefinition",
    "SignInRefusedError",
    "Source",
    "SourceBusyError",
    "Unchanged",
    "UnreadableAnswerError",
    "help_text",
    "marked",
]

CheckedAgainst = Literal["vendor's spec", "vendor's samples or SDK", "own report definition", "public notes"]
Cursor = Mapping[str, Any]


def help_text(text: str, *, sent_to: bool = False, account: bool = False, **more: Any) -> dict[str, Any]:
    """`json_schema_extra` of a setting: where in the platform's console the value is found.

    `sent_to`: it says where secrets are sent (host, URL, tenant, host key), so changing it empties them. `account`: it
    names the account that signs in, whose integrations keep pace together. `more`: for the page, such as `lines`.
    """
    return {"help": text, "sent_to": sent_to, "account": account, **more}


def marked(form: type[BaseModel], mark: str) -> frozenset[str]:
    """The settings that `help_text` marks so."""
    extras = {name: field.json_schema_extra for name, field in form.model_fields.items()}
    return frozenset(name for name, extra in extras.items() if isinstance(extra, dict) and extra.get(mark))


class Form(BaseModel):
    """What a person types. Unknown names are refused; every field has a title and a help text."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NoSecrets(Form):
    """For sources that need none."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that payroll put at the integration's drop address, as it was kept."""

    name: str
    size: int  # bytes as received
    source_time: datetime  # UTC: how old its data is
    at: datetime  # UTC: when it arrived
    received: str  # keyed hash of the bytes as received
    content: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """All that a connector may touch. Nothing is global."""

    config: Any
    secrets: Any
    http: Door
    workdir: Path  # ours alone, removed afterwards
    folders: tuple[Path, ...]  # where the organization's files lie
    keep_secret: Callable[[str, str], None]  # (field of `secrets`, value): committed when it returns
    today: date  # where the people work
    log: Callable[..., None]  # (event, **fields): no values, no secrets
    arrived: tuple[Arrived, ...] = ()  # at the drop address, of each file's name the newest


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one page as the platform gives them."""

    rows: list[Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came, whole, in the workdir. `source_time` (UTC) is its modification time."""

    path: Path
    name: str
    source_time: datetime
    stable_id: str = ""  # says that two files are the same one: an ETag, or size and time
    received: str = ""  # keyed hash of the bytes as they came, of a file that was kept before it is read


@dataclass(frozen=True, slots=True)
class NotGranted:
    """A permission (a key of `Connector.permissions`) that is missing: its columns are left out, never blank."""

    permission: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source has what it had last time, as the cursor says (`source_time`, `stable_id`); instead of files."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last part. Without `complete` there is no plan; `expected`: how many records the platform announced.

    `source_time` (UTC): of a platform that passes on a copy, when it read payroll. Else the moment of fetching.
    """

    complete: bool = True
    expected: int | None = None
    cursor: Cursor | None = None
    source_time: datetime | None = None


Part = Records | File | Unchanged | NotGranted | Done


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of the Test button: one sentence, whether it works, and what a person can see of the source."""

    ok: bool
    sentence: str
    file: File | None = None  # of sources that are files: what was read
    company: str = ""
    people: int | None = None
    not_granted: tuple[str, ...] = ()  # permissions
    sample: tuple[Mapping[str, str], ...] = field(default=(), repr=False)  # column → text, of some people


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. Every fetch is a full one so far."""

    snapshot: Literal["full", "delta", "push"] = "full"
    future_hires: bool = False  # people are listed before their first day
    leavers: bool = False  # people stay listed after their last day
    several_jobs: bool = False  # a row per job, with a primary flag
    identity: str = ""  # what becomes of the ID at a rehire or a transfer, in a sentence


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a report that a customer makes for us."""

    name: str  # as it has to be called
    kind: Literal["Text", "Date", "Number", "Yes or no"]
    shows: str  # the platform's own field, or what one puts there
    need: Literal["needed", "wished", "pay"] = "wished"  # pay: only where pay is synced


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """A report that has to be made in the platform before it can be read: what is handed to whoever makes it."""

    name: str
    columns: tuple[ReportColumn, ...]
    rules: tuple[tuple[str, str], ...]  # (what, a sentence or two), in the order of the work


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of payroll platform. Adding one is a file and a line in the registry."""

    kind: str
    title: str
    since: str  # the day (ISO) from which it is offered
    checked_against: CheckedAgainst
    config: type[Form]
    secrets: type[Form]
    provides: frozenset[str]  # canonical fields; the rest is shown as not available
    check: Callable[[Source], Checked]
    fetch: Callable[[Source, Cursor | None], Iterator[Part]]
    capabilities: Capabilities = field(default_factory=Capabilities)
    source_setting: str = ""  # the setting that names what is fetched: while it is empty, files are uploaded
    columns: Mapping[str, str] = field(default_factory=dict)  # source column → JMESPath on one row
    flatten: Callable[[Any, date], Iterable[Any]] | None = None  # record → rows, where paths cannot
    found: Callable[[Any], Mapping[str, str]] | None = None  # row → the tenant's own columns with their text
    record_id: str = (
        ""  # JMESPath on a record: read twice with other content, the list changed while it was read
    )
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)  # → columns that only it gives
    proposed: Mapping[str, str] = field(default_factory=dict)  # canonical field → column, to begin with
    limits: Limits = field(default_factory=Limits)
    report: ReportDefinition | None = None  # of a platform that gives a report of the customer's own
    local: bool = False  # read from this machine, within the run: no server is waited for, nobody signs in
    dropped: bool = (
        False  # payroll brings the files to the integration's drop address; `Source.arrived` has them
    )
