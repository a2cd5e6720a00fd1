"""The test database itself: the app role, rolled back or dropped, and nothing left over."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from schedulepop.accounts.models import Organization
from tests import standing


@pytest.mark.django_db
def test_tests_act_as_the_app_role_which_makes_no_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (True, False)
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("TRUNCATE accounts_auditentry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_what_a_committing_test_leaves_is_gone_in_the_next(time: int) -> None:
    assert not Organization.objects.exists()
    Organization.objects.create(name="Left over", slug="left-over", timezone="America/New_York")


@pytest.mark.django_db
@pytest.mark.parametrize("time", [1, 2])
def test_what_a_plain_test_leaves_is_rolled_back(time: int) -> None:
    assert not Organization.objects.exists()
    Organization.objects.create(name="Left over", slug="left-over", timezone="America/New_York")


@standing.made_once
def standing_one() -> Organization:
    """An organization that two tests begin with."""
    return Organization.objects.create(name="Standing", slug="standing", timezone="America/New_York")


@pytest.mark.django_db
@pytest.mark.parametrize("time", [1, 2])
def test_what_stands_is_fresh_in_every_test(standing_one: Organization, time: int) -> None:
    assert [one.name for one in Organization.objects.all()] == ["Standing"] == [standing_one.name]
    standing_one.name = "Changed"
    standing_one.save()
    Organization.objects.create(name="Left over", slug="left-over", timezone="America/New_York")


@pytest.mark.django_db
def test_who_does_not_ask_for_it_does_not_see_what_stood() -> None:
    assert not Organization.objects.exists()
