"""The form of a platform: made from its models, secrets in and never out, errors by field, two steps first."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from schedulepop.connectors import REGISTRY
from schedulepop.connectors.contract import Form
from schedulepop.sync.integrations import secrets
from schedulepop.sync.models import Integration
from schedulepop.web.connect import form_fields
from tests.web.connect.stubbed import FORM, by_two_steps
from tests.web.world import World

pytestmark = pytest.mark.django_db
ADD = "/connect/adp_wfn/"
BASE = "/integrations/maple-health/adp/"


@pytest.fixture
def client_success(client: Client, world: World) -> Client:
    client.force_login(by_two_steps(world.client_success))
    return client


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


TYPED = {"switch": True, "number": "22"}  # what is no text


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_setting_and_secret_has_a_field_that_says_where_it_is_found(kind: str) -> None:
    connector = REGISTRY[kind]
    fields = [*form_fields.settings_of(connector, {}), *form_fields.secrets_of(connector)]
    assert len(fields) == len(connector.config.model_fields) + len(connector.secrets.model_fields)
    assert all(one.title and one.help for one in fields)


def test_a_platform_is_added_with_its_secrets_and_goes_on_to_the_test(client_success: Client) -> None:
    page = page_of(client_success, ADD)
    assert "ADP Developer Self-Service" in page
    assert "Contact data, Pay rates" in page
    answer = client_success.post(ADD, FORM)
    assert answer.headers["Location"] == f"{BASE}test/"
    made = Integration.objects.get(slug="adp")
    assert made.config == {"region": "us", "client_id": FORM["config-client_id"]}
    assert made.mapping["columns"] == {}
    assert not secrets.missing(made)


def test_a_report_that_has_to_be_made_first_is_linked_from_the_form(client_success: Client) -> None:
    assert '<a href="/connect/workday/report/">Ask payroll for this report</a>' in page_of(
        client_success, "/connect/workday/"
    )
    assert "/report/" not in page_of(client_success, ADD)


def test_an_address_of_another_report_is_told_at_its_field(client_success: Client) -> None:
    typed = {"name": "Workday", "config-report_url": "https://evil.example/x", "config-user": "ISU"}
    page = client_success.post("/connect/workday/", typed | {"secret-password": "canary"}).content.decode()
    assert "This is no JSON address of a report. Copy it as Workday shows it, from https:// on." in page
    assert "canary" not in page


def test_no_page_shows_a_secret_again(client_success: Client) -> None:
    client_success.post(ADD, FORM)
    canaries = [FORM["secret-client_secret"], *FORM["secret-private_key"].splitlines()[1:2]]
    wrong = client_success.post(ADD, FORM | {"config-client_id": ""}).content.decode()
    for page in (page_of(client_success, f"{BASE}connection/"), page_of(client_success, BASE), wrong):
        assert not [one for one in canaries if one in page]
    assert "by Jonah Pell. Leave it blank to keep it." in " ".join(
        page_of(client_success, f"{BASE}connection/").split()
    )


def test_no_error_page_and_no_log_tells_a_secret(
    client_success: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Something breaks while the secrets are in its hands, and even quotes them."""
    canaries = [FORM["secret-client_secret"], *FORM["secret-private_key"].splitlines()[1:2]]

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot store {canaries}")

    monkeypatch.setattr(secrets, "store", breaks)
    client_success.raise_request_exception = False
    answer = client_success.post(ADD, FORM)
    assert answer.status_code == 500
    told = answer.content.decode() + caplog.text + "".join(capfd.readouterr())
    assert not [one for one in canaries if one in told]
    assert not Integration.objects.filter(slug="adp").exists()


