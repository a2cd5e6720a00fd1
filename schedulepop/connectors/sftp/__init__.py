"""Files that payroll puts on an SFTP server: the newest one, or one a facility. The host key is pinned.

`session` signs in and moves bytes, `choosing` says which files a night has.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, SecretStr, model_validator

from schedulepop import employee
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    File,
    Form,
    Limits,
    Part,
    Source,
    Unchanged,
    help_text,
)
from schedulepop.connectors.received_files import PgpSecrets, first_file, hours_to_wait, name_date, shown
from schedulepop.connectors.sftp import session

FINGERPRINT = r"^(SHA256:[A-Za-z0-9+/]{43}=?(\s+|$))*$"


class Config(Form):
    """Which server, and which files on it."""

    host: str = Field(
        title="Server",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})$",
        json_schema_extra=help_text("The host name that payroll's IT or the vendor gave, without sftp://."),
    )
    port: int = Field(
        default=22,
        ge=1,
        le=65535,
        title="Port",
        json_schema_extra=help_text("22, unless payroll's IT named another one."),
    )
    user: str = Field(
        title="User", min_length=1, max_length=200, json_schema_extra=help_text("As payroll's IT gave it.")
    )
    host_key: str = Field(
        default="",
        title="Host key",
        pattern=FINGERPRINT,
        description="The server's fingerprint: SHA256:…",
        json_schema_extra=help_text(
            "Leave it empty and test: the fingerprint is shown. Compare it with what payroll's IT says, then enter it."
        ),
    )
    folder: str = Field(
        default=".",
        title="Folder",
        max_length=500,
        json_schema_extra=help_text(
            "Where the exports lie, such as /outbound/staff; a dot is where one arrives."
        ),
    )
    pattern: str = Field(
        default="*.csv",
        title="File names",
        pattern=r"^[^/\x00]+$",
        max_length=200,
        description="* stands for anything: staff_*.csv",
        json_schema_extra=help_text("What the names of the exports have in common, with * for the rest."),
    )
    each_facility: bool = Field(
        default=False,
        title="A file for each facility",
        json_schema_extra=help_text(
            "When a night has several files, told apart by what stands beside the date."
        ),
    )
    wait_hours: int = hours_to_wait()
    date_in_name: str = name_date()
    done_file: bool = Field(
        default=False,
        title="Wait for a .done file",
        json_schema_extra=help_text(
            "When payroll's job writes staff.csv.done or staff.done after staff.csv is whole."
        ),
    )
    old_algorithms: bool = Field(
        default=False,
        title="Allow old algorithms",
        json_schema_extra=help_text(
            "Only for a server that speaks nothing newer than SHA-1; the test says so."
        ),
    )


class Secrets(PgpSecrets):
    """How one signs in: one of the two."""

    password: SecretStr = Field(
        default=SecretStr(""),
        title="Password",
        json_schema_extra=help_text("As payroll's IT gave it; empty with a key."),
    )
    private_key: SecretStr = Field(
        default=SecretStr(""),
        title="Private key",
        json_schema_extra=help_text(
            "In OpenSSH or PEM form, whole. Payroll's IT has the public half.", lines=6
        ),
    )
    passphrase: SecretStr = Field(
        default=SecretStr(""),
        title="Passphrase of the key",
        json_schema_extra=help_text("Only where the private key has one; empty otherwise."),
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Secrets:
        if not (self.password.get_secret_value() or self.private_key.get_secret_value()):
            raise ValueError("a password or a private key")
        return self


def check(source: Source) -> Checked:
    """Signs in, and reads the newest file; shows the server's fingerprint while none is set."""
    return first_file(fetch(source, None))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The files of the night, whole. Raises ConnectorError, or SourceBusyError while one is written or missing."""
    came = session.fetched(source, cursor or {})
    if not came:
        yield Unchanged()
    for one, path in came:
        yield File(path, shown(one.name), one.source_time(source.config.date_in_name), one.stable_id)
    yield Done()


SFTP = Connector(
    kind="sftp",
    title="SFTP",
    since="2026-11-29",
    checked_against="public notes",
    config=Config,
    secrets=Secrets,
    provides=frozenset(field.name for field in employee.FIELDS),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(future_hires=True, leavers=True, several_jobs=True),
    limits=Limits(total=1800),
)
