"""What is offered, as tables made from the registry: a row a platform, a row a way a file comes.

The documents and the pages read the same tables. What has columns of its own is a platform; everything else is a way a
file comes, and the columns are the file's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schedulepop import employee
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.contract import Connector
from schedulepop.connectors.file import FILE
from schedulepop.connectors.file_profiles import Profile, profiles
from schedulepop.lib.formats import FORMATS

NOT_TRIED = "not tried live"
"""True of every platform so far: none was asked for a customer's own account."""


READ = "Files, read every night."
BROUGHT = "Payroll’s own job sends its export here, with one command; it is read when it arrives."


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to choose: a platform, or a way a file comes. The file connector is two ways."""

    key: str  # in addresses
    title: str
    sentence: str  # what it is, in one
    connector: Connector

    @property
    def is_platform(self) -> bool:
        return is_platform(self.connector)

    @property
    def assurance(self) -> str:
        """What it was checked against, and that nobody tried it live; nothing of a way a file comes."""
        return f"Checked against {self.connector.checked_against}; {NOT_TRIED}" if self.is_platform else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: what the columns are called, and rows of (name, a cell for each column)."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """The head and the rows, as they are written into a document."""
        return [(self.corner, *self.columns), *((name, *cells) for name, cells in self.rows)]

    @property
    def labeled(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Rows whose cells name their column: on a phone they stand below each other."""
        return [(name, list(zip(self.columns, cells, strict=True))) for name, cells in self.rows]


def is_platform(connector: Connector) -> bool:
    """Whether it is asked by an API; else it gives files."""
    return bool(connector.columns)


def platforms() -> list[Offer]:
    """Platforms by title."""
    found = [one for one in REGISTRY.values() if is_platform(one)]
    return [
        Offer(one.kind, one.title, _gives(one), one)
        for one in sorted(found, key=lambda one: one.title.casefold())
    ]


def ways() -> list[Offer]:
    """Ways a file comes: uploaded, in the organization's folder, and what else the registry has."""
    own = [
        Offer(
            "upload", "Upload", "An export of any payroll, uploaded in the browser when there is one.", FILE
        ),
        Offer("folder", "Folder", "An export that payroll puts on the server; it is read every night.", FILE),
    ]
    others = [one for one in REGISTRY.values() if not is_platform(one) and one is not FILE]
    return own + [Offer(one.kind, one.title, BROUGHT if one.dropped else READ, one) for one in others]


def offer(key: str) -> Offer:
    """The platform or way of this key. Raises KeyError."""
    return {one.key: one for one in (*platforms(), *ways())}[key]


def offer_of(connector: Connector, config: Mapping[str, Any]) -> Offer:
    """What was chosen when these settings were made."""
    if connector is FILE:
        return offer("folder" if config.get("path") else "upload")
    return offer(connector.kind)


def missing_fields(connector: Connector) -> list[employee.Field]:
    """Canonical fields that it cannot give. A full name is no loss where it gives its parts."""
    has_names = {"first_name", "last_name"} <= connector.provides
    return [
        field
        for field in employee.FIELDS
        if field.name not in connector.provides and not (field.name == "full_name" and has_names)
    ]


def lacks(connector: Connector, field: str) -> bool:
    """Whether the platform cannot give the field. A custom field may hold it all the same: that is the mapping's."""
    return field in {one.name for one in missing_fields(connector)}


def _gives(connector: Connector) -> str:
    """What a platform gives at a glance."""
    missing = [one.label for one in missing_fields(connector)]
    return f"Everything but {_listed(missing)}." if missing else "Every field."