def test_errors_stand_at_their_fields_and_nothing_is_made(client_success: Client) -> None:
    answer = client_success.post(
        ADD, FORM | {"config-client_id": "abc", "secret-certificate": "", "name": " "}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in ("config-client-id", "secret-certificate", "name"):
        assert f'id="{field}-e"' in page
    assert 'id="secret-private-key-e"' not in page
    assert "3 fields" not in page
    assert "Three fields need you" in " ".join(page.split())
    assert not Integration.objects.filter(slug="adp").exists()


def test_a_key_may_be_chosen_as_a_file(client_success: Client) -> None:
    key = SimpleUploadedFile("key.pem", FORM["secret-private_key"].replace("\n", "\r\n").encode())
    client_success.post(ADD, FORM | {"secret-private_key": "", "file-private_key": key})
    made = Integration.objects.get(slug="adp")
    assert secrets.opened(made)["private_key"].splitlines() == FORM["secret-private_key"].strip().splitlines()


def test_a_blank_secret_stays_and_a_new_one_takes_its_place(client_success: Client) -> None:
    client_success.post(ADD, FORM)
    blank = {name: "" for name in FORM if name.startswith("secret-")}
    again = FORM | blank | {"secret-client_secret": "another-one-altogether"}
    assert client_success.post(f"{BASE}connection/", again).headers["Location"] == f"{BASE}test/"
    kept = secrets.opened(Integration.objects.get(slug="adp"))
    assert kept["client_secret"] == "another-one-altogether"
    assert kept["certificate"].strip() == FORM["secret-certificate"].strip()


def test_who_sends_secrets_elsewhere_enters_them_again(client_success: Client) -> None:
    client_success.post(ADD, FORM)
    blank = {name: "" for name in FORM if name.startswith("secret-")}
    answer = client_success.post(f"{BASE}connection/", FORM | blank | {"config-region": "eu"})
    assert answer.status_code == 422
    assert "They are emptied when you save, so enter them again." in " ".join(answer.content.decode().split())
    assert Integration.objects.get(slug="adp").config["region"] == "us"
    client_success.post(f"{BASE}connection/", FORM | {"config-region": "eu"})
    made = Integration.objects.get(slug="adp")
    assert (made.config["region"], secrets.missing(made)) == ("eu", ())


def test_two_steps_come_before_anything_secret_is_typed(client: Client, world: World) -> None:
    client.force_login(world.client_success)
    page = page_of(client, ADD)
    assert "secret-client_secret" not in page
    assert "/account/two-step/?next=%2Fconnect%2Fadp_wfn%2F" in page
    client.post(ADD, FORM)
    assert not Integration.objects.filter(slug="adp").exists()


@pytest.mark.parametrize("key", ["adp_wfn", "folder"])
def test_admins_upload_and_connect_nothing(client: Client, world: World, key: str) -> None:
    client.force_login(by_two_steps(world.admin))
    assert client.get(f"/connect/{key}/").status_code == 403
    assert client.post(f"/connect/{key}/", FORM | {"config-path": "export.csv"}).status_code == 403
    assert client.get("/connect/upload/").status_code == 200


def test_what_nobody_offers_is_not_there(client_success: Client) -> None:
    assert client_success.get("/connect/peoplesoft/").status_code == 404
    assert client_success.get("/connect/file/").status_code == 404


def test_a_folder_needs_a_name_and_is_tested_next(client_success: Client) -> None:
    assert client_success.post("/connect/folder/", {"name": "Night", "config-path": ""}).status_code == 422
    answer = client_success.post("/connect/folder/", {"name": "Night", "config-path": "export.csv"})
    assert answer.headers["Location"] == "/integrations/maple-health/night/test/"


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_what_is_typed_comes_back_as_it_was(kind: str) -> None:
    """The form round trip: settings → fields → posted → settings."""
    connector = REGISTRY[kind]
    values = {
        one.name.removeprefix("config-"): TYPED.get(one.kind, one.choices[-1] if one.choices else "maple1")
        for one in form_fields.settings_of(connector, {})
    }
    shown = form_fields.settings_of(connector, values)
    posted = {one.name: one.value for one in shown}
    assert form_fields.typed_settings(connector, posted) == values


class Strange(Form):
    """Settings of kinds that no platform has yet."""

    port: int = 22
    old: bool = False


def test_numbers_and_switches_are_read_too() -> None:
    from dataclasses import replace

    connector = replace(REGISTRY["file"], config=Strange)
    kinds = {one.name: (one.kind, one.value) for one in form_fields.settings_of(connector, {"old": True})}
    assert kinds == {"config-port": ("number", "22"), "config-old": ("switch", "on")}
    typed = form_fields.typed_settings(connector, {"config-port": "x", "config-old": "off"})
    assert form_fields.errors_of(connector, typed) == {"config-port": "Type a whole number."}
