"""The issue about an address from which letters come back: opened by the mail, closed by another address or a letter
that arrives; no run says anything of it.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from schedulepop.accounts.models import User
from schedulepop.messages import returned
from schedulepop.messages.models import Message
from schedulepop.sync.models import Issue
from schedulepop.sync.run import returned_letters
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db


def _open() -> list[str]:
    return [one.message for one in Issue.objects.filter(code="email_returned", resolved_at=None)]


@pytest.fixture
def ines(payroll, synced) -> User:
    """Ines, whose welcome came back."""
    found = User.objects.get(first_name="Ines")
    returned.note(_letter(found, 1), "bounced", timezone.now())
    returned_letters.renew([found.pk], timezone.now())
    return found


def _letter(user: User, generation: int) -> Message:
    return Message.objects.create(
        organization=user.organization,
        user=user,
        kind="reset",
        generation=generation,
        state="accepted",
        address=user.email,
        sending_at=timezone.now(),
        service_id=f"<{generation}@service>",
    )


def test_it_says_who_where_and_since_when_and_stands_until_payroll_brings_another(payroll, ines) -> None:
    today = f"{timezone.now():%Y-%m-%d}"
    said = f"Letters to {ines.full_name} at ines@example.com have come back since {today}."
    assert _open() == [said]
    payroll.sends(PEOPLE[0].replace("555-0101", "555-0199"), *PEOPLE[1:])
    payroll.runs()
    assert _open() == [said], "a run that brings another phone says nothing of it"
    payroll.sends(PEOPLE[0].replace("ines@", "ines.calloway@"), *PEOPLE[1:])
    payroll.runs()
    assert _open() == []
    payroll.sends(*PEOPLE)
    payroll.runs()
    returned_letters.renew_all(timezone.now())
    assert _open() == [said], "the old address is what it was"


def test_a_later_letter_that_arrives_closes_it_and_a_complaint_opens_another(ines) -> None:
    later = _letter(ines, 2)
    returned.note(later, "delivered", timezone.now())
    returned_letters.renew([ines.pk], timezone.now())
    assert _open() == []
    returned.note(later, "complained", timezone.now())
    for _ in range(2):
        returned_letters.renew([ines.pk], timezone.now())
    assert [one.startswith(f"{ines.full_name} marked a letter") for one in _open()] == [True]


def test_who_left_needs_no_address(ines) -> None:
    ines.memberships.update(status="terminated")
    returned_letters.renew_all(timezone.now())
    assert _open() == []
