"""Files as they were received, unpacked in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from schedulepop.lib.formats import KeyPair, Unpacked, unpack
from schedulepop.lib.formats.workbook import Head

HERE = Path(__file__).parent
CSV = (
    "Employee ID,First Name,Last Name,Hire Date\n00412,Rosa,Keller,2024-03-01\n00413,Ivo,Brandt,2025-11-17\n"
)
NAMES = {"employee id", "first name", "last name", "hire date", "job"}


def score(head: Head) -> int:
    return max((sum(cell.lower() in NAMES for cell in row) for row in head), default=0)


class Received:
    """Files as they were received, unpacked in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __call__(
        self, data: bytes, name: str = "staff", *, key: str = "", limit: int = 200 * 2**20
    ) -> Unpacked:
        self.count += 1
        work = self.folder / str(self.count)
        work.mkdir()
        path = work / "received"
        path.write_bytes(data)
        return unpack(path, work, name=name, score=score, key=key, limit=limit)

    def text(self, data: bytes, name: str = "staff", *, key: str = "") -> str:
        return self(data, name, key=key).path.read_text("utf-8")


def encrypted(data: bytes, keys: KeyPair, armor: bool = False) -> bytes:
    import pysequoia

    return pysequoia.encrypt(data, [pysequoia.Cert.from_bytes(keys.public.encode())], armor=armor)
