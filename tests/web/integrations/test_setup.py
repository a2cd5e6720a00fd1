"""Setting up an integration: columns, dates, codes, the mapping as a file, preview, activation, and who may."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from schedulepop.sync.plan import read, trial
from schedulepop.sync.plan.policy import Mapping
from schedulepop.web.integrations import setup_codes, setup_columns, words

STRANGE = (Path(__file__).parents[1] / "strange.csv").read_bytes()


@pytest.fixture
def seen():
    return trial.profile_file(STRANGE, name="strange.csv")


def shown(seen, mapping=None, **more):
    mapping = mapping or Mapping()
    at = trial.profile_feed(seen.feed, mapping)
    return setup_columns.page(at, mapping, (), **{"sees_pay": True, "sees_contact": True, **more})


def names(seen):
    return [name for name in seen.feed.table.columns if name != "row"]


class TestColumns:
    def test_what_is_recognized_says_how_surely(self, seen):
        known = {one.name: (one.field, one.word) for one in shown(seen).known}
        assert known["EmpID"] == ("source_id", "Sure")
        assert known["Site"] == ("location", "Sure")

    def test_an_unproven_date_needs_somebody_and_shows_how_it_would_read(self, seen):
        mapping = Mapping(columns={**seen.columns, "original_hire_date": "DOH"})
        needs = {one.name: one for one in shown(seen, mapping).needs}
        assert "no value proves" in needs["DOH"].note
        examples = [one.example for one in needs["DOH"].readings]
        assert "03/04/2019 is Mar 4, 2019" in examples
        assert "03/04/2019 is Apr 3, 2019" in examples

    def test_a_declared_date_needs_nobody(self, seen):
        columns = {"source_id": "EmpID", "hire_date": "DOH", "status": "Empl Status"}
        mapping = Mapping(columns=columns, dates={"hire_date": "%m/%d/%Y"})
        assert not shown(seen, mapping).needs

    def test_columns_that_nobody_reads_are_listed(self, seen):
        assert {"Badge colour", "Shirt"} <= {one.name for one in shown(seen).unused}

    def test_ssn_and_pay_are_gone_and_said(self, seen):
        assert seen.feed.dropped == {"SSN": "SSN", "Pay Rate": "pay"}
        assert set(words.DROPPED_WHY) >= set(seen.feed.dropped.values())

    def test_client_success_reads_no_addresses(self, seen):
        email = next(one for one in shown(seen, sees_contact=False).known if one.field == "email")
        assert email.samples[0] == "d…@example.com"

    def test_pay_is_hidden_without_the_grant(self):
        assert setup_columns.masked("31.50", "pay_rate", sees_pay=False, sees_contact=True) == "hidden"

    def test_unknown_values_that_look_personal_are_masked(self):
        assert setup_columns.masked("123456789", "", sees_pay=False, sees_contact=False) == "…89"
        assert setup_columns.masked("03/04/2019", "", sees_pay=False, sees_contact=False) == "03/04/2019"

    def test_two_columns_for_one_field_are_refused(self, seen):
        posted = {"column-0": "source_id", "column-1": "full_name", "column-2": "full_name"}
        with pytest.raises(setup_columns.ChoiceError, match="cannot both be the full name"):
            setup_columns.chosen(names(seen), posted, Mapping())

    def test_a_set_up_without_payroll_id_or_name_is_refused(self, seen):
        with pytest.raises(setup_columns.ChoiceError, match="payroll ID"):
            setup_columns.chosen(names(seen), {"column-1": "full_name"}, Mapping())
        with pytest.raises(setup_columns.ChoiceError, match="name"):
            setup_columns.chosen(names(seen), {"column-0": "source_id"}, Mapping())

    def test_a_column_that_may_say_who_has_left_needs_an_answer(self):
        feed = b"EmpID,Name,Separation Reason\n1,Ann Lee,\n2,Bo Ray,Moved\n"
        seen = trial.profile_file(feed, name="feed.csv")
        asked = next(one for one in shown(seen).needs if one.name == "Separation Reason")
        assert (asked.may_be_status, asked.no_status) == (True, False)
        needs = {one.note for one in shown(seen).ticks if one.words == "Employment status"}
        assert needs == {"Needs you: a column may say who has left."}
        posted = {"column-0": "source_id", "column-1": "full_name", "column-2": "no_status"}
        mapping = setup_columns.chosen(names(seen), posted, Mapping(no_status=frozenset({"Exit Code"})))
        assert mapping.no_status == {"Separation Reason", "Exit Code"}
        answered = next(one for one in shown(seen, mapping).unused if one.name == "Separation Reason")
        assert (answered.may_be_status, answered.no_status) == (True, True)
        again = setup_columns.chosen(names(seen), posted | {"column-2": ""}, mapping)
        assert again.no_status == {"Exit Code"}

    def test_a_column_of_which_no_value_is_kept_is_still_offered(self):
        retention = read.Retention(Mapping())
        feed = read.read(b"EmpID,Name,Locker\n1,Ann Lee,17\n2,Bo Ray,\n", pay=False, retention=retention)
        locker = next(one for one in shown(trial.profile_feed(feed, Mapping())).unused)
        assert (locker.name, locker.filled, locker.records, locker.samples) == ("Locker", 1, 2, ())
        assert "read from the next file on" in locker.note

    def test_what_is_chosen_becomes_the_mapping(self, seen):
        posted = {
            "column-0": "source_id",
            "column-1": "full_name",
            "column-8": "hire_date",
            "date-8": "%m/%d/%Y",
        }
        mapping = setup_columns.chosen(names(seen), posted, Mapping(country="CA"))
        assert mapping.columns == {"source_id": "EmpID", "full_name": "Full Name", "hire_date": "DOH"}
        assert mapping.dates == {"hire_date": "%m/%d/%Y"}
        assert mapping.country == "CA"


class TestCodes:
    CODES = pl.DataFrame(
        [
            ("location", None, "MG", 2, False),
            ("location", None, "CP", 2, False),
            ("status", None, "A", 2, True),
            ("status", None, "SABB", 1, False),
            ("duty", 1, "CNA", 2, False),
            ("duty", 2, "cna", 1, False),
            ("zone", 1, "MEMORY_CARE", 1, False),
        ],
        schema=["kind", "location_id", "code", "count", "known"],
        orient="row",
    )

    def page(self, mapping=None, named=None, first=True):
        places = {1: "Maple Grove", 2: "Cedar Point"}
        return setup_codes.page(self.CODES, mapping or Mapping(), places, {"mg": 1}, named or {}, first=first)

    def test_codes_come_with_counts_and_readable_names(self):
        page = self.page()
        assert [(one.code, one.count, one.where, one.name) for one in page.duties] == [
            ("CNA", 3, "Cedar Point, Maple Grove", "CNA")
        ]
        assert page.zones[0].name == "Memory Care"
        assert not page.zones[0].waits

    def test_after_the_first_set_up_a_new_code_waits(self):
        assert self.page(first=False).zones[0].waits

    def test_a_code_is_known_when_every_location_has_it(self):
        half = {"duty": {"cna": {1: "Nursing assistant"}}}
        assert not self.page(named=half).duties[0].known
        both = {"duty": {"cna": {1: "Nursing assistant", 2: "Nursing assistant"}}}
        assert self.page(named=both).duties[0].name == "Nursing assistant"

    def test_status_words_are_usual_or_need_somebody(self):
        assert [(one.word, one.status, one.usual) for one in self.page().words] == [
            ("A", "active", True),
            ("SABB", "", False),
        ]

    def test_answers(self):
        posted = {
            "location-1": "new",
            "location-name-1": " Cedar  Point ",
            "status-1": "leave_of_absence",
            "duty-0": "create",
            "duty-name-0": "Nursing assistant",
            "zone-0": "wait",
            "zone-name-0": "x",
        }
        page = self.page()
        position = {one.code: one.position for one in page.places}
        posted = {
            key.replace("-1", f"-{position['CP']}") if key.startswith("location") else key: value
            for key, value in posted.items()
        }
        found = setup_codes.answers(posted, page, Mapping(), {1, 2})
        assert found.to_add == {"CP": "Cedar Point"}
        assert found.mapping.statuses == {"SABB": "leave_of_absence"}
        assert found.mapping.duties == {"CNA": "Nursing assistant"}
        assert found.mapping.zones == {}

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("MEMORY_CARE", "Memory Care"),
            ("RN", "RN"),
            ("CNA-02", "CNA-02"),
            ("East Wing", "East Wing"),
            ("4711", "4711"),
            ("DIETARY AIDE", "Dietary Aide"),
            ("RN SUPERVISOR", "RN Supervisor"),
        ],
    )
    def test_readable(self, code, name):
        assert setup_codes.readable(code) == name
