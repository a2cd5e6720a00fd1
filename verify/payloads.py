"""Sample payloads that a vendor publishes, through the connector's own columns."""

from __future__ import annotations

import json
from pathlib import Path

import jmespath

from schedulepop.connectors.contract import ConnectorError
from schedulepop.connectors.flat import Flat
from schedulepop.connectors.testing import Laws
from verify.catalog import Payload, Platform
from verify.results import Check, failed, unverified, verified


def check(platform: Platform, laws: Laws, folder: Path) -> Check:
    """Every sample of the platform that is there."""
    there = [one for one in platform.payloads if (folder / one.file).exists()]
    if not there:
        return unverified(
            "payloads", "no sample payloads" if not platform.payloads else "the samples are not there"
        )
    wrong = [said for one in there if (said := _wrong(one, laws, folder))]
    rows = sum(one.rows for one in there)
    return (
        failed("payloads", "; ".join(wrong))
        if wrong
        else verified("payloads", f"{rows} rows of {len(there)} files")
    )


def _wrong(payload: Payload, laws: Laws, folder: Path) -> str:
    """What of a sample is not read as it should be, or nothing."""
    records = jmespath.search(
        payload.records, json.loads((folder / payload.file).read_text("utf-8"), parse_float=str)
    )
    with laws.running() as run:
        flat = Flat(laws.CONNECTOR, run.source)
        try:
            rows = [row for record in records for row in flat.as_mappings({**record, **payload.adds})]
        except (ConnectorError, KeyError, TypeError, AttributeError, ValueError) as error:
            return f"{payload.file}: {type(error).__name__}: {error}"
    if len(rows) != payload.rows:
        return f"{payload.file}: {len(rows)} rows instead of {payload.rows}"
    blank = [name for name in payload.filled if not all(row.get(name) for row in rows)]
    return f"{payload.file}: blank in some row: {', '.join(blank)}" if blank else ""
