"""Versions of a mapping with the way back, what was received, and a run's file planned again: all without a command."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Change, Integration, MappingVersion
from schedulepop.sync.plan.policy import Mapping
from tests import canaries, made, standing
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
BASE = "/integrations/maple-health/payroll/"


@standing.made_once
def world() -> World:
    """After a first sync, and one changed mapping."""
    found = maple(synced=False)
    nights.first_night(found)
    integration = Integration.objects.get(pk=found.integration.pk)
    worse = Mapping(**integration.mapping).model_copy(update={"statuses": {"A": "terminated"}})
    lifecycle.save_mapping(integration, worse, actor=Actor.of(found.client_success))
    return found


def version(world: World) -> int:
    return Integration.objects.get(pk=world.integration.pk).mapping_version


def test_each_version_says_what_it_changed(world: World, client_of: ClientOf) -> None:
    newest, *older = client_of("admin").get(f"{BASE}versions/").context["versions"]
    assert newest.current
    assert ("Status A", "Terminated") in [(line.label, line.new) for line in newest.lines]
    assert not any(one.current for one in older)
    assert older[-1].lines == ()


def test_back_to_an_older_one_is_previewed_first_and_saved_as_a_new_one(
    world: World, client_of: ClientOf
) -> None:
    client, now = client_of("client_success"), version(world)
    led = client.post(f"{BASE}versions/", {"version": now - 1})
    assert led.url == f"{BASE}changes/"
    assert version(world) == now
    page = client.get(led.url)
    assert [(line.label, line.old) for line in page.context["chosen"]] == [("Status A", "Terminated")]
    assert page.context["back"] == f"{BASE}versions/"
    assert version(world) == now
    client.post(led.url, {"draft": page.context["draft"].digest})
    stored = MappingVersion.objects.filter(integration=world.integration).order_by("-version")
    assert stored[0].version == now + 1
    assert stored[0].mapping == stored[2].mapping
    assert AuditEntry.objects.filter(verb="mapped", actor=world.client_success).exists()


def test_before_the_first_sync_it_is_saved_at_once(world: World, client_of: ClientOf) -> None:
    Integration.objects.filter(pk=world.integration.pk).update(state="tested")
    now = version(world)
    client_of("client_success").post(f"{BASE}versions/", {"version": now - 1})
    assert version(world) == now + 1


@pytest.mark.parametrize(("asked", "status"), [("99", 404), ("", 302), ("x", 302)])
def test_a_version_there_is_not(world: World, client_of: ClientOf, asked: str, status: int) -> None:
    now = version(world)
    assert client_of("admin").post(f"{BASE}versions/", {"version": asked}).status_code == status
    assert version(world) == now


def test_what_was_received_names_columns_and_no_value(world: World, client_of: ClientOf) -> None:
    page = client_of("admin").get(f"{BASE}received/")
    (one,) = page.context["files"]
    assert one.way == "Uploaded"
    assert ("Payroll ID", "Emp #") in one.used
    assert [run.number for run in one.runs] == [1]
    text = page.content.decode()
    assert "maple-2026-11-16.csv" in text
    person = Membership.objects.filter(payroll_owned=True, location=world.grove).select_related("user")[9]
    assert person.user.email
    assert person.user.email not in text
    assert not [value for value in canaries.SENSITIVE.values() if value in text]
    file = client_of("admin").get(f"{BASE}received/?as=csv").content.decode("utf-8-sig")
    assert "Payroll ID: Emp #" in file
    assert person.user.email not in file


def test_what_was_received_asks_the_same_however_many_there_are(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    client.get(f"{BASE}received/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{BASE}received/")
    nights.night(world, nights.people()[:-1])
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(f"{BASE}received/").context["files"]) == 2
    assert len(many) <= len(few) + 1  # a run more may wait


class TestReplay:
    def test_the_plan_is_the_same_or_differs_by_another_mapping(
        self, world: World, client_of: ClientOf
    ) -> None:
        client, run = client_of("admin"), world.integration.runs.latest("pk")
        changed, address = Change.objects.count(), f"/runs/{run.pk}/replay/"
        assert client.get(address).status_code == 200
        other = client.post(address, {"version": version(world) - 1})
        assert not other.context["done"].same
        assert other.context["groups"]
        same = client.post(address, {"version": version(world)})
        assert "Nobody would be treated" in same.content.decode()
        assert Change.objects.count() == changed

    def test_other_limits_as_the_command_line_takes_them(self, world: World, client_of: ClientOf) -> None:
        run = world.integration.runs.latest("pk")
        client, address = client_of("admin"), f"/runs/{run.pk}/replay/"
        assert client.post(address, {"policy": "missing_days = 9"}).status_code == 200
        for wrong in ("missing_days = ", "nonsense = 4", 'missing_days = "x"'):
            assert client.post(address, {"policy": wrong}).status_code == 422

    def test_only_who_runs_syncs(self, world: World, client_of: ClientOf) -> None:
        run = world.integration.runs.latest("pk")
        for role in ("manager", "staff"):
            assert client_of(role).get(f"/runs/{run.pk}/replay/").status_code == 404
            assert client_of(role).get(f"{BASE}versions/").status_code == 404
            assert client_of(role).get(f"{BASE}received/").status_code == 404
        elsewhere = Client()
        elsewhere.force_login(made.admin(made.organization("Cedar Care"), "Una Cedar"))
        assert elsewhere.post(f"/runs/{run.pk}/replay/", {}).status_code == 404
        assert elsewhere.get(f"{BASE}received/").status_code == 404
