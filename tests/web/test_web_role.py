"""The pages over a connection that is the web's role itself, as gunicorn's are: signing in, reading, deciding.

All other tests of pages change the role for the length of a request (`tests/as_web.py`).
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.messages.models import Message
from schedulepop.sync.models import RunState
from tests import made
from tests.web import nights
from tests.web.world import maple

PROCESS = """
import json, os, sys
import schedulepop.asgi
from django.conf import settings
from django.db import connection
from django.test import Client

given = json.loads(sys.argv[1])
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.ALLOWED_HOSTS = ["*"]
client, seen = Client(), {}
signed_in = client.post("/sign-in/", {"username": given["login"], "password": given["password"]})
seen["sign_in"] = signed_in.status_code
for page in ("/", "/users/", "/issues/", "/runs/", "/integrations/", "/account/", "/where/?q=in", "/users/duplicates/"):
    seen[page] = client.get(page).status_code
seen["other"] = client.get(given["other"]).status_code
approve = f"/runs/{given['run']}/approve/"
seen["asks"] = client.get(approve).status_code
seen["approves"] = client.post(approve, {"plan": given["plan"], "checked": "yes"}).status_code
seen["signs_out"] = client.post("/sign-out/").status_code
seen["forgot"] = Client().post("/forgotten/", {"name": given["login"]}).status_code
with connection.cursor() as cursor:
    told = "current_setting('schedulepop.organizations', true)"
    cursor.execute(f"SELECT session_user, {told}, count(*) FROM accounts_user")
    seen["after"] = cursor.fetchone()
seen["knows"] = sorted(name for name in os.environ if name.startswith("DATABASE_"))
print(json.dumps(seen))
"""


@pytest.mark.django_db(transaction=True)
def test_a_day_of_an_admin(environment: dict[str, str]) -> None:
    other = maple(people=2)
    Organization.objects.filter(pk=other.organization.pk).update(slug="birch-care")
    world = maple(people=4, synced=False)
    run = nights.bad_night(world)
    given = {
        "login": world.admin.username,
        "password": made.PASSWORD,
        "other": f"/users/{other.ines.pk}/",
        "run": run.pk,
        "plan": run.plan_hash,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, json.dumps(given)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen.pop("after") == ["schedulepop_web", "", 0], "who asks, for whom, and what is seen outside"
    assert seen.pop("knows") == ["DATABASE_URL"], "no address of another role"
    assert seen.pop("other") == 404
    assert {name for name, status in seen.items() if status not in (200, 302)} == set(), (seen, done.stderr)
    assert (seen["sign_in"], seen["approves"], seen["signs_out"]) == (302, 302, 302)
    run.refresh_from_db()
    assert (run.state, run.rest) == (RunState.APPLIED, run.Rest.APPROVED)
    assert AuditEntry.objects.filter(verb="approved", run_id=run.pk, actor=world.admin).exists()
    assert not Message.objects.filter(organization=other.organization, kind="reset").exists()
