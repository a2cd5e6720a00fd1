"""Paycor's dialect: refresh tokens that die with their use, a key in a header, continuation tokens, references."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors.paycor.answers import camel
from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, CLIENT_SECRET = "maple-paycor-app", "canary-paycor-secret"
SUBSCRIPTION_KEY, REFRESH_TOKEN = "canary-paycor-key", "canary-paycor-refresh"
ENTITY = "/v1/legalentities/133900"


def department(number: int, code: str, description: str, **more: Any) -> dict[str, Any]:
    """A department as Paycor lists it."""
    given = {
        "Level": 2,
        "ParentId": None,
        "WorkLocationName": "Birchwood",
        "PayrollDescription": "Maple Health",
    }
    return (
        {"Id": f"000000cb-196c-0000-0000-0000{number:08d}", "Code": code, "Description": description}
        | given
        | more
    )


DEPARTMENTS = [
    department(101, "100", "Nursing"),
    department(102, "200", "Kitchen"),
    department(103, "110", "Memory Care", Level=3, ParentId="000000cb-196c-0000-0000-000000000101"),
    department(201, "MC", "Memory Care, day"),
    department(202, "EW", "East Wing", WorkLocationName="Alderway"),
]


class PaycorStub(Stub):
    ORIGINS = ("https://apis.paycor.com",)
    TELLS_TOTAL = False
    refused: tuple[str, ...] = ()  # the last words of paths that the application may not ask for
    large = False  # names as in the specification, instead of as on the wire
    _refresh_token = REFRESH_TOKEN  # the one that is good for one use more

    def signs_in(self, asked: Asked) -> Reply | None:
        """The token, and the departments, so that faults hit people."""
        if (asked.method, asked.path) == ("POST", "/sts/v1/common/token"):
            grant = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            sent = grant | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
            if asked.form != sent or asked.query != {"subscription-key": SUBSCRIPTION_KEY}:
                return Reply(400, {"error": "invalid_grant"})
            token = self.token()
            self._refresh_token = f"{token}-refresh"
            more = {"token_type": "Bearer", "expires_in": 1800, "refresh_token": self._refresh_token}
            return Reply(200, {"access_token": token, **more})
        if asked.path != f"{ENTITY}/departments" or not self.may(asked):
            return None
        if "departments" in self.refused:
            return Reply(403)
        return Reply(
            200, self._page(DEPARTMENTS[:2], "next") if not asked.query else self._page(DEPARTMENTS[2:])
        )

    def may(self, asked: Asked) -> bool:
        return asked.headers.get("ocp-apim-subscription-key") == SUBSCRIPTION_KEY and super().may(asked)

    def nobody(self) -> Reply:
        return Reply(200, self._page([]))

    def page(self, asked: Asked) -> Reply:
        if asked.path == f"{ENTITY}/employees":
            return self._employees(asked)
        _, _, kind, number, *rest = asked.path.split("/")
        if kind != "employees":
            return Reply(404)
        known = self._known(number)
        what = rest[-1]
        if what in self.refused or known[what] is None:
            return Reply(403)
        if what == "person":
            kept = ("Id", "FirstName", "LastName", "Phones", "Email")  # what was included, and no more
            return Reply(200, self._told({name: known[what][name] for name in kept}))
        return Reply(200, self._told(known[what]) if what == "customfields" else self._page(known[what]))

    def _employees(self, asked: Asked) -> Reply:
        assert asked.query["include"] == "WorkLocation"  # the last of four
        start = int(asked.query.get("continuationToken", "0")[-12:])
        size = min(200, self.most)
        people = [one["employee"] for one in self.records(start, size)]
        more = start + size < self.total
        return Reply(
            200, self._page(people, f"3ac2fca9-09f2-49fb-86d7-{start + size:012d}" if more else None)
        )

    def _page(self, rows: list[Any], token: str | None = None) -> Any:
        url = f"{ENTITY}/employees?continuationToken={token}" if token else None
        page = {"HasMoreResults": token is not None, "ContinuationToken": token, "AdditionalResultsUrl": url}
        return self._told(page | {"Records": rows})

    def _told(self, data: Any) -> Any:
        return data if self.large else camel(data)

    def _known(self, number: str) -> dict[str, Any]:
        for one in self.recording:
            if one["employee"]["Id"] == number:
                return one
        return self.person(int(number[-12:]))

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        own = {"Id": f"09000000-196c-0000-0000-{number:012d}", "EmployeeNumber": f"0{number:06d}"}
        return record | {"employee": record["employee"] | own}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"employee": record["employee"] | {"LastName": "Newlywed"}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission == "Pay rates":
            return record | {"payrates": None}
        if permission == "Departments":
            return record | {"employee": record["employee"] | {"Department": None}}
        return record | {"person": None}
