"""The page of a run at once after its worker was killed: it tells what became of whom."""

from __future__ import annotations

from schedulepop import postgres


def fault(integration_id: int, concerned: tuple[str, ...], run: int, urls: postgres.Urls) -> str:
    """What is wrong on the page of a run at once that went through: its four steps are done, everybody is named.

    This process's product reads as the web does from here on.
    """
    from django.db import connections
    from django.test import Client
    from django.utils.html import escape

    from schedulepop.settings import database
    from schedulepop.sync.models import Integration, Link
    from tests import made

    integration = Integration.objects.select_related("organization").get(pk=integration_id)
    people = Link.objects.filter(integration=integration, source_id__in=concerned)
    named = {one.user.full_name for one in people.select_related("user")}
    client = Client()
    client.force_login(made.admin(integration.organization))
    connections["default"].close()
    connections.settings["default"].update(database(urls.web))
    said = client.get(f"/at-once/{run}/", headers={"host": "localhost"}).content.decode()
    steps = said.count('<li class="done"')
    silent = {name for name in named if escape(name) not in said}
    if "hx-trigger" not in said and steps == 4 and not silent and len(named) == len(concerned):
        return ""
    return f"its page has {steps} steps done, nothing of {silent}, {len(named)} people"
