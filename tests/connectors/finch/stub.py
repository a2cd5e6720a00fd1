"""Finch's dialect: a token of the employer, a directory with a total, and two lists of many with a code for each."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, TOKEN = "maple-finch-application", "canary-finch-token"
NUMBERED = "00aa51f0-7c3e-4b1d-9f02-"
REFUSED = {"code": 403, "name": "insufficient_scope_error", "message": "The product is not authorized."}
NOT_READY = {
    "code": 202,
    "name": "accepted",
    "finch_code": "data_sync_in_progress",
    "message": "Check back later.",
}
ERRORS = {
    401: {"code": 401, "name": "authentication_error", "finch_code": "reauthenticate_user", "message": ""},
    404: {"code": 404, "name": "not_found_error", "finch_code": "individual_not_found", "message": ""},
}


class FinchStub(Stub):
    ORIGINS = ("https://api.tryfinch.com",)

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.codes: dict[tuple[str, str], int] = {}  # (product, last name) → the code of this person
        self.entities: tuple[str, ...] = ()

    def may(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {TOKEN}"

    def nobody(self) -> Reply:
        return Reply(200, {"paging": {"count": 0, "offset": 0}, "individuals": []})

    def page(self, asked: Asked) -> Reply:
        if asked.headers.get("finch-api-version") != "2020-09-17":
            return Reply(400, {"code": 400, "name": "bad_request", "message": "Finch-API-Version"})
        if self.entities and asked.query.get("entity_ids[]") not in self.entities:
            return Reply(400, {"code": 400, "name": "invalid_request_error", "message": "entity_ids"})
        product = asked.path.removeprefix("/employer/")
        if (asked.method, product) == ("GET", "directory"):
            size = min(int(asked.query.get("limit", "100")), 10_000, self.most)
            start = int(asked.query.get("offset", "0"))
            people = [one["listed"] for one in self.records(start, size)]
            return Reply(200, {"paging": {"count": self.total, "offset": start}, "individuals": people})
        if asked.method == "POST" and product in ("individual", "employment"):
            return self._many(product, [one["individual_id"] for one in asked.json["requests"]])
        return Reply(404, {"code": 404, "name": "not_found_error"})

    def _many(self, product: str, ids: list[str]) -> Reply:
        known = {one["listed"]["id"]: one for one in self.recording}
        responses = []
        for own in ids:
            if own.startswith(NUMBERED):
                person = self.person(int(own.removeprefix(NUMBERED)))
            else:
                person = known[own]
            if person[product] is None:
                return Reply(403, REFUSED)
            code = self.codes.get((product, person["listed"]["last_name"]), 200)
            body = person[product] if code == 200 else ERRORS.get(code, NOT_READY | {"code": code})
            responses.append({"individual_id": own, "code": code, "body": body})
        return Reply(200, {"responses": responses})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        own = {"id": f"{NUMBERED}{number:012d}"}
        copy = {name: part and part | own for name, part in record.items()}
        return copy | {"employment": copy["employment"] | {"source_id": f"{number:06d}"}}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"listed": record["listed"] | {"last_name": "Newlywed"}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission == "Individual data":
            return record | {"individual": None}
        pay = {"income": None, "income_history": None}
        return record | {"employment": record["employment"] | pay}
