"""Raw broken files of ten kinds: what transfers, spreadsheets, web servers and programs have made of an export."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.sync.plan.campaign.payroll import GOOD

TEXT = GOOD.text()
DATA = TEXT.encode()
_CHANCE = random.Random(20261129)


def _zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payroll.csv", DATA)
    return out.getvalue()


def _noise(size: int) -> bytes:
    return _CHANCE.randbytes(size)


def _sprinkled(byte: bytes, times: int) -> bytes:
    broken = bytearray(DATA)
    for _ in range(times):
        broken[_CHANCE.randrange(len(broken))] = byte[0]
    return bytes(broken)


KINDS: dict[str, tuple[bytes, ...]] = {
    "nothing": (b"", b"\n\n\n", b" ", b"\0" * 500, b"\xef\xbb\xbf", b",,,,\n" * 9),
    "cut": (
        *tuple(DATA[: len(DATA) * part // 7] for part in (1, 3, 5)),
        DATA[:3],
        TEXT.encode("utf-16")[:-1],
    ),
    "not a table": (
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b'{"employees": [{"id": 1}]}',
        b"<?xml version='1.0'?><people/>",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3",
        b"ORA-00942: table or view does not exist\n",
        b"Dear all, the export follows tomorrow.\nKind regards\n",
    ),
    "packed": (
        _zipped(),
        gzip.compress(DATA),
        gzip.compress(DATA)[:200],
        b"PK\x03\x04" + _noise(300),
        b"7z\xbc\xaf'\x1c",
    ),
    "noise": (_noise(5_000), _noise(50), DATA[:500] + _noise(4_000), bytes(range(256)) * 30),
    "quotes": (
        DATA.replace(b"Ada", b'"Ada', 1),
        DATA.replace(b"Ada", b'A"da', 1),
        DATA + b'"',
        DATA.replace(b",", b'","'),
        b'"' + DATA,
    ),
    "bytes in between": (
        _sprinkled(b"\0", 40),
        _sprinkled(b"\xff", 40),
        _sprinkled(b"\x1a", 40),
        _sprinkled(b"\r", 40),
        _sprinkled(b",", 40),
    ),
    "layout": (
        b"Report of Maple\n" * 40 + DATA,
        DATA.replace(b"\n", b"\r"),
        DATA.replace(b"\n", b"\n\n"),
        DATA.replace(b",", b";", 300),
        b"\n".join(DATA.split(b"\n")[1:]),
        DATA.split(b"\n")[0],
    ),
    "size": (
        b"x" * 3_000_000,
        DATA.replace(b"Ada", b"A" * 2_000_000, 1),
        b"a,b\n" * 200_000,
        b",".join(b"Column %d" % n for n in range(30_000)) + b"\n1,2\n",
    ),
    "encodings": tuple(
        TEXT.encode(one, "replace") for one in ("utf-16-be", "utf-32", "cp037", "shift_jis", "utf-7")
    ),
}


def files() -> Iterator[tuple[str, bytes]]:
    """(kind and number, bytes) of every file."""
    for kind, several in KINDS.items():
        for number, data in enumerate(several, 1):
            yield f"{kind} {number}", data
