"""Finch's own SDK in front of our stub: the directory by its own paging, then everybody's two other parts at once."""

from __future__ import annotations

import json
import sys

from finch import Finch

stub, known = sys.argv[1], json.loads(sys.argv[2])
client = Finch(access_token=known["access_token"], base_url=stub, max_retries=0)
people = [one.id for one in client.hris.directory.list(limit=5)]
asked = [{"individual_id": own} for own in people]
for part in (client.hris.individuals, client.hris.employments):
    answers = {one.individual_id for one in part.retrieve_many(requests=asked) if one.code == 200}
    if answers != set(people):
        sys.exit(f"{len(answers)} of {len(people)} people were answered for")
print(json.dumps(people))
