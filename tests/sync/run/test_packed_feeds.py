"""Workbooks, archives and several files at the doors: the same people as from a CSV, or a sentence and no change."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from schedulepop import connectors
from schedulepop.accounts.actors import Actor
from schedulepop.connectors.contract import Cursor, Done, File, Part, Source, Unchanged
from schedulepop.connectors.file import FILE
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import RawFeed
from schedulepop.sync.run import feed_text
from tests.lib.formats.made import NOTES, archive, xlsx
from tests.saying import refusing
from tests.sync.conftest import HEADER, PEOPLE

pytestmark = pytest.mark.django_db


def table(*people: str) -> list[list[str]]:
    return [line.split(",") for line in (HEADER, *people)]


def workbook(*people: str) -> bytes:
    return xlsx({"Notes": NOTES, "Staff": table(*people), "Left": table()})


def text(*people: str) -> bytes:
    return "\n".join([HEADER, *people, ""]).encode()


@pytest.mark.parametrize(
    "data",
    [workbook(*PEOPLE), gzip.compress(text(*PEOPLE)), archive({"staff.csv": text(*PEOPLE)})],
    ids=["workbook", "gzip", "zip"],
)
def test_the_same_people_in_another_format_change_nobody(payroll, synced, data: bytes) -> None:
    payroll.path.write_bytes(data)
    run = payroll.runs()
    assert (run.state, run.counts["unchanged"], run.counts["read"]) == ("applied", 6, 6)


def test_the_choice_of_the_sheet_is_in_the_runs_summary(payroll) -> None:
    payroll.path.write_bytes(workbook(*PEOPLE))
    run = payroll.runs()
    assert run.counts["created"] == 6
    assert run.summary["sheets"] == ["Staff", "Notes", "Left"]
    assert run.raw.sheets == ["Staff", "Notes", "Left"]


def test_an_upload_is_a_workbook_too(payroll) -> None:
    run = payroll.runs(upload=(workbook(*PEOPLE), "staff.xlsx"))
    assert (run.counts["created"], run.raw.name, run.summary["sheets"][0]) == (6, "staff.xlsx", "Staff")


def test_rows_keep_the_numbers_of_the_sheet(payroll) -> None:
    titled = [["Maple Grove"], [], *table(*PEOPLE, "007,9007,,,,,101,RN,Memory Care,Active,2018-11-12")]
    run = payroll.runs(upload=(xlsx({"Staff": titled}), "staff.xlsx"))
    assert 10 in {row["row"] for issue in run.summary["issues"] for row in issue["rows"]}


def test_what_cannot_be_read_is_a_sentence_and_nothing_is_applied(payroll, synced) -> None:
    bomb = gzip.compress(bytes(300 * 2**20), compresslevel=9)
    payroll.path.write_bytes(bomb)
    run = payroll.runs()
    assert (run.state, Membership.objects.filter(status="active").count()) == ("failed", 6)
    assert "unpacks to more than" in run.error
    with refusing(NeedsAdmin, "unpacks to more than"):
        payroll.runs(upload=(bomb, "staff.gz"))
    kept = RawFeed.objects.get(name="staff.gz")
    assert (kept.content, kept.kind) == (None, "unreadable")


def test_the_test_button_reads_a_workbook(payroll) -> None:
    payroll.path.write_bytes(workbook(*PEOPLE))
    answer = lifecycle.test(payroll.integration, actor=Actor.operator("test"))
    assert answer.ok
    assert "6 records" in answer.sentence


# A source of several files, and one that says that nothing has changed --------------------------------------

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass
class Folder:
    """A source whose files a test names."""

    files: dict[str, bytes] = field(default_factory=dict)
    mark: str = ""
    asked: list[Cursor | None] = field(default_factory=list)

    def fetch(self, source: Source, cursor: Cursor | None) -> Iterator[Part]:
        self.asked.append(cursor)
        if self.mark and (cursor or {}).get("stable_id") == self.mark:
            yield Unchanged()
        else:
            for number, (name, data) in enumerate(self.files.items()):
                path = source.workdir / str(number)
                path.write_bytes(data)
                yield File(path, name, AT + timedelta(minutes=number), self.mark)
        yield Done()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = Folder()
    monkeypatch.setitem(connectors.REGISTRY, "file", replace(FILE, fetch=made.fetch))
    return made


def test_the_files_of_a_night_are_one_feed(payroll, folder: Folder) -> None:
    folder.files = {"0101.csv": text(*PEOPLE[:2]), "0102.csv.gz": gzip.compress(text(*PEOPLE[2:4]))}
    folder.files["0103.xlsx"] = workbook(*PEOPLE[4:])
    run = payroll.runs()
    assert (run.counts["read"], run.counts["created"]) == (6, 6)
    assert run.raw.name == "0101.csv, 0102.csv.gz, 0103.xlsx"
    assert run.source_time == AT + timedelta(minutes=2)


def test_a_source_is_told_how_new_last_times_files_were(payroll, folder: Folder) -> None:
    folder.files = {"0101.csv": text(*PEOPLE[:3]), "0102.csv": text(*PEOPLE[3:])}
    payroll.first_sync()
    assert dict(folder.asked[-1] or {})["source_time"] == ""
    folder.files["0102.csv"] = text(*PEOPLE[3:]).replace(b"CNA", b"LPN")
    assert payroll.runs().counts["updated"] == 1
    payroll.runs()
    assert {dict(one or {})["source_time"] for one in folder.asked[-2:]} == {
        (AT + timedelta(minutes=1)).isoformat()
    }


def test_files_with_other_columns_are_no_night(payroll, folder: Folder) -> None:
    folder.files = {
        "0101.csv": text(*PEOPLE),
        "0102.csv": text(*PEOPLE).replace(b"Facility Code", b"Home Unit"),
    }
    run = payroll.runs()
    assert run.state == "failed"
    assert "0102.csv has other columns than 0101.csv" in run.error


def test_one_file_of_a_night_that_cannot_be_read_stops_it(payroll, folder: Folder) -> None:
    folder.files = {"0101.csv": text(*PEOPLE[:3]), "0102.csv.gz": gzip.compress(text(*PEOPLE[3:]))[:-9]}
    run = payroll.runs()
    assert (run.state, Membership.objects.count()) == ("failed", 0)
    assert "0102.csv.gz is a gzip file that was cut off" in run.error


def test_a_source_that_has_nothing_new_is_an_ordinary_run_of_last_times_feed(payroll, folder: Folder) -> None:
    folder.files, folder.mark = {"staff.xlsx": workbook(*PEOPLE)}, "etag 1"
    payroll.first_sync()
    assert payroll.runs().state == "applied"
    run = payroll.runs()
    assert (run.state, run.counts["read"], run.counts["unchanged"]) == ("applied", 6, 6)
    assert dict(folder.asked[-1] or {})["stable_id"] == "etag 1"
    asked = len(folder.asked)
    payroll.integration.policy = {**payroll.integration.policy, "pay": True}
    payroll.integration.save()
    assert payroll.runs().state == "applied"
    assert folder.asked[asked:][-1] is None, "other rules need the whole file: what is kept may lack a column"
    folder.mark, folder.files = "etag 2", {"staff.xlsx": workbook(*PEOPLE[:5])}
    assert payroll.runs().counts["read"] == 5


def test_what_is_unpacked_is_never_in_memory_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload of the largest size stands on the disk already; it is copied piece by piece."""

    class Pieces(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            taken = super().read(size)
            Pieces.largest = max(Pieces.largest, len(taken))
            return taken

    monkeypatch.setattr(feed_text, "PIECE", 4096)
    rows = "".join(f"{n},Ann{n},Lee{random.random()}\n" for n in range(5_000))
    packed = Pieces(gzip.compress(f"Employee ID,First Name,Last Name\n{rows}".encode()))
    text = feed_text.text_of_file(packed, name="staff.csv.gz")
    assert text.data.count(b"\n") == 5_001
    assert Pieces.largest == 4096
