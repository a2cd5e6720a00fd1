"""A connector's settings and secrets as a form: made from its models, read back into them, errors by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from schedulepop.connectors.contract import Connector, Form
from schedulepop.sync.integrations.secrets import SecretState
from schedulepop.wording.translation import gettext

MAX_SECRET = 100_000  # bytes of a key or certificate that is chosen as a file
Kind = Literal["text", "number", "choice", "switch", "secret", "lines"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One setting, or one secret with what is known of it: never its value."""

    name: str  # of the input: config-region, secret-client_secret
    title: str
    description: str
    help: str  # where in the vendor's console the value is found
    kind: Kind
    choices: tuple[str, ...] = ()
    value: str = ""  # of settings only
    required: bool = True
    sent_to: bool = False  # says where the secrets go: another value empties them
    state: SecretState | None = None
    error: str = ""

    @property
    def ident(self) -> str:
        """Of the input in the page."""
        return self.name.replace("_", "-")

    @property
    def described_by(self) -> str:
        """What explains the input: its help, since when it is set, what is wrong with it."""
        parts = {
            "h": True,
            "s": self.state is not None and self.state.set_at is not None,
            "e": bool(self.error),
        }
        return " ".join(f"{self.ident}-{part}" for part, there in parts.items() if there)

    @property
    def file_name(self) -> str:
        """Of the input that takes a secret of several lines as a file."""
        return self.name.replace("secret-", "file-", 1)


def settings_of(connector: Connector, values: Mapping[str, Any]) -> list[FormField]:
    """The settings, filled with what was typed or is stored."""
    return [_field("config", name, of, values) for name, of in _declared(connector.config)]


def secrets_of(connector: Connector, states: Iterable[SecretState] = ()) -> list[FormField]:
    """The secrets, empty always."""
    known = {one.name: one for one in states}
    return [
        replace(_field("secret", name, of, {}), state=known.get(name))
        for name, of in _declared(connector.secrets)
    ]


def _declared(form: type[Form]) -> list[tuple[str, FieldInfo]]:
    return [(name, of) for name, of in form.model_fields.items() if not of.exclude]


def _field(part: str, name: str, of: FieldInfo, values: Mapping[str, Any]) -> FormField:
    extra = of.json_schema_extra if isinstance(of.json_schema_extra, dict) else {}
    choices = tuple(map(str, get_args(of.annotation))) if get_origin(of.annotation) is Literal else ()
    default = "" if of.is_required() or of.default is None else of.default
    value = values.get(name, default)
    lines = int(str(extra.get("lines", 1)))
    kind: Kind = "lines" if lines > 1 else "secret" if part == "secret" else _kind(of, choices)
    return FormField(
        name=f"{part}-{name}",
        title=of.title or name,
        description=of.description or "",
        help=str(extra.get("help", "")),
        kind=kind,
        choices=choices,
        value="" if part == "secret" else ("on" if value is True else "" if value is False else str(value)),
        required=of.is_required(),
        sent_to=bool(extra.get("sent_to")),
    )


def _kind(of: FieldInfo, choices: tuple[str, ...]) -> Kind:
    if choices:
        return "choice"
    if of.annotation is bool:
        return "switch"
    return "number" if of.annotation is int else "text"


def typed_settings(connector: Connector, posted: Mapping[str, str]) -> dict[str, Any]:
    """The settings as they were typed; what is blank and may be is left to its default."""
    found: dict[str, Any] = {}
    for name, of in _declared(connector.config):
        value = posted.get(f"config-{name}", "").strip()
        if of.annotation is bool:
            found[name] = value == "on"
        elif value or of.is_required():
            found[name] = value
    return found


def typed_secrets(
    connector: Connector, posted: Mapping[str, str], files: MultiValueDict[str, UploadedFile[Any]]
) -> dict[str, str]:
    """The secrets that were typed, or chosen as a file. Blank: the stored one stays."""
    found: dict[str, str] = {}
    for name, _ in _declared(connector.secrets):
        value = posted.get(f"secret-{name}", "").replace("\r\n", "\n").strip()
        file = files.get(f"file-{name}")
        if not value and file is not None and 0 < (file.size or 0) <= MAX_SECRET:
            value = file.read().decode("utf-8", errors="replace").strip()
        if value:
            found[name] = value
    return found


def errors_of(connector: Connector, settings: Mapping[str, Any]) -> dict[str, str]:
    """Input → what is wrong with it, as a sentence without its value."""
    return _errors("config", connector.config, settings)


def secret_errors(
    connector: Connector, secrets: Mapping[str, str], *, stored: Collection[str]
) -> dict[str, str]:
    """The same of secrets. What is `stored` already may be left blank."""
    found = _errors("secret", connector.secrets, secrets)
    return {name: said for name, said in found.items() if name.removeprefix("secret-") not in stored}


def _errors(part: str, form: type[BaseModel], values: Mapping[str, Any]) -> dict[str, str]:
    try:
        form(**values)
    except ValidationError as error:
        return {
            f"{part}-{one['loc'][0] if one['loc'] else ''}": _sentence(one["type"], one["msg"])
            for one in error.errors(include_input=False, include_context=False, include_url=False)
        }
    return {}


def _sentence(kind: str, message: str) -> str:
    match kind:
        case "missing":
            return gettext("This is needed.")
        case "string_too_short":
            return gettext("This is too short, or empty. Copy the whole value.")
        case "string_too_long":
            return gettext("This is too long. Is it another value?")
        case "string_pattern_mismatch":
            return gettext(
                "This has another form than such a value. Look where it is found, and copy only that."
            )
        case "literal_error":
            return gettext("Choose one of the list.")
        case "int_parsing" | "int_type":
            return gettext("Type a whole number.")
    return message.removeprefix("Value error, ").rstrip(".") + "."


def with_errors(fields: Iterable[FormField], errors: Mapping[str, str]) -> list[FormField]:
    """The fields, each with what is wrong with it."""
    return [replace(one, error=errors.get(one.name, "")) for one in fields]
