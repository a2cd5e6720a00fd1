"""The test database itself: the app role, rolled back or dropped, and nothing left over."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from schedulepop.accounts.models import Organization


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
