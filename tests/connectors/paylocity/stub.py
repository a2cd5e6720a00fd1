"""Paylocity's dialect: pages of IDs that count from 0, a total in a header, and each person by a request of its own."""

from __future__ import annotations

import base64
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, CLIENT_SECRET = "maple-reader", "canary-paylocity-secret"
EMPLOYEES = "/api/v2/companies/B6071/employees/"


class PaylocityStub(Stub):
    ORIGINS = ("https://api.paylocity.com",)

    def signs_in(self, asked: Asked) -> Reply | None:
        if (asked.method, asked.path) != ("POST", "/IdentityServer/connect/token"):
            return None
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        grant = {"grant_type": "client_credentials", "scope": "WebLinkAPI"}
        if pair != f"{CLIENT_ID}:{CLIENT_SECRET}" or asked.form != grant:
            return Reply(400, {"error": "invalid_client"})
        return Reply(200, {"access_token": self.token(), "expires_in": 3600, "token_type": "Bearer"})

    def nobody(self) -> Reply:
        return Reply(200, [])

    def page(self, asked: Asked) -> Reply:
        if asked.path == EMPLOYEES:
            size = min(int(asked.query["pagesize"]), 100, self.most)
            people = self.records(size * int(asked.query["pagenumber"]), size)
            if not people:
                return Reply(404, [])  # nothing is known of what it says there, so nothing may ask
            rows = [
                {
                    "employeeId": one["employeeId"],
                    "statusCode": one["status"]["employeeStatus"],
                    "statusTypeCode": one["status"]["statusType"],
                }
                for one in people
            ]
            return Reply(200, rows, {"X-Pcty-Total-Count": str(self.total)})
        number = asked.path.removeprefix(EMPLOYEES)
        known = {one["employeeId"]: one for one in self.recording}
        if number not in known and number.startswith("09") and int(number[2:]) < self.count:
            return Reply(200, self.person(int(number[2:])))
        return Reply(200, known[number]) if number in known else Reply(404, [])

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"employeeId": f"09{number:06d}"}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission == "Pay rates":
            return record | {"primaryPayRate": None}
        return record | {"homeAddress": {}, "workAddress": {"location": record["workAddress"]["location"]}}
