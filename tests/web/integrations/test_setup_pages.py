"""Setting up an integration: columns, dates, codes, the mapping as a file, preview, activation, and who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schedulepop.directory.models import Location, LocationCode
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.models import Integration, RawFeed, Run
from schedulepop.sync.run import runs
from tests import made, standing
from tests.lib.formats.made import NOTES, xlsx
from tests.web import nights
from tests.web.world import maple

STRANGE = (Path(__file__).parents[1] / "strange.csv").read_bytes()
BASE = "/integrations/maple-health/payroll/"


@standing.made_once
def world():
    return maple(synced=False)


@pytest.mark.django_db
class TestPages:
    def upload(self, client, world, data=STRANGE, who=None, **more):
        client.force_login(who or world.client_success)
        return client.post(f"{BASE}file/", {"feed": SimpleUploadedFile("strange.csv", data)}, **more)

    def test_a_workbook_says_which_sheet_was_read(self, client, world):
        rows = [line.split(",") for line in STRANGE.decode("utf-8-sig").splitlines()]
        assert self.upload(client, world, xlsx({"Notes": NOTES, "Staff": rows})).url == f"{BASE}columns/"
        page = " ".join(client.get(f"{BASE}columns/").content.decode().split())
        assert "Sheet: Staff. Not read: Notes." in page

    def test_a_workbook_that_cannot_be_read_is_a_sentence_on_the_page(self, client, world):
        answer = self.upload(client, world, xlsx({"Staff": ()}), follow=True)
        assert "workbook without anything in it" in answer.content.decode()

    def test_from_the_file_to_the_preview(self, client, world):
        assert self.upload(client, world).url == f"{BASE}columns/"
        page = client.get(f"{BASE}columns/").content.decode()
        assert "Social Security and tax numbers are never kept." in page
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
        assert "Set-up: 5 of 7" in " ".join(client.get("/integrations/").content.decode().split())

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
        monkeypatch.setattr("schedulepop.web.shell.upload.MAX_BYTES", 100)
        assert b"Is it a payroll export?" in self.upload(client, world).content
        assert MAX_BYTES == 200 * 2**20

    def test_columns_before_a_file_lead_back(self, client, world):
        client.force_login(world.client_success)
        assert client.get(f"{BASE}columns/").url == BASE
        assert client.get(f"{BASE}codes/").url == BASE

    def test_adding_one(self, client, world):
        client.force_login(world.client_success)
        assert client.get("/integrations/add/").status_code == 200
        answer = client.post("/connect/upload/", {"name": "Night HR"})
        assert answer.url == "/integrations/maple-health/night-hr/"
        assert b"already has an integration" in client.post("/connect/upload/", {"name": "Night HR"}).content
        assert b"Give it a name" in client.post("/connect/upload/", {"name": " "}).content

    def test_only_client_success_names_a_file_on_the_server(self, client, world):
        client.force_login(world.admin)
        for key in ("folder", "upload"):
            client.post(f"/connect/{key}/", {"name": "Passwords", "config-path": "export.csv"})
        assert Integration.objects.get(name="Passwords").config == {"path": ""}

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
