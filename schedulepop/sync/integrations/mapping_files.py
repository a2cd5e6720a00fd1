"""The mapping as a TOML file, in and out, and what is said of one that does not fit."""

from __future__ import annotations

import tomllib

import tomli_w
from pydantic import ValidationError

from schedulepop.sync.errors import Refused
from schedulepop.sync.plan.policy import Mapping


def from_toml(text: str) -> Mapping:
    """A mapping file. Raises Refused with the place and the reason."""
    try:
        return Mapping(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The mapping file is not TOML: {error}.") from error
    except ValidationError as error:
        raise Refused(sentences(error)) from error


def to_toml(mapping: Mapping) -> str:
    """The mapping as a file that `from_toml` reads back, without what equals the defaults."""
    return tomli_w.dumps(mapping.model_dump(mode="json", exclude_defaults=True, exclude_none=True))


def sentences(error: ValidationError) -> str:
    """Pydantic's findings as one sentence each, without the values."""
    return " ".join(
        f"{'.'.join(str(p) for p in item['loc']) or 'Setting'}: {item['msg']}." for item in error.errors()
    )
