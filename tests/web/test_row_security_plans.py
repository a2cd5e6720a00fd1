"""Row level security keeps the indexes: a page of one customer does not read the table of all of them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from schedulepop.accounts import tenancy
from schedulepop.postgres import Urls
from tests import as_web, made, scale
from tests.web import many
from tests.web.world import maple

BIG = re.compile(r"Seq Scan on (accounts_user|directory_membership\w*)")


@pytest.mark.django_db(transaction=True)
def test_the_user_list_of_one_customer_among_many_people(database_urls: Urls) -> None:
    many.people_at(made.location(made.organization("Birch Care")), scale.reach(20_000, 50_000))
    world = maple(people=2)
    many.people_at(world.grove, 500)
    many.analyze(database_urls.migrate)
    client = Client()
    client.force_login(world.admin)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/users/").status_code == 200
    selects = [
        one["sql"]
        for one in asked
        if one["sql"].startswith("SELECT") and '"directory_membership"' in one["sql"]
    ]
    assert len(selects) >= 3
    with tenancy.of_user(world.admin.pk), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {as_web.ROLE}")
        for sql in selects:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "visited_organizations" in plan or "InitPlan" in plan, "not asked as the web's role"
            assert not BIG.search(plan), f"{sql}\n{plan}"
        cursor.execute("RESET ROLE")
