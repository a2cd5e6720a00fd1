"""The registry: one line per kind of payroll platform. Connectors reach no Django and no database."""

from __future__ import annotations

from schedulepop.connectors.contract import Connector
from schedulepop.connectors.file import FILE

REGISTRY: dict[str, Connector] = {connector.kind: connector for connector in (FILE,)}


def get(kind: str) -> Connector:
    """The connector of this kind. Raises KeyError with the known kinds."""
    try:
        return REGISTRY[kind]
    except KeyError:
        raise KeyError(f"There is no connector {kind!r}. Known: {', '.join(sorted(REGISTRY))}.") from None
