"""Payroll platforms and ways a file comes: a file or a package each, one line in the registry. No Django and no
database.

Come in: `get`, `source_of` (all that a connector may touch), `spool.collect` (what it gives, as a feed), the contract.
`paging`, `records`, `joined`, `shelf` and `lib/http` are what connectors are written with, `testing` is what they are
tested with. A connector knows the contract and these: no other connector, no integration and no run. What it says of
somebody's server is its own sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr, ValidationError

from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.connectors.bamboohr import BAMBOOHR
from schedulepop.connectors.contract import Arrived, Connector, ConnectorError, Form, Source
from schedulepop.connectors.dayforce import DAYFORCE
from schedulepop.connectors.drop import DROP
from schedulepop.connectors.file import FILE
from schedulepop.connectors.finch import FINCH
from schedulepop.connectors.gusto import GUSTO
from schedulepop.connectors.https import HTTPS
from schedulepop.connectors.merge import MERGE
from schedulepop.connectors.paychex import PAYCHEX
from schedulepop.connectors.paycom import PAYCOM
from schedulepop.connectors.paycor import PAYCOR
from schedulepop.connectors.paylocity import PAYLOCITY
from schedulepop.connectors.rippling import RIPPLING
from schedulepop.connectors.sftp import SFTP
from schedulepop.connectors.ukg_pro import UKG_PRO
from schedulepop.connectors.ukg_ready import UKG_READY
from schedulepop.connectors.workday import WORKDAY
from schedulepop.lib.http import Door

REGISTRY: dict[str, Connector] = {
    connector.kind: connector
    for connector in (
        FILE,
        SFTP,
        HTTPS,
        DROP,
        ADP_WFN,
        BAMBOOHR,
        DAYFORCE,
        FINCH,
        GUSTO,
        MERGE,
        PAYCHEX,
        PAYCOM,
        PAYCOR,
        PAYLOCITY,
        RIPPLING,
        UKG_PRO,
        UKG_READY,
        WORKDAY,
    )
}


def get(kind: str) -> Connector:
    """The connector of this kind. Raises KeyError with the known kinds."""
    try:
        return REGISTRY[kind]
    except KeyError:
        raise KeyError(f"There is no connector {kind!r}. Known: {', '.join(sorted(REGISTRY))}.") from None


def door_of(
    *,
    allowed: Sequence[str] = (),
    routes: Mapping[str, str] | None = None,
    **hooks: Callable[..., None],
) -> Door:
    """The door of an installation: private hosts it allows, and how a request waits its turn and is logged."""
    return Door(allowed=tuple(allowed), routes=dict(routes or {}), **hooks)  # type: ignore[arg-type]


def _kept_nowhere(name: str, value: str) -> None:
    raise ConnectorError("A secret has to be replaced, and there is nowhere to keep it.")


@contextmanager
def source_of(
    connector: Connector,
    config: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    *,
    folders: Sequence[Path] = (),
    door: Door | None = None,
    keep_secret: Callable[[str, str], None] = _kept_nowhere,
    today: date | None = None,
    arrived: Sequence[Arrived] = (),
) -> Iterator[Source]:
    """All that this connector may touch; its workdir is gone afterwards. A secret that it keeps counts at once.

    Raises ConnectorError when a setting or a secret is missing or does not fit, without its value.
    """
    door = door or Door()
    settings = _fits(connector, connector.config, config)
    sealed = _fits(connector, connector.secrets, secrets or {})

    def keep(name: str, value: str) -> None:
        keep_secret(name, value)
        setattr(sealed, name, SecretStr(value))

    with TemporaryDirectory(prefix="schedulepop-") as folder:
        yield Source(
            config=settings,
            secrets=sealed,
            http=replace(door, limits=connector.limits),
            workdir=Path(folder),
            folders=tuple(folders),
            keep_secret=keep,
            today=today or door.now().date(),
            log=door.log,
            arrived=tuple(arrived),
        )


def _fits(connector: Connector, form: type[Form], values: Mapping[str, Any]) -> Form:
    try:
        return form(**values)
    except ValidationError as error:
        wrong = [
            (form.model_fields[name].title or name)
            if (name := str(one["loc"][0] if one["loc"] else "")) in form.model_fields
            else name
            for one in error.errors(include_input=False, include_context=False)
        ]
    raise ConnectorError(f"{connector.title}: missing or not fitting: {', '.join(filter(None, wrong))}.")