def _listed(names: list[str]) -> str:
    words = [_lower(one) for one in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _lower(label: str) -> str:
    """Within a sentence: `CMS labor code` keeps its capitals."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def field_grid() -> Grid:
    """Of each platform, what it cannot give and what it gives only where that is granted; the rest it gives."""
    rows = ((one.title, (_not_available(one.connector), _gated(one.connector))) for one in platforms())
    return Grid("Platform", ("Not available", "Only where it is granted"), tuple(rows))


def _not_available(connector: Connector) -> str:
    missing = [one.label for one in missing_fields(connector)]
    return ", ".join([*missing[:1], *(_lower(one) for one in missing[1:])])


def _gated(connector: Connector) -> str:
    """Permissions with the fields that hang on each: `Pay rates: pay rate and pay unit.`"""
    fields = {
        need: [f.label for f in employee.FIELDS if _need(connector, f.name) == need]
        for need in connector.permissions
    }
    return " ".join(f"{need}: {_listed(names)}." for need, names in fields.items() if names)


def _need(connector: Connector, field: str) -> str:
    """The permission that gives the field's proposed column, or nothing."""
    column = connector.proposed.get(field, "")
    return next((name for name, columns in connector.permissions.items() if column in columns), "")


def field_table(connector: Connector) -> Grid:
    """Of one platform, every field: the column proposed for it and the permission that it needs."""
    rows = ((one.label, _given(connector, one.name)) for one in employee.FIELDS)
    return Grid("Field", ("Column", "Needs"), tuple(rows))


def _given(connector: Connector, field: str) -> tuple[str, str]:
    if field not in connector.provides:
        return "not available" if lacks(connector, field) else "in two parts", ""
    return connector.proposed[field], _need(connector, field)


def capability_grid() -> Grid:
    """What each platform can do."""
    able = ((one.title, one.connector, one.connector.capabilities) for one in platforms())
    return Grid(
        "Platform",
        ("People to come", "People who left", "Several jobs", "Fields of your own"),
        tuple(
            (
                title,
                (
                    _yes(can.future_hires),
                    _yes(can.leavers),
                    _yes(can.several_jobs),
                    _yes(connector.found is not None),
                ),
            )
            for title, connector, can in able
        ),
    )


def identity_grid() -> Grid:
    """What becomes of an ID on each platform, and what the platform was checked against."""
    rows = (
        (one.title, (one.connector.capabilities.identity, f"{one.connector.checked_against}; {NOT_TRIED}"))
        for one in platforms()
    )
    return Grid("Platform", ("The ID", "Checked against"), tuple(rows))


def format_grid() -> Grid:
    """Which formats come by which way. PGP needs the integration's key, which an upload and `try` do not have."""
    keys = {"`schedulepop try`": False} | {
        one.title: one.key != "upload" and "pgp_key" in one.connector.secrets.model_fields for one in ways()
    }
    cells = {way: tuple(_yes(key or name != "PGP") for name in FORMATS) for way, key in keys.items()}
    return Grid("Way", tuple(FORMATS), tuple(cells.items()))


def senders() -> list[Profile]:
    """Payrolls of which a report is known and that no connector asks by an API, by title."""
    return [one for one in profiles().values() if one.key not in REGISTRY]


def profile_grid() -> Grid:
    """Reports that are recognized by their headers: by which, what is proposed then, what that was checked against."""
    return Grid(
        "Report from",
        ("Recognized by", "Proposes", "Checked against"),
        tuple((one.title, (_marks(one), _proposes(one), _basis(one))) for one in profiles().values()),
    )


def _marks(one: Profile) -> str:
    return f"{one.enough} of: {', '.join(one.distinctive)}"


def _proposes(one: Profile) -> str:
    """What of a mapping, in a line."""
    parts = [f"{len(one.columns)} columns", f"dates as {_pattern(one.dates)}"]
    parts += [f"{len(one.statuses)} status words"] if one.statuses else []
    parts += [f"pay by the {one.pay_unit}"] if one.pay_unit else []
    return ", ".join(parts)


def _pattern(declared: str) -> str:
    return declared.replace("%m", "MM").replace("%d", "DD").replace("%Y", "YYYY")


def _basis(one: Profile) -> str:
    return f"{one.checked_against} ({one.source}); {NOT_TRIED}"


def _yes(value: bool) -> str:
    return "yes" if value else ""
