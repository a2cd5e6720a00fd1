"""What cannot become text is one sentence within its limits, and costs neither memory nor disk."""

from __future__ import annotations

import gzip
import random
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from schedulepop.connectors.testing.running import rss
from schedulepop.lib.formats import FormatError, KeyPair, errors, make_key_pair
from schedulepop.lib.formats.kinds import kind_of
from schedulepop.wording import refusals
from tests.lib.formats.made import STAFF, archive, xlsx
from tests.lib.formats.receiving import CSV, HERE, Received, encrypted
from tests.saying import refusing

# What is refused --------------------------------------------------------------------------------------------


def bomb(size: int) -> bytes:
    pack = zlib.compressobj(9, wbits=31)
    block = bytes(2**20)
    return b"".join(pack.compress(block) for _ in range(size // 2**20)) + pack.flush()


def zip_behind_a_password() -> bytes:
    data = bytearray(archive({"staff.csv": CSV}))
    data[6] |= 1
    data[data.rfind(b"PK\1\2") + 8] |= 1
    return bytes(data)


def damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 20]) + data[middle + 20 :]


def noise(size: int) -> bytes:
    return random.Random(3).randbytes(size)


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def half_a_zip() -> bytes:
    data = archive({"noise": noise(5000), "staff.csv": CSV * 40})
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("make", "cause", "said"),
    [
        (lambda: gzip.compress(CSV.encode())[:-12], errors.DamagedError, "cut off"),
        (lambda: damaged(gzip.compress(noise(9000))), errors.DamagedError, "gzip"),
        (lambda: bomb(300 * 2**20), errors.TooLargeError, "unpacks to more than"),
        (lambda: gzip.compress(b""), errors.EmptyError, "empty"),
        (lambda: gzip.compress(gzip.compress(CSV.encode())), errors.NestedError, "several times"),
        (lambda: archive({"staff.zip": archive({"staff.csv": CSV})}), errors.NestedError, "several times"),
        (lambda: archive({"a.csv": CSV, "b.csv": CSV}), errors.NotOneFileError, "2 files"),
        (lambda: archive({}), errors.EmptyError, "without a file"),
        (lambda: archive({"folder/": ""}), errors.EmptyError, "without a file"),
        (lambda: archive({"staff.csv": ""}), errors.EmptyError, "empty"),
        (lambda: archive({"staff.csv": bytes(300 * 2**20)}), errors.TooLargeError, "unpacks to more than"),
        (half_a_zip, errors.DamagedError, "cut off"),
        (lambda: archive({"staff.csv": noise(9000)})[:60], errors.DamagedError, "cut off"),
        (lambda: damaged(archive({"staff.csv": noise(9000)})), errors.DamagedError, "damaged"),
        (lambda: archive({str(n): "" for n in range(60_000)}), errors.NotOneFileError, "very many"),
        (zip_behind_a_password, errors.EncryptedError, "password"),
        (lambda: (HERE / "password.xlsx").read_bytes(), errors.EncryptedError, "workbook behind a password"),
        (lambda: xlsx({"Staff": (), "Other": ()}), errors.EmptyError, "without anything"),
        (lambda: xlsx({"Staff": STAFF}, extra=FAR), errors.TooMuchWorkError, "The sheet Staff"),
        (lambda: xlsx({"Staff": STAFF})[:-300], errors.DamagedError, ""),
        (
            lambda: archive({"[Content_Types].xml": "", "xl/workbook.xml": "<workbook"}),
            errors.DamagedError,
            "workbook",
        ),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(4000), errors.DamagedError, "workbook"),
        (
            lambda: archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
            errors.FormatError,
            "document",
        ),
    ],
    ids=[
        "gzip cut off",
        "gzip damaged",
        "gzip bomb",
        "gzip of nothing",
        "gzip in gzip",
        "zip in zip",
        "zip of two",
        "zip of none",
        "zip of a folder",
        "zip of an empty file",
        "zip bomb",
        "zip cut off",
        "zip cut off early",
        "zip damaged",
        "zip of 60,000",
        "zip behind a password",
        "workbook behind a password",
        "empty workbook",
        "cell at the end of the sheet",
        "workbook cut off",
        "workbook damaged",
        "old workbook damaged",
        "document",
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    make: Callable[[], bytes], cause: type[FormatError], said: str, received: Received
) -> None:
    """The data is made in the test: whoever only collects the tests makes no bomb."""
    data = make()
    before, began = rss(), time.monotonic()
    with refusing(cause, said) as raised:
        received(data, "staff.bin")
    sentence = refusals.of(raised.value)
    assert sentence.startswith("staff.bin ")
    assert sentence[-1] == "."
    assert time.monotonic() - began < 30
    assert rss() - before < 40 * 2**20


