"""A plan as stored on its run: packed frames, and the digest an approval names."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.changes import HOLDING
from schedulepop.sync.plan.frames.feed import CARRIED, FINGERPRINT
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan

Schema = Mapping[str, pl.DataType | type[pl.DataType]]
_NOT_DIGESTED = ("change_no", *HOLDING, "row", "situation")


def digest(changes: pl.DataFrame, fields: pl.DataFrame) -> str:
    """sha256 over what would be written, whatever holds it and wherever it stands in the file."""
    keys = ["source_id", "location_id", "verb"]
    lines = changes.drop(_NOT_DIGESTED).sort(keys, nulls_last=True)
    named = fields.join(changes.select("change_no", *keys), on="change_no", how="inner").drop("change_no")
    content = lines.write_csv() + named.sort([*keys, "field"], nulls_last=True).write_csv()
    return hashlib.sha256(content.encode()).hexdigest()


def pack(plan: Plan) -> bytes:
    """Every frame as Arrow in one archive, but for the fingerprints: an approval plans anew."""
    plan = replace(plan, fingerprints=empty(FINGERPRINT), carried=empty(CARRIED))
    buffer = io.BytesIO()
    rest: dict[str, object] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for item in dataclass_fields(Plan):
            value = getattr(plan, item.name)
            if isinstance(value, pl.DataFrame):
                nothing = value.is_empty()
                archive.writestr(
                    item.name, _nothing(tuple(value.schema.items())) if nothing else _arrow(value)
                )
            elif isinstance(value, (date, datetime)):
                rest[item.name] = value.isoformat()
            else:
                rest[item.name] = value
        archive.writestr("rest.json", json.dumps(rest))
    return buffer.getvalue()


def _arrow(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


@cache
def _nothing(columns: tuple[tuple[str, pl.DataType], ...]) -> bytes:
    """Most frames of most plans are empty, and then always the same bytes."""
    return _arrow(pl.DataFrame(schema=dict(columns)))


def unpack(blob: bytes | memoryview) -> Plan:
    """The plan again, equal to the packed one."""
    with zipfile.ZipFile(io.BytesIO(bytes(blob))) as archive:
        rest: dict[str, Any] = json.loads(archive.read("rest.json"))
        frames: dict[str, Any] = {
            name: pl.read_ipc(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if name != "rest.json"
        }
    rest["today"] = date.fromisoformat(rest["today"])
    rest["source_time"] = datetime.fromisoformat(rest["source_time"]) if rest["source_time"] else None
    rest["unknown_columns"] = tuple(rest["unknown_columns"])
    return Plan(**frames, **rest)


def parts(blob: bytes | memoryview, **schemas: Schema) -> dict[str, pl.DataFrame]:
    """Some frames of a packed plan by name, without the others; empty where an older plan has none."""
    with zipfile.ZipFile(io.BytesIO(bytes(blob))) as archive:
        kept = set(archive.namelist())
        return {
            name: pl.read_ipc(io.BytesIO(archive.read(name))) if name in kept else empty(schema)
            for name, schema in schemas.items()
        }
