"""What the ways have in common by which payroll's files come: a date in the name, the PGP key, and the Test button."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import Field, SecretStr

from schedulepop.connectors.contract import (
    Checked,
    ConnectorError,
    File,
    Form,
    Part,
    SourceBusyError,
    help_text,
)

_DIGITS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
NAME_DATE = r"^((%[YymdHMS])|[^%/\\])*$"


class PgpSecrets(Form):
    """The secret half of the integration's own key pair."""

    pgp_key: SecretStr = Field(
        default=SecretStr(""),
        title="PGP key of this integration",
        json_schema_extra=help_text(
            "Only where payroll encrypts its files: made here, and its public half is given to payroll's IT.",
            lines=6,
        ),
    )


def first_file(parts: Iterable[Part]) -> Checked:
    """The answer of the Test button: the first file that comes, or why none does."""
    try:
        file = next(part for part in parts if isinstance(part, File))
    except (ConnectorError, SourceBusyError) as error:
        return Checked(False, str(error))
    return Checked(True, f"{file.name} is there, {file.path.stat().st_size:,} bytes.", file)


def name_date(default: str = "") -> str:
    """The setting, for a form."""
    field: str = Field(
        default=default,
        title="Date in the name",
        pattern=NAME_DATE,
        max_length=40,
        description="How a date stands in the file's name, such as %Y%m%d; empty: the time of the file counts",
        json_schema_extra=help_text("Look at the name of two exports: staff_20261129.csv is %Y%m%d."),
    )
    return field


def hours_to_wait() -> int:
    """The setting of a source that has a file for each facility, for a form."""
    field: int = Field(
        default=4,
        ge=0,
        le=24,
        title="Hours to wait for all facilities",
        json_schema_extra=help_text("How long after the first file of a night the last one may come."),
    )
    return field


def without_date(name: str, written: str) -> str:
    """A file's name without its date: what the exports of one facility have in common from night to night."""
    if written:
        return _pattern(written).sub("#", name)
    return re.sub(r"\d{4}[-_.]\d{2}[-_.]\d{2}|\d{6,}", "#", name)


def source_time(name: str, written: str, modified: datetime) -> datetime:
    """How old the file's data is (UTC): its own time, or the last date in its name. Raises ConnectorError."""
    if not written:
        return modified
    for found in reversed(_pattern(written).findall(name)):
        try:
            return datetime.strptime(found, written).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ConnectorError(f"There is no date written as {written} in the name {name}. Check the setting.")


def shown(name: str) -> str:
    """Somebody else's file name, fit for a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:120]


def _pattern(written: str) -> re.Pattern[str]:
    parts = re.findall(r"%[A-Za-z]|[^%]", written)
    return re.compile(
        "".join(rf"\d{{{_DIGITS[part[1]]}}}" if part[0] == "%" else re.escape(part) for part in parts)
    )