def test_a_gzip_of_10_gigabytes_costs_neither_memory_nor_disk(received: Received) -> None:
    piece = bomb(2**27)
    before = rss()
    with pytest.raises(errors.TooLargeError):
        received(piece * 80)
    assert rss() - before < 40 * 2**20
    assert sum(path.stat().st_size for path in received.folder.rglob("unpacked*")) <= 201 * 2**20


def test_a_workbook_that_says_it_unpacks_to_gigabytes_is_refused_unread(received: Received) -> None:
    data = bytearray(xlsx({"Staff": STAFF}))
    at = data.rfind(b"PK\1\2") + 24
    data[at : at + 4] = (2**30).to_bytes(4, "little")
    with refusing(errors.TooLargeError, "1 GB"):
        received(bytes(data))


def test_a_large_list_in_a_workbook_is_quick_and_costs_the_parent_nothing(received: Received) -> None:
    rows = [STAFF[0], *((f"{n:06}", f"Rosa{n}", "Keller", "2024-03-01") for n in range(20_000))]
    data = xlsx({"Staff": rows})
    before = rss()
    found = received(data)
    assert rss() - before < 20 * 2**20
    assert found.path.read_text("utf-8").count("\n") == 20_001


@pytest.mark.parametrize("hostile", ["bomb", "cut", "changed", "foreign", "no key"])
def test_a_pgp_message_that_cannot_be_read_is_a_sentence(
    hostile: str, keys: KeyPair, received: Received
) -> None:
    message = encrypted(CSV.encode() * 300, keys)
    cases: dict[str, tuple[bytes, str, type[FormatError], str]] = {
        "bomb": (
            (HERE / "bomb.pgp").read_bytes(),
            (HERE / "bomb.key").read_text(),
            errors.TooLargeError,
            "more",
        ),
        "cut": (message[:-100], keys.secret, errors.DamagedError, "cut off"),
        "changed": (damaged(message), keys.secret, errors.DamagedError, "damaged"),
        "foreign": (message, make_key_pair("Somebody else").secret, errors.EncryptedError, "not for this"),
        "no key": (message, "", errors.EncryptedError, "no key pair"),
    }
    data, key, cause, said = cases[hostile]
    with refusing(cause, said) as raised:
        received(data, key=key, limit=8 * 2**20)
    assert not [
        line for line in key.splitlines() if len(line) > 20 and line in f"{raised.value} {raised.value!r}"
    ]
    assert not list(received.folder.rglob("unpacked*")), "nothing that was half decrypted stays"


def test_the_secret_half_is_in_no_repr(keys: KeyPair) -> None:
    assert "PRIVATE KEY" in keys.secret
    assert "PUBLIC KEY" in keys.public
    assert len(keys.fingerprint) >= 40
    assert keys.secret not in repr(keys)


ALMOST = (b"", b"P", b"PK", b"PK\3\4", b"\x1f", b"\x85\x02", b"\x84\x5e\x03", b"\xd0\xcf", b"\xc1")


@pytest.mark.parametrize("start", ALMOST, ids=repr)
def test_whatever_begins_like_something_is_judged_without_an_accident(
    start: bytes, received: Received
) -> None:
    with suppress(FormatError):
        assert received(start).path.read_bytes() == start


def test_text_that_looks_like_a_packet_is_text(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes("…Müller;Änderung".encode("cp1252"))
    assert kind_of(path) == "text"
