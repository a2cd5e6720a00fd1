"""Merge's own SDK in front of our stub: employees by its cursor, with the same parts expanded."""

from __future__ import annotations

import json
import sys

from merge.client import Merge

stub, known = sys.argv[1], json.loads(sys.argv[2])
client = Merge(api_key=known["api_key"], account_token=known["account_token"], base_url=f"{stub}/api")
people: list[str] = []
cursor = None
while True:
    page = client.hris.employees.list(
        cursor=cursor, page_size=5, expand=["employments", "groups", "work_location", "team", "company"]
    )
    people += [one.id for one in page.results or []]
    cursor = page.next
    if not cursor:
        break
print(json.dumps(people))
