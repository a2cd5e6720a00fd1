"""BambooHR's dialect: an API key as the user of Basic, a report of the fields and people that are asked for."""

from __future__ import annotations

import base64
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

KEY = "canary-bamboo-key"
META = [
    {"id": 1, "name": "First Name", "type": "text", "alias": "firstName"},
    {"id": "4339", "name": "CMS Code", "type": "list", "alias": "customCMSCode"},
    {"id": 4340, "name": "Mask Size", "type": "text"},
    {"id": "4341.2", "name": "Row of a table", "type": "text"},
    {"id": 4342, "name": "Sign-on Bonus", "type": "currency"},
    {"id": 4343, "name": "Old Badge", "type": "text", "deprecated": True},
]
CONTACTS = ("workEmail", "homeEmail", "mobilePhone", "workPhone", "homePhone")
PAY = ("payRate", "payType", "payPer")


class BambooStub(Stub):
    ORIGINS = ("https://maple.bamboohr.com",)

    def signs_in(self, asked: Asked) -> Reply | None:
        """What is asked for besides people, so that faults hit people."""
        found = {"/api/v1/meta/fields": META, "/api/v1/company_information": {"displayName": "Maple Health"}}
        if asked.path not in found or not self.may(asked):
            return None
        return Reply(200, found[asked.path])

    def may(self, asked: Asked) -> bool:
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        return pair == f"{KEY}:x"

    def nobody(self) -> Reply:
        return Reply(200, {"title": "", "fields": [], "employees": []})

    def page(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("POST", "/api/v1/reports/custom"):
            return Reply(404)
        assert asked.headers["content-type"] == "application/json"  # anything else is read as XML
        assert asked.query == {"format": "json", "onlyCurrent": "true"}
        people = self.records(0, self.count)
        if (ids := asked.json.get("filters", {}).get("employeeIds")) is not None:
            wanted = set(map(str, ids))
            people = [one for one in people if one["id"] in wanted]
        fields = [name for name in asked.json["fields"] if any(name in one for one in people)]
        rows = [{"id": one["id"], **{name: one.get(name) for name in fields}} for one in people]
        told = [{"id": name, "type": "text", "name": name} for name in fields]
        return Reply(200, {"title": "SchedulePop", "fields": told, "employees": rows})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"id": str(100_000 + number), "employeeNumber": f"0{number:06d}"}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"lastName": "Newlywed"}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        gone = PAY if permission == "Compensation" else CONTACTS
        return {name: value for name, value in record.items() if name not in gone}
