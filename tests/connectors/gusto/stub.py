"""Gusto's dialect: a refresh token that the next one ends, pages told in headers, two more lists for each person."""

from __future__ import annotations

import json
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "maple-scheduling", "canary-gusto-secret", "canary-gusto-refresh"
COMPANY = "5c1d0b52-7a3e-4d0f-9a55-2f6f3a6d9e01"
EMPLOYEES = f"/v1/companies/{COMPANY}/employees"
NUMBERED = "0f00aa51-5b1e-4c7a-9d20-"
PAY = ("rate", "payment_unit", "current_compensation_uuid", "compensations")


class GustoStub(Stub):
    ORIGINS = ("https://api.gusto.com",)

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.refresh_token, self.before = REFRESH_TOKEN, ""  # `before`: until the new access token is used

    def signs_in(self, asked: Asked) -> Reply | None:
        if (asked.method, asked.path) != ("POST", "/oauth/token"):
            return None
        wanted = {
            "grant_type": "refresh_token",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        is_json = asked.headers["content-type"] == "application/json"
        sent = dict(asked.json if is_json else asked.form)
        used = sent.pop("refresh_token", "")
        if sent != wanted or not used or used not in (self.refresh_token, self.before):
            return Reply(400, {"error": "invalid_grant"})
        token = self.token()
        self.refresh_token, self.before = f"{token}-refresh", used
        answer = {"access_token": token, "refresh_token": self.refresh_token, "expires_in": 7200}
        return Reply(200, answer | {"token_type": "Bearer", "scope": "public employees:read"})

    def may(self, asked: Asked) -> bool:
        self.before = ""
        return super().may(asked)

    def nobody(self) -> Reply:
        return Reply(
            200, [], {"X-Page": "1", "X-Total-Count": "0", "X-Total-Pages": "0", "X-Per-Page": "100"}
        )

    def page(self, asked: Asked) -> Reply:
        if asked.headers.get("x-gusto-api-version") != "2025-06-15":
            return Reply(422, {"errors": [{"category": "invalid_api_version"}]})
        if asked.path == EMPLOYEES:
            return self._listed(asked)
        _, _, employees, own, what = asked.path.split("/")
        person = self._known(own)
        if employees != "employees" or person is None:
            return Reply(404, {"errors": [{"category": "not_found"}]})
        if what not in person:
            return Reply(403, {"errors": [{"category": "missing_oauth_scopes"}]})
        return Reply(200, person[what])

    def _listed(self, asked: Asked) -> Reply:
        size, page = min(int(asked.query["per"]), 100, self.most), int(asked.query["page"])
        include = set(asked.query["include"].split(","))
        rows = []
        for one in self.records(size * (page - 1), size):
            employee = dict(one["employee"])
            if "custom_fields" not in include:
                del employee["custom_fields"]
            if "company_name" in include:
                employee["company_name"] = "Maple Health"
            rows.append(employee)
        pages = -(-self.total // size)
        told = {"X-Page": page, "X-Total-Count": self.total, "X-Total-Pages": pages, "X-Per-Page": size}
        return Reply(200, rows, {name: str(value) for name, value in told.items()})

    def _known(self, own: str) -> dict[str, Any] | None:
        if own.startswith(NUMBERED):
            return self.person(int(own.removeprefix(NUMBERED)))
        return next((one for one in self.recording if one["employee"]["uuid"] == own), None)

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        own = {"uuid": f"{NUMBERED}{number:012d}", "employee_code": f"{number:06d}"}
        return record | {"employee": record["employee"] | own}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"employee": record["employee"] | {"last_name": "Newlywed"}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission == "Employment history":
            return {name: value for name, value in record.items() if name != "employment_history"}
        jobs = json.loads(json.dumps(record["employee"]["jobs"]))
        for job in jobs:
            for name in PAY:
                del job[name]
        return record | {"employee": record["employee"] | {"jobs": jobs}}
