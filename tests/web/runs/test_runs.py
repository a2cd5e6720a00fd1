"""Runs and their pages: who sees what of them, what may be decided, and that a decision names its plan."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags
from django.utils.timezone import now

from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.run import runs
from tests import made, standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db


@standing.made_once
def world():
    return maple(synced=False)


@standing.made_once
def held(world):
    return nights.bad_night(world)


def get(client, who, address, **more):
    client.force_login(who)
    return client.get(address, **more)


def post(client, who, address, **data):
    client.force_login(who)
    return client.post(address, data)


def rested(world, minutes=11):
    """As if the last sync by hand were longer ago than the cool-down."""
    Run.objects.filter(integration=world.integration).update(requested_at=now() - timedelta(minutes=minutes))


class TestRunPage:
    def test_the_consequence_stands_first(self, client, world, held):
        page = get(client, world.admin, f"/runs/{held.pk}/").content.decode()
        assert "Nine removals and one new person are waiting for you" in page
        assert "Nobody has lost sign-in." in page
        assert "2 + 7 + 113 + 10 + 1 = 133." in page
        assert held.plan_hash in page
        assert "Nine people at Oak Hill would lose sign-in" in page

    def test_a_person_shows_old_new_and_why(self, client, world, held):
        page = get(client, world.admin, f"/runs/{held.pk}/?show=held-lose").content.decode()
        assert "<del>Active</del>" in page
        assert "<ins>Terminated</ins>" in page
        assert "Ends when approved" in page

    def test_a_search_finds_one_person(self, client, world, held):
        page = get(client, world.admin, f"/runs/{held.pk}/?q=castellane").content.decode()
        assert "Noor Castellane" in page
        assert "Bram Okonjo" not in page

    def test_show_more_is_a_fragment_with_htmx_and_a_page_without(self, client, world, held):
        address = f"/runs/{held.pk}/?show=held-lose&from=5"
        fragment = get(client, world.admin, address, headers={"HX-Request": "true"}).content.decode()
        assert fragment.count("<details") == 4
        assert "<html" not in fragment
        whole = get(client, world.admin, address).content.decode()
        assert "<html" in whole
        assert whole.count('class="change"') == 4

    def test_a_manager_sees_their_own_building_only(self, client, world, held):
        theirs = get(client, world.manager_elsewhere, f"/runs/{held.pk}/").content.decode()
        assert "Nine removals are waiting for a decision" in theirs
        assert "Delia Abernathy" in theirs
        assert "Would join" not in theirs  # held at Maple Grove
        assert "Bram Okonjo" not in theirs
        assert "133" not in strip_tags(theirs)  # the organization's figures
        assert "Approve 9" not in theirs
        other = get(client, world.manager, f"/runs/{held.pk}/").content.decode()
        assert "Delia Abernathy" not in other
        assert "Bram Okonjo" in other

    def test_staff_and_strangers_get_404(self, client, world, held):
        other = made.organization("Cedar Care")
        assert get(client, world.staff, f"/runs/{held.pk}/").status_code == 404
        assert get(client, made.admin(other), f"/runs/{held.pk}/").status_code == 404
        assert get(client, made.client_success(other, "Una Berg"), f"/runs/{held.pk}/").status_code == 404
        assert get(client, world.admin, "/runs/99999999/").status_code == 404

    def test_problems_name_row_column_and_masked_value(self, client, world, held):
        page = get(client, world.admin, f"/runs/{held.pk}/").content.decode()
        assert "Row 27" in page
        assert "1.23E+05" in page
        assert "not an address" not in page  # an email, masked

    def test_a_doubted_file_with_nobody_to_hold_is_not_called_applied(self, client, world):
        nights.first_night(world)
        run = nights.night(world, [])
        page = get(client, world.admin, f"/runs/{run.pk}/").content.decode()
        assert "Payroll’s file is on hold" in page
        assert "Payroll sent nobody" in page
        assert "The payroll file has no people in it." in client.get("/runs/").content.decode()

    def test_records_that_wait_for_an_answer_are_named(self, client, world):
        records = nights.people(4)
        records[1]["Status"] = "SABB"
        run = nights.preview(world, records)
        page = get(client, world.client_success, f"/runs/{run.pk}/").content.decode()
        assert "Waiting for an answer" in page
        assert "A status word is not set up" in page
        hill = get(client, world.manager_elsewhere, f"/runs/{run.pk}/").content.decode()
        assert "Waiting for an answer" not in hill

    def test_what_happened_and_why_are_two_sentences_in_the_list(self, client, world):
        nights.first_night(world)
        held = nights.night(world, nights.bad_records())
        Run.objects.filter(pk=held.pk).update(state="held")
        page = get(client, world.admin, "/runs/").content.decode()
        assert re.search(r"\d+ unreadable\. \d+ of 65 people at Oak Hill would lose access", page)

    def test_a_run_without_a_plan_is_told_from_what_it_applied(self, client, world, held):
        Run.objects.filter(pk=held.pk).update(plan=None, rest="discarded")
        page = get(client, world.admin, f"/runs/{held.pk}/").content.decode()
        assert "Bram Okonjo" in page

    @pytest.mark.parametrize(
        "state", ["queued", "running", "failed", "skipped", "superseded", "discarded", "undone"]
    )
    def test_every_other_state_has_its_page(self, client, world, held, state):
        Run.objects.filter(pk=held.pk).update(
            state=state,
            stage="match" if state == "running" else "",
            rest="none",
            error_reason="no_header",
            error_params={"name": "payroll.csv"},
            error_code="feed_unreadable",
            plan=None,
        )
        assert get(client, world.admin, f"/runs/{held.pk}/").status_code == 200

    def test_while_it_runs_the_page_asks_again_and_then_reloads(self, client, world, held):
        Run.objects.filter(pk=held.pk).update(state="running", stage="match")
        fragment = get(client, world.admin, f"/runs/{held.pk}/", headers={"HX-Request": "true"})
        assert b"Finding each person" in fragment.content
        Run.objects.filter(pk=held.pk).update(state="applied", stage="")
        done = client.get(f"/runs/{held.pk}/", headers={"HX-Request": "true"})
        assert done.headers["HX-Refresh"] == "true"


class TestDecide:
    def test_an_admin_approves_what_they_saw(self, client, world, held):
        answer = post(client, world.admin, f"/runs/{held.pk}/approve/", plan=held.plan_hash, checked="1")
        assert answer.status_code == 302
        held.refresh_from_db()
        assert held.rest == Run.Rest.APPROVED
        assert Membership.objects.filter(location=world.hill, status="terminated").count() == 9

    def test_another_plan_is_not_approved(self, client, world, held):
        answer = post(client, world.admin, f"/runs/{held.pk}/approve/", plan="0" * 64, checked="1")
        assert answer.status_code == 409
        assert b"Nothing has been applied." in answer.content
        assert not Membership.objects.filter(location=world.hill, status="terminated").exists()

    def test_when_the_list_has_changed_the_new_plan_and_the_difference_are_shown(self, client, world, held):
        gone = Membership.objects.filter(
            location=world.hill, user__links__isnull=False, user__last_name="Abernathy"
        ).first()
        Membership.objects.filter(pk=gone.pk).update(status="terminated", termination_date="2026-11-16")
        answer = post(client, world.admin, f"/runs/{held.pk}/approve/", plan=held.plan_hash, checked="1")
        assert answer.status_code == 409
        assert "No longer in it: Delia Abernathy" in answer.content.decode()

    def test_nothing_is_approved_without_the_tick(self, client, world, held):
        answer = post(client, world.admin, f"/runs/{held.pk}/approve/", plan=held.plan_hash)
        assert answer.status_code == 422
        held.refresh_from_db()
        assert held.rest == Run.Rest.WAITING

    def test_discarding_touches_nobody(self, client, world, held):
        assert get(client, world.admin, f"/runs/{held.pk}/discard/").status_code == 200
        post(client, world.admin, f"/runs/{held.pk}/discard/")
        held.refresh_from_db()
        assert held.rest == Run.Rest.DISCARDED
        assert not Membership.objects.filter(location=world.hill, status="terminated").exists()

    def test_a_manager_may_neither_approve_nor_discard(self, client, world, held):
        for verb in ("approve", "discard"):
            answer = post(
                client, world.manager_elsewhere, f"/runs/{held.pk}/{verb}/", plan=held.plan_hash, checked="1"
            )
            assert answer.status_code == 403
            assert b"Client Success" in answer.content
        held.refresh_from_db()
        assert held.rest == Run.Rest.WAITING

    def test_the_first_sync_is_client_success_s_alone(self, client, world):
        run = nights.preview(world)
        page = get(client, world.admin, f"/runs/{run.pk}/").content.decode()
        assert "Only Client Success can approve the first sync" in page
        assert "dana@schedulepop.example" in page
        answer = post(client, world.admin, f"/runs/{run.pk}/approve/", plan=run.plan_hash, checked="1")
        assert answer.status_code == 403
        answer = post(
            client,
            world.client_success,
            f"/runs/{run.pk}/approve/",
            plan=run.plan_hash,
            checked="1",
            welcome="nobody",
        )
        assert answer.status_code == 302
        assert Membership.objects.filter(payroll_owned=True, location=world.hill).count() >= 65
        assert not Message.objects.filter(kind="welcome").exists()

    def test_only_those_ticked_get_a_welcome_email(self, client, world):
        run = nights.preview(world)
        page = get(client, world.client_success, f"/runs/{run.pk}/approve/").content.decode()
        assert 'value="nobody" checked' in page
        post(
            client,
            world.client_success,
            f"/runs/{run.pk}/approve/",
            plan=run.plan_hash,
            checked="1",
            welcome="chosen",
            person=["004003", "004005", "somebody else"],
        )
        assert Message.objects.filter(kind="welcome").count() == 2


class TestList:
    def test_every_run_says_what_it_did(self, client, world, held):
        page = get(client, world.admin, "/runs/").content.decode()
        assert "2 joined, 7 changed, 10 held, 1 unreadable" in page
        assert "Partly held" in page
        assert "130 joined" in page

    def test_managers_and_staff_have_no_list_of_runs(self, client, world, held):
        assert get(client, world.manager, "/runs/").status_code == 404
        assert get(client, world.staff, "/runs/").status_code == 404

    def test_another_organization_s_runs_are_not_there(self, client, world, held):
        other = made.organization("Cedar Care")
        assert b"Partly held" not in get(client, made.admin(other), "/runs/").content

    def test_uploading_starts_a_run_and_shows_it(self, client, world, held):
        rested(world)
        file = SimpleUploadedFile("tonight.csv", nights.as_csv(nights.people()))
        answer = post(
            client, world.admin, "/runs/sync/", integration=world.integration.pk, upload="1", feed=file
        )
        run = Run.objects.latest("pk")
        assert answer.url == f"/runs/{run.pk}/"
        assert run.state == "queued"
        assert runs.drive(run.pk).state == "applied"

    def test_ten_minutes_lie_between_two_syncs_by_hand(self, client, world, held):
        Integration.objects.update(config={"path": "/feeds/payroll.csv"})
        answer = post(client, world.admin, "/runs/sync/", integration=world.integration.pk)
        assert answer.url == "/runs/"
        assert "Again in 10 minutes." in client.get("/runs/").content.decode()
        assert Run.objects.count() == 2

    def test_what_is_no_payroll_file_is_refused_in_a_sentence(self, client, world, held):
        rested(world)
        file = SimpleUploadedFile("photo.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 200)
        answer = post(
            client, world.admin, "/runs/sync/", integration=world.integration.pk, upload="1", feed=file
        )
        assert answer.url == "/runs/"
        assert "notice risk" in client.get("/runs/").content.decode()
        assert Run.objects.count() == 2

    def test_another_organization_s_integration_is_not_there(self, client, world, held):
        other = made.admin(made.organization("Cedar Care"))
        assert post(client, other, "/runs/sync/", integration=world.integration.pk).status_code == 404

    def test_no_integration_leads_to_setting_one_up(self, client):
        page = get(client, made.admin(made.organization("Cedar Care")), "/runs/").content.decode()
        assert "No payroll is connected yet" in page
        assert not Integration.objects.exists()
