"""Setting up an integration: columns, dates, codes, the mapping as a file, preview, activation, and who may."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schedulepop.connectors.file import MAX_BYTES
from schedulepop.directory.models import Location, LocationCode
from schedulepop.sync import look, runs
from schedulepop.sync.models import Integration, RawFeed, Run
from schedulepop.sync.policy import Mapping
from schedulepop.web import setup_codes, setup_columns
from tests import made
from tests.web import nights
from tests.web.world import maple

STRANGE = (Path(__file__).parent / "strange.csv").read_bytes()
BASE = "/integrations/maple-health/payroll/"


@pytest.fixture
def seen():
    return look.look(STRANGE, name="strange.csv")


def shown(seen, mapping=None, **more):
    mapping = mapping or Mapping()
    at = look.at_feed(seen.feed, mapping)
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
        mapping = Mapping(columns={"source_id": "EmpID", "hire_date": "DOH"}, dates={"hire_date": "%m/%d/%Y"})
        assert not shown(seen, mapping).needs

    def test_columns_that_nobody_reads_are_listed(self, seen):
        assert {"Badge colour", "Shirt"} <= {one.name for one in shown(seen).unused}

    def test_ssn_and_pay_are_gone_and_said(self, seen):
        assert seen.feed.dropped == {"SSN": "SSN", "Pay Rate": "pay"}
        assert set(setup_columns.DROPPED_WHY) >= set(seen.feed.dropped.values())

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
        [("location", None, "MG", 2, False), ("location", None, "CP", 2, False), ("status", None, "A", 2, True),
         ("status", None, "SABB", 1, False), ("duty", 1, "CNA", 2, False), ("duty", 2, "cna", 1, False),
         ("zone", 1, "MEMORY_CARE", 1, False)],
        schema=["kind", "location_id", "code", "count", "known"], orient="row",
    )  # fmt: skip

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
        posted = {"location-1": "new", "location-name-1": " Cedar  Point ", "status-1": "leave_of_absence",
                  "duty-0": "create", "duty-name-0": "Nursing assistant", "zone-0": "wait", "zone-name-0": "x"}  # fmt: skip
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
        [("MEMORY_CARE", "Memory Care"), ("RN", "RN"), ("CNA-02", "CNA-02"), ("East Wing", "East Wing"), ("4711", "4711"),
         ("DIETARY AIDE", "Dietary Aide"), ("RN SUPERVISOR", "RN Supervisor")],
    )  # fmt: skip
    def test_readable(self, code, name):
        assert setup_codes.readable(code) == name


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def world(self):
        return maple(synced=False)

    def upload(self, client, world, data=STRANGE, who=None, **more):
        client.force_login(who or world.client_success)
        return client.post(f"{BASE}file/", {"feed": SimpleUploadedFile("strange.csv", data)}, **more)

    def test_from_the_file_to_the_preview(self, client, world):
        assert self.upload(client, world).url == f"{BASE}columns/"
        page = client.get(f"{BASE}columns/").content.decode()
        assert "Social Security numbers are never kept." in page
        assert "Pay is switched off" in page
        assert "123-45-6789" not in page
        fields = [
            "source_id",
            "full_name",
            "email",
            "phone",
            "location",
            "duty",
            "zone",
            "status",
            "hire_date",
        ]
        kept = [
            "EmpID",
            "Full Name",
            "E-mail",
            "Cell",
            "Site",
            "Occupation",
            "Wing",
            "Empl Status",
            "DOH",
            "Start",
            "Badge colour",
            "Shirt",
        ]
        posted = {f"column-{n}": fields[n] if n < len(fields) else "" for n in range(len(kept))}
        assert client.post(f"{BASE}columns/", {**posted, "date-8": "%m/%d/%Y"}).url == f"{BASE}codes/"

        page = client.get(f"{BASE}codes/").content.decode()
        for found in ("REG_NURSE", "Reg Nurse", "SABB", "CP"):
            assert found in page
        shown = {"status-2": "leave_of_absence"}
        answers = {"location-0": "new", "location-name-0": "Cedar Point", **shown}
        for kind in ("duty", "zone"):
            for n in range(3):
                answers |= {f"{kind}-{n}": "create", f"{kind}-name-{n}": f"{kind} {n}"}
        client.post(f"{BASE}codes/", answers)
        assert LocationCode.objects.get(code="cp").location.name == "Cedar Point"

        answer = client.post(f"{BASE}preview/")
        run = runs.drive(Run.objects.get().pk)
        assert answer.url == f"/runs/{run.pk}/"
        assert run.state == "planned"
        assert run.counts["created"] >= 3
        assert b"would join the User List" in client.get(f"/runs/{run.pk}/").content

    def test_what_is_no_export_is_one_sentence(self, client, world):
        answer = self.upload(client, world, b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
        assert answer.status_code == 422
        assert b'role="alert"' in answer.content
        assert not RawFeed.objects.filter(content__isnull=False).exists()
        htmx = self.upload(
            client, world, b"<html><body>Sign in</body></html>", headers={"HX-Request": "true"}
        )
        assert htmx.status_code == 422
        assert b"<html" not in htmx.content

    def test_htmx_is_sent_on_by_its_own_header(self, client, world):
        answer = self.upload(client, world, headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == f"{BASE}columns/"

    def test_no_file_and_too_large_a_file(self, client, world, monkeypatch):
        client.force_login(world.client_success)
        assert b"No file was chosen" in client.post(f"{BASE}file/").content
        monkeypatch.setattr("schedulepop.web.upload.MAX_BYTES", 100)
        assert b"Is it a payroll export?" in self.upload(client, world).content
        assert MAX_BYTES == 200 * 2**20

    def test_columns_before_a_file_lead_back(self, client, world):
        client.force_login(world.client_success)
        assert client.get(f"{BASE}columns/").url == BASE
        assert client.get(f"{BASE}codes/").url == BASE

    def test_adding_one(self, client, world):
        client.force_login(world.client_success)
        assert client.get("/integrations/add/").status_code == 200
        answer = client.post("/integrations/add/", {"name": "Night HR", "kind": "file"})
        assert answer.url == "/integrations/maple-health/night-hr/"
        assert (
            b"already has an integration"
            in client.post("/integrations/add/", {"name": "Night HR", "kind": "file"}).content
        )
        assert b"Give it a name" in client.post("/integrations/add/", {"name": " ", "kind": "file"}).content

    def test_only_client_success_names_a_file_on_the_server(self, client, world):
        client.force_login(world.admin)
        client.post("/integrations/add/", {"name": "Passwords", "kind": "file", "path": "/etc/passwd"})
        assert not Integration.objects.filter(name="Passwords").exists()

    def test_the_mapping_goes_out_and_comes_in(self, client, world):
        self.upload(client, world)
        client.post(f"{BASE}columns/", {"column-0": "source_id", "column-1": "full_name"})
        file = client.get(f"{BASE}mapping.toml")
        assert 'source_id = "EmpID"' in file.content.decode()
        assert "attachment" in file.headers["Content-Disposition"]
        text = file.content.decode().replace("EmpID", "Emp Number")
        client.post(f"{BASE}import/", {"mapping": SimpleUploadedFile("m.toml", text.encode())})
        world.integration.refresh_from_db()
        assert world.integration.mapping["columns"]["source_id"] == "Emp Number"
        client.post(f"{BASE}import/", {"mapping": SimpleUploadedFile("m.toml", b"columns = 3")})
        assert b"notice risk" in client.get(BASE).content

    def test_activation_waits_for_the_first_sync(self, client, world):
        client.force_login(world.client_success)
        answer = client.post(f"{BASE}activate/")
        assert answer.status_code == 409
        assert b"The first sync has not been approved yet." in answer.content

    def test_activating_and_pausing(self, client, world):
        nights.first_night(world)
        Integration.objects.update(state="first_applied")
        client.force_login(world.admin)
        assert b"Only Client Success can activate it." in client.get(BASE).content
        assert client.post(f"{BASE}activate/").status_code == 403
        client.force_login(world.client_success)
        assert b"Activate the daily sync" in client.get(BASE).content
        client.post(f"{BASE}activate/")
        assert Integration.objects.get().state == "active"
        client.post(f"{BASE}pause/")
        assert Integration.objects.get().state == "paused"

    @pytest.mark.parametrize("page", ["", "columns/", "codes/", "mapping.toml"])
    def test_it_does_not_exist_for_those_who_do_not_set_it_up(self, client, world, page):
        other = made.organization("Cedar Care")
        for who in (world.manager, world.staff, made.admin(other), made.client_success(other, "Una Berg")):
            client.force_login(who)
            assert client.get(BASE + page).status_code == 404
            assert client.get("/integrations/").status_code == (
                404 if who in (world.manager, world.staff) else 200
            )
        for verb in ("file/", "preview/", "activate/", "pause/", "import/"):
            client.force_login(world.manager)
            assert client.post(BASE + verb).status_code == 404

    def test_a_location_code_of_another_organization_is_never_offered(self, client, world):
        other = made.location(made.organization("Cedar Care"), "Cedar Point", "CP")
        self.upload(client, world)
        client.post(
            f"{BASE}columns/", {"column-0": "source_id", "column-1": "full_name", "column-4": "location"}
        )
        assert f'value="{other.pk}"' not in client.get(f"{BASE}codes/").content.decode()
        client.post(f"{BASE}codes/", {"location-0": str(other.pk)})
        assert not LocationCode.objects.filter(organization=world.organization, location=other).exists()
        assert Location.objects.filter(name="Cedar Point").count() == 1

    def test_a_file_without_locations_belongs_to_the_one_chosen(self, client, world):
        self.upload(client, world)
        client.post(f"{BASE}columns/", {"column-0": "source_id", "column-1": "full_name"})
        assert b"The file has no location column" in client.get(f"{BASE}codes/").content
        client.post(f"{BASE}codes/", {"default_location": str(world.hill.pk)})
        world.integration.refresh_from_db()
        assert world.integration.mapping["default_location"] == "oh"
