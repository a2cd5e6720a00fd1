"""What a manager cannot answer, they send to who can: one tap, one letter a question and day, and the page says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.sync.models import Issue
from tests.saying import because

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(world) -> Issue:
    """A word that Client Success maps; HR and they can be reached."""
    for one in (world.admin, world.client_success, world.manager, world.manager_of_both):
        one.email = f"{one.username}@maplehealth.example"
        one.save()
    return Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        location=world.grove,
        code="unmapped_status",
        key="LOA-2",
        reasons=because("unmapped_status"),
    )


def page(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_one_tap_sends_one_letter_and_the_page_says_so(world, client_of, issue, mailoutbox):
    client = client_of("manager")
    before = page(client, "/issues/")
    assert "Client Success answers this." in before
    assert f'action="/issues/{issue.pk}/ask/"' in before
    after = " ".join(client.post(f"/issues/{issue.pk}/ask/", follow=True).content.decode().split())
    assert "Sent to 1 person at Client Success" in after
    assert "You can send it again tomorrow." in after
    client.post(f"/issues/{issue.pk}/ask/")
    letter = Message.objects.get(kind="question")
    assert letter.user == world.client_success
    outbox.drain()
    (mail,) = [one for one in mailoutbox if "question" in one.subject]
    assert "Marisol Tate has a question" in mail.subject
    assert issue.text.title in mail.body
    assert world.manager.email in mail.body, "whoever answers can ask back"
    entry = AuditEntry.objects.get(verb="asked")
    assert (entry.actor, entry.subject, entry.subject_id) == (world.manager, "issue", issue.pk)


def test_another_person_and_another_day_may_ask_again(client_of, issue):
    client_of("manager").post(f"/issues/{issue.pk}/ask/")
    client_of("manager_of_both").post(f"/issues/{issue.pk}/ask/")
    with time_machine.travel(now() + timedelta(days=1)):
        client_of("manager").post(f"/issues/{issue.pk}/ask/")
    assert Message.objects.filter(kind="question").count() == 3


def test_what_is_not_theirs_to_see_cannot_be_sent(world, client_of, issue):
    assert client_of("manager_elsewhere").post(f"/issues/{issue.pk}/ask/").status_code == 404
    assert client_of("staff").post(f"/issues/{issue.pk}/ask/").status_code == 404
    assert client_of("manager").get(f"/issues/{issue.pk}/ask/").status_code == 405


def test_when_nobody_can_be_reached_that_is_said(world, client_of, issue):
    User.objects.filter(pk__in=[world.admin.pk, world.client_success.pk]).update(email="", confirmed_email="")
    said = client_of("manager").post(f"/issues/{issue.pk}/ask/", follow=True).content.decode()
    assert "Nobody who can answer has an email address" in said
    assert not Message.objects.filter(kind="question").exists()
