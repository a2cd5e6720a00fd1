"""Rippling's dialect: a bearer token, lists under `results`, a next link that has nothing but the cursor."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

TOKEN = "canary-rippling-token"
PLACES = [
    {"id": "65a0f0000000000000000031", "name": "Birchwood", "address": {"locality": "Scranton"}},
    {"id": "65a0f0000000000000000032", "name": "Alderway", "address": {"locality": "Scranton"}},
]
CUSTOM = [
    {"id": "65a20000000000000000000a", "name": "CMS Code", "type": "SELECT"},
    {"id": "65a20000000000000000000b", "name": "Mask Size", "type": "TEXT"},
    {"id": "65a20000000000000000000c", "name": "Languages", "type": "SELECT"},
    {"id": "65a20000000000000000000d", "name": "License Until", "type": "DATE"},
    {"id": "65a20000000000000000000e", "name": "Float Pool", "type": "BOOLEAN"},
    {"id": "65a20000000000000000000f", "name": "Sign-on Bonus", "type": "CURRENCY"},
    {"id": "65a200000000000000000010", "name": "Emergency Address", "type": "ADDRESS"},
]
PARTS = {
    "Users": ("user",),
    "Email addresses": ("work_email", "personal_email"),
    "Compensation": ("compensation",),
    "Departments": ("department",),
    "Employment types": ("employment_type",),
    "Work locations": (),
}
"""Permission → the parts of a worker that are null without it."""
EXPANDED = "user,employment_type,department,teams,level,legal_entity,custom_fields,compensation"


class RipplingStub(Stub):
    ORIGINS = ("https://rest.ripplingapis.com",)
    TELLS_TOTAL = False
    refuses_pay = False  # whether the whole question is refused when it asks for pay

    def signs_in(self, asked: Asked) -> Reply | None:
        """What is asked for beside workers, so that faults hit workers."""
        found = {"/work-locations/": PLACES, "/custom-fields/": CUSTOM}
        if asked.path not in found or not self.may(asked):
            return None
        if asked.path == "/work-locations/" and any(one.get("denied") for one in self.recording):
            return Reply(403, {"detail": "Insufficient oauth scopes to access work-locations"})
        return Reply(200, {"results": found[asked.path], "next_link": None})

    def may(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {TOKEN}"

    def nobody(self) -> Reply:
        return Reply(200, {"results": [], "next_link": None})

    def page(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("GET", "/workers/"):
            return Reply(404, {"detail": "Not found."})
        if self.refuses_pay and "compensation" in asked.query["expand"]:
            return Reply(403, {"detail": "Insufficient oauth scopes to access compensation"})
        assert asked.query["expand"] in (EXPANDED, EXPANDED.removesuffix(",compensation"))
        start, size = int(asked.query.get("cursor", "at-0")[3:]), min(int(asked.query["limit"]), self.most)
        people = self.records(start, size)
        ends = start + size >= self.total
        link = None if ends else f"https://rest.ripplingapis.com/workers/?cursor=at-{start + size}"
        if self.refuses_pay:
            people = [one | {"compensation": None} for one in people]
        return Reply(200, {"__meta": {"redacted_fields": []}, "results": people, "next_link": link})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"id": f"65c{number:021x}", "number": 10_000 + number}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        name = record["user"]["name"] | {"family_name": "Newlywed"}
        return record | {"user": record["user"] | {"name": name}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        """Null, and named as redacted: of lists beside the workers, HTTP 403."""
        parts = PARTS[permission]
        told = [{"name": name, "reason": "Insufficient entitlements"} for name in parts]
        meta = {"__meta": {"redacted_fields": told}}
        return record | dict.fromkeys(parts) | (meta if parts else {"denied": True})
