"""From a file as it was received to separated text: packings, PGP, workbooks. Knows nothing of what is in the text.

Come in: `unpack` (the whole way), `FormatError` (why a file cannot be read, as a code), `make_key_pair`. What a
file is, its content says and never its name. Whatever is complicated to read is read by a child process (`child`)
that may take 1 GB and a minute, so that no file can harm the worker.
"""

from __future__ import annotations

from schedulepop.lib.formats.errors import FormatError
from schedulepop.lib.formats.kinds import Kind
from schedulepop.lib.formats.pgp import KeyPair, make_key_pair
from schedulepop.lib.formats.unpacking import MAX_BYTES, Unpacked, unpack

FORMATS = ("CSV, TSV", "XLSX", "XLSB", "XLS", "ODS", "gzip", "zip", "PGP")
"""What a file may be, as people call it. PGP needs a key pair of the integration."""

__all__ = ["FORMATS", "MAX_BYTES", "FormatError", "KeyPair", "Kind", "Unpacked", "make_key_pair", "unpack"]
