"""Gusto's own SDK in front of our stub: page by page, until one is empty.

The newest one on PyPI speaks the version of 2024; the header is set to the connector's, so that it reads those answers.
"""

from __future__ import annotations

import json
import sys

import httpx
from gusto_app_integration import GustoAppIntegration

VERSION = "2025-06-15"
stub, known = sys.argv[1], json.loads(sys.argv[2])


def newer(request: httpx.Request) -> None:
    """The version that the connector asks for."""
    request.headers["X-Gusto-API-Version"] = VERSION


client = GustoAppIntegration(
    company_access_auth=known["token"],
    server_url=stub,
    client=httpx.Client(event_hooks={"request": [newer]}),
)
people: list[str] = []
for page in range(1, 100):
    listed = client.employees.get(
        company_id=known["company_id"], page=page, per=5, include=["all_compensations", "custom_fields"]
    )
    found = getattr(listed, "employee_list", listed)
    if not found:
        break
    people += [one.uuid for one in found]
print(json.dumps(people))
