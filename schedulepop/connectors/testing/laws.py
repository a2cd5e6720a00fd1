"""What every connector keeps, as a test class to inherit from. A subclass names connector, stub, recording and form."""

from __future__ import annotations

import gc
import itertools
import json
import stat
import time
import traceback
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from schedulepop import employee
from schedulepop.connectors import source_of
from schedulepop.connectors.contract import (
    ConnectorError,
    Cursor,
    Part,
    Records,
    SignInRefusedError,
    Source,
    SourceBusyError,
)
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing.faults import Fault
from schedulepop.connectors.testing.form_laws import FormLaws
from schedulepop.connectors.testing.running import FEW, IMPATIENT, KEPT, MANY, OUTCOMES, QUICK, Run, chain
from schedulepop.connectors.testing.stub import Stub
from schedulepop.lib.http import Door, Limits


class Laws(FormLaws):
    """Inherit, and set what stands first."""

    STUB: ClassVar[type[Stub]]
    RECORDING: ClassVar[list[dict[str, Any]]]
    NEVER: ClassVar[tuple[str, ...]]  # of the recording: what must not be kept, such as a birth date
    PAGE: ClassVar[int]  # people on a page of the stub
    MANY: ClassVar[int] = MANY  # people for the law of memory; fewer only where each is a request
    KEPT: ClassVar[int] = (
        KEPT  # bytes that may be kept of each; more only where a list has to be joined to another
    )
    CANNOT: ClassVar[dict[str, str]] = {}  # fault → why it cannot happen with this platform
    WHOLE: ClassVar[bool] = False  # whether everybody comes in one answer, so that there is no second page
    SHORT: ClassVar[bool] = False  # the short form: a wait on the first page only, a tenth of MANY

    @contextmanager
    def running(
        self,
        *faults: Fault,
        count: int | None = None,
        recording: Any = None,
        limits: Limits = QUICK,
        page: int = 0,
    ) -> Iterator[Run]:
        """The connector in front of its stub."""
        connector = replace(self.CONNECTOR, limits=limits)
        logged: list[str] = []
        slept: list[float] = []
        kept: dict[str, str] = {}
        with self.STUB(recording or self.RECORDING, count, *faults) as stub:
            stub.most = page or self.PAGE
            door = Door(
                allowed=("127.0.0.1",),
                routes=stub.routes,
                log=lambda event, **fields: logged.append(f"{event} {fields}"),
                sleep=slept.append,
            )
            with source_of(
                connector, self.CONFIG, self.SECRETS, door=door, keep_secret=kept.__setitem__
            ) as source:
                yield Run(stub, source, connector, logged, slept, kept)

    def _id(self) -> str:
        return self.CONNECTOR.proposed["source_id"]

    # Whole, or nothing --------------------------------------------------------------------------------------

    def test_pages_end_and_nobody_is_lost_or_doubled(self) -> None:
        count = self.PAGE * 2 + max(self.PAGE // 2, 1)
        with self.running(count=count) as run:
            rows = run.rows()
        assert len({row[self._id()] for row in rows}) == count

    def test_a_last_page_that_is_full_is_the_last(self) -> None:
        with self.running(count=self.PAGE * 2) as run:
            assert len({row[self._id()] for row in run.rows()}) == self.PAGE * 2

    def test_the_order_of_the_list_does_not_matter(self) -> None:
        count = self.PAGE + 3
        with self.running(count=count) as run:
            straight = run.rows()
        with self.running(Fault("shuffled"), count=count) as run:
            shuffled = run.rows()
        assert straight != shuffled or count < 3

        def by_text(row: dict[str, str]) -> str:
            return json.dumps(sorted(row.items()))

        assert sorted(straight, key=by_text) == sorted(shuffled, key=by_text)

    def test_somebody_who_comes_twice_is_one_or_nothing_is_used(self) -> None:
        count = self.PAGE * 2 + 1
        with self.running(Fault("repeated", at=2), count=count) as run:
            try:
                rows = run.rows()
            except SourceBusyError:
                return  # the platform announced more than came
        assert len(rows) == len({json.dumps(row) for row in rows})
        assert len({row[self._id()] for row in rows}) == count

    def test_a_list_that_changes_while_it_is_read_is_read_once_more(self) -> None:
        with self.running(Fault("changed", at=2, times=1), count=self.PAGE * 2) as run:
            assert len({row[self._id()] for row in run.rows()}) == self.PAGE * 2

    def test_nobody_at_all_is_no_feed(self) -> None:
        with self.running(Fault("nobody")) as run, pytest.raises((ConnectorError, SourceBusyError)) as raised:
            run.collected()
        assert "nobody" in str(raised.value) or "sent 0" in str(raised.value)

    @pytest.mark.parametrize("fault", ["not_found", "nobody"])
    def test_a_missing_page_is_no_feed(self, fault: str) -> None:
        if self.WHOLE:
            pytest.skip("everybody comes in one answer")
        if fault == "nobody" and not self.STUB.TELLS_TOTAL:
            pytest.skip("the platform tells no total, so an end that comes early cannot be told from the end")
        missing = self.running(Fault(fault, at=2), count=self.PAGE * 3)
        with missing as run, pytest.raises((ConnectorError, SourceBusyError)):
            run.collected()

    # Whatever a server does ---------------------------------------------------------------------------------

    @pytest.mark.parametrize("at", [1, 2])
    @pytest.mark.parametrize("fault", OUTCOMES)
    def test_what_goes_wrong_is_the_right_error_and_tells_no_secret(self, fault: str, at: int) -> None:
        if fault in self.CANNOT:
            pytest.skip(self.CANNOT[fault])
        if self.WHOLE and at > 1:
            pytest.skip("everybody comes in one answer")
        if self.SHORT and at > 1 and fault in IMPATIENT:
            pytest.skip("the second wait is in the long form")
        limits = replace(QUICK, pages=6, tries=2)
        if fault in IMPATIENT:
            # Asked once, since only waiting is long here; the files' door has the same faults, asked twice.
            limits = replace(limits, wait=0.15, answer=0.3, tries=1)
        began = time.monotonic()
        with self.running(Fault(fault, at=at), count=self.PAGE * 3, limits=limits) as run:
            with pytest.raises(OUTCOMES[fault]) as raised:
                run.collected()
            assert not (run.source.workdir / "feed").exists()
            assert not run.stub.waited_out, "there is a deadline"
        assert time.monotonic() - began < 20
        error: BaseException = raised.value
        assert str(error)[-1] == "."
        assert self.CONNECTOR.title in str(error)
        shown = "".join(traceback.format_exception(error)) + repr(error)
        self._silent(shown, "\n".join(run.logged), repr(run.source), chain(error))

    def test_a_wait_that_the_server_asks_for_is_slept(self) -> None:
        later = 2 if self.WHOLE else 3
        faults = (Fault("too_many_for_2_seconds", 1, 1), Fault("unavailable_for_2_seconds", later, 1))
        with self.running(*faults, count=self.PAGE * 2) as run:
            assert len({row[self._id()] for row in run.rows()}) == self.PAGE * 2
        assert run.slept == [2.0, 2.0]

    def test_a_long_wait_is_no_sleep_but_a_time_to_come_back(self) -> None:
        with self.running(Fault("too_many_for_an_hour")) as run, pytest.raises(SourceBusyError) as raised:
            run.collected()
        assert not run.slept
        assert raised.value.retry_at is not None
        assert 3500 < (raised.value.retry_at - run.source.http.now()).total_seconds() <= 3600

    def test_a_token_that_ends_in_the_middle_is_got_again_once(self) -> None:
        with self.running(count=self.PAGE * 3) as run:
            run.stub.dies_after = 1
            rows = run.rows()
        assert len({row[self._id()] for row in rows}) == self.PAGE * 3

    def test_a_refused_sign_in_is_not_tried_again_and_again(self) -> None:
        with self.running(Fault("unauthorized")) as run:
            with pytest.raises(SignInRefusedError):
                run.collected()
            assert run.stub.sign_ins <= 2
            assert run.stub.data_requests <= 2

    # What is kept, and what never is ------------------------------------------------------------------------

    def test_nothing_secret_and_nothing_unwanted_is_kept(self) -> None:
        whole = json.dumps(self.RECORDING)
        assert all(word in whole for word in self.NEVER), "NEVER names what the recording has"
        with self.running() as run:
            (file,) = run.collected().files
            kept = "".join(path.read_text("utf-8") for path in run.source.workdir.iterdir())
            assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert not [word for word in self.NEVER if word in kept]
        self._silent(kept, "\n".join(run.logged), repr(run.source))

    def test_ids_are_text_and_keep_their_zeros(self) -> None:
        with self.running() as run:
            rows = run.rows()
        ids = [row[self._id()] for row in rows] + [
            row[self.CONNECTOR.proposed["employee_number"]]
            for row in rows
            if "employee_number" in self.CONNECTOR.proposed
        ]
        assert all(ids)
        assert any(one.startswith("0") for one in ids), "the recording has an ID that begins with a zero"
        assert not [one for one in ids if "." in one or "e+" in one]

    def test_every_column_is_in_the_recording(self) -> None:
        with self.running() as run:
            rows = run.rows()
        assert not [name for name in self.CONNECTOR.columns if not any(row.get(name) for row in rows)]

    def test_it_provides_what_the_recording_gives(self) -> None:
        with self.running() as run:
            rows = run.rows()
        proposed = self.CONNECTOR.proposed
        assert proposed.keys() <= employee.BY_NAME.keys()
        given = {name for name, column in proposed.items() if any(row.get(column) for row in rows)}
        assert self.CONNECTOR.provides == given

    def test_what_is_not_granted_is_gone_and_not_blank(self) -> None:
        for permission, columns in self.CONNECTOR.permissions.items():
            stripped = [self.STUB.without(json.loads(json.dumps(one)), permission) for one in self.RECORDING]
            with self.running(recording=stripped) as run:
                collected = run.collected()
                assert collected.not_granted == {permission: columns}
                assert not columns & set(collected.columns)
                answer = run.checked()
                assert answer.ok
                assert answer.not_granted == (permission,)
                assert permission in answer.sentence

    def test_memory_stays_flat(self) -> None:
        """From the first quarter of the people to the last of them nothing grows, but for what tells them apart."""
        count = max(self.MANY // 10, FEW) if self.SHORT else self.MANY
        used: list[int] = []
        place = itertools.count(1)
        with self.running(count=count, limits=Limits(), page=10**6) as run:

            def counted(rows: Iterable[Any]) -> Iterator[Any]:
                for row in rows:
                    yield row
                    if next(place) in (count // 4, count):
                        run.stub.asked.clear()  # what the stub remembers is not the connector's
                        gc.collect()
                        used.append(tracemalloc.get_traced_memory()[0])

            def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
                for part in run.connector.fetch(source, cursor):
                    if isinstance(part, Records):
                        part = replace(part, rows=counted(part.rows))  # type: ignore[arg-type]
                    yield part

            tracemalloc.start()
            try:
                collected = collect(replace(run.connector, fetch=fetch), run.source)
            finally:
                tracemalloc.stop()
        assert collected.people == count
        quarter, last = used
        assert last - quarter < count * 3 / 4 * KEPT

    # The Test button and the form ---------------------------------------------------------------------------

    def test_the_check_is_quick_and_says_what_is_there(self) -> None:
        with self.running(count=self.PAGE * 2) as run:
            answer = run.checked()
            assert len(run.stub.asked) - run.stub.sign_ins <= 3
        assert answer.ok
        assert not answer.not_granted
        assert self.CONNECTOR.title in answer.sentence
        assert answer.people == self.PAGE * 2 or not self.STUB.TELLS_TOTAL
        assert set(self.CONNECTOR.proposed.values()) <= set(answer.sample[0])
        self._silent(answer.sentence, repr(answer))

    def test_a_check_of_nobody_says_so(self) -> None:
        with self.running(Fault("nobody")) as run:
            answer = run.checked()
        assert not answer.ok
        assert "nobody" in answer.sentence
