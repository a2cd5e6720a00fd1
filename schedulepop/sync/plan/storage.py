"""A plan as stored on its run: packed frames, and the digest an approval names."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, HOLDING
from schedulepop.sync.plan.frames.feed import CARRIED, CODES_FOUND, FINGERPRINT, PROBLEM
from schedulepop.sync.plan.frames.missing import SHORT
from schedulepop.sync.plan.frames.outcomes import HOLD, RECORD, RELEASED, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.questions import ANSWERED, ID_CHANGE, LINK, QUESTION, RETIRED, SUGGESTION
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS

Schema = Mapping[str, pl.DataType | type[pl.DataType]]
FRAMES: Mapping[str, Schema] = {
    "records": RECORD,
    "changes": CHANGE,
    "fields": FIELD,
    "problems": PROBLEM,
    "holds": HOLD,
    "missing": SNAPSHOT_SCHEMAS["missing"],
    "links": LINK,
    "codes": CODES_FOUND,
    "fingerprints": FINGERPRINT,
    "carried": CARRIED,
    "extras": EXTRA,
    "retired": RETIRED,
    "id_changes": ID_CHANGE,
    "answered": ANSWERED,
    "questions": QUESTION,
    "suggestions": SUGGESTION,
    "short": SHORT,
    "released": RELEASED,
}
"""The frames of a plan."""
FEW = 5  # rows of a frame that are kept as text; those of more people as Arrow, column by column
TEXT = b"\x01"  # what a packed plan that is text begins with; an archive begins with PK
USUAL = (
    b'{"rest":{"counts":{"read":50,"held":0,"deactivated":0,"transferred":0,"reactivated":0,"created":0,"updated":0,'
    b'"unchanged":50,"rejected":0,"excluded":0,"removed_missing":0},"columns":{"source_id":"Associate ID",'
    b'"employee_number":"Employee Number","first_name":"First Name","last_name":"Last Name","email":"Email",'
    b'"phone":"Phone","location":"Location Code","duty":"Job Code","zone":"Department Code",'
    b'"status":"Employment Status","hire_date":"Hire Date","original_hire_date":"Original Hire Date"},'
    b'"unknown_columns":[],"blank":{"source_id":0.0,"employee_number":0.0,"first_name":0.0,"last_name":0.0,"email":0.0,'
    b'"phone":0.0,"location":0.0,"duty":0.0,"zone":0.0,"status":0.0,"hire_date":0.0,"original_hire_date":0.0},'
    b'"today":"2026-11-30","source_time":"2026-11-30T10:00:00+00:00","seconds":{"read":0.0,"normalize":0.0,"match":0.0,'
    b'"diff":0.0,"guard":0.0,"apply":0.0},"status_words":{},"guard_counts":[]},"frames":{"problems":"[{\\"code\\":\\"'
    b'\\",\\"reason\\":\\"\\",\\"row\\":null,\\"source_id\\":null,\\"location_id\\":null,\\"column\\":null,'
    b'\\"value\\":null,\\"key\\":null,\\"params\\":null}]"}}'
)
"""What a small plan mostly says, which its packed text refers to (zlib's preset dictionary). Never changed: what was
packed by it is read by it. Another one needs another first byte.
"""
_NOT_DIGESTED = ("change_no", *HOLDING, "row", "situation")


def digest(changes: pl.DataFrame, fields: pl.DataFrame) -> str:
    """sha256 over what would be written, whatever holds it and wherever it stands in the file."""
    keys = ["source_id", "location_id", "verb"]
    lines = changes.drop(_NOT_DIGESTED).sort(keys, nulls_last=True)
    named = fields.join(changes.select("change_no", *keys), on="change_no", how="inner").drop("change_no")
    content = lines.write_csv() + named.sort([*keys, "field"], nulls_last=True).write_csv()
    return hashlib.sha256(content.encode()).hexdigest()


def pack(plan: Plan) -> bytes:
    """Every frame as Arrow in one archive, but for the fingerprints: an approval plans anew.

    A night on which nothing happened, most of all nights, leaves a line of text instead (`_as_text`).
    """
    plan = replace(plan, fingerprints=empty(FINGERPRINT), carried=empty(CARRIED))
    values = {item.name: getattr(plan, item.name) for item in dataclass_fields(Plan)}
    frames = {name: value for name, value in values.items() if isinstance(value, pl.DataFrame)}
    rest = {name: _plain(value) for name, value in values.items() if name not in frames}
    text = _as_text(frames)
    if text is not None:
        packer = zlib.compressobj(level=9, wbits=-15, zdict=USUAL)
        said = json.dumps({"rest": rest, "frames": text}, separators=(",", ":")).encode()
        return TEXT + packer.compress(said) + packer.flush()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, frame in frames.items():
            nothing = frame.is_empty()
            archive.writestr(name, _nothing(tuple(frame.schema.items())) if nothing else _arrow(frame))
        archive.writestr("rest.json", json.dumps(rest))
    return buffer.getvalue()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _as_text(frames: Mapping[str, pl.DataFrame]) -> dict[str, str] | None:
    """The few rows of frames that are not empty, as JSON; None where that would not give the same frames again."""
    found = {}
    for name, frame in frames.items():
        if frame.schema != FRAMES[name] or frame.height > FEW:
            return None
        if frame.height:
            found[name] = frame.write_json()
            if not _of_text(name, found[name]).equals(frame):
                return None
    return found


def _of_text(name: str, text: str | None) -> pl.DataFrame:
    return pl.read_json(io.StringIO(text), schema=FRAMES[name]) if text else empty(FRAMES[name])


def _read_text(blob: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    unpacker = zlib.decompressobj(wbits=-15, zdict=USUAL)
    told = json.loads(unpacker.decompress(blob[len(TEXT) :]) + unpacker.flush())
    return told["rest"], told["frames"]


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
    blob = bytes(blob)
    if blob.startswith(TEXT):
        rest, text = _read_text(blob)
        frames: dict[str, Any] = {name: _of_text(name, text.get(name)) for name in FRAMES}
    else:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            rest = json.loads(archive.read("rest.json"))
            frames = {
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
    blob = bytes(blob)
    if blob.startswith(TEXT):
        _, text = _read_text(blob)
        return {name: _of_text(name, text.get(name)) for name in schemas}
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        kept = set(archive.namelist())
        return {
            name: pl.read_ipc(io.BytesIO(archive.read(name))) if name in kept else empty(schema)
            for name, schema in schemas.items()
        }
