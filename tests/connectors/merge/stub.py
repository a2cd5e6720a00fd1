"""Merge's dialect: a key and an account token, lists under `results`, a cursor, and how its copy of payroll stands."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors.testing import Asked, Fault, Reply, Stub

KEY, TOKEN = "canary-merge-key", "canary-account-token"
ACCOUNT = "0f6a2b1c-5d3e-4f70-8a91-b2c3d4e5f607"
BASE = "/api/hris/v1"
FRESH = "2026-11-27T03:55:18.695973Z"
CONTACTS = ("work_email", "personal_email", "mobile_phone_number")
OF_JOB = {
    "Employments": ("job_title", "employment_type", "flsa_status"),
    "Pay": ("pay_rate", "pay_period", "pay_currency", "pay_frequency"),
}


def status(model: str, **more: Any) -> dict[str, Any]:
    """How one model stands: read this night, unless `more` says otherwise."""
    return {
        "model_name": model,
        "model_id": f"hris.{model}",
        "status": "DONE",
        "is_initial_sync": False,
        "last_sync_start": "2026-11-27T03:44:18.695973Z",
        "next_sync_start": "2026-11-28T03:44:18.662942Z",
        "last_sync_result": "DONE",
        "last_sync_finished": FRESH,
        "data_fresh_as_of": FRESH,
    } | more


class MergeStub(Stub):
    ORIGINS = ("https://api.merge.dev",)
    TELLS_TOTAL = False

    def __init__(self, recording: list[dict[str, Any]], count: int | None = None, *faults: Fault) -> None:
        super().__init__(recording, count, *faults)
        self.details = {
            "id": ACCOUNT,
            "integration": "Paycom",
            "end_user_organization_name": "Maple Health",
            "status": "COMPLETE",
        }
        self.statuses = [status(model) for model in ("Employee", "Employment", "Group", "Location", "Team")]

    def signs_in(self, asked: Asked) -> Reply | None:
        """What is asked for besides employees, so that faults hit employees."""
        found = {
            f"{BASE}/account-details": self.details,
            f"{BASE}/sync-status": {"next": None, "previous": None, "results": self.statuses},
        }
        return Reply(200, found[asked.path]) if asked.path in found and self.may(asked) else None

    def may(self, asked: Asked) -> bool:
        sent = asked.headers.get("authorization"), asked.headers.get("x-account-token")
        return sent == (f"Bearer {KEY}", TOKEN)

    def nobody(self) -> Reply:
        return Reply(200, {"next": None, "previous": None, "results": []})

    def page(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("GET", f"{BASE}/employees"):
            return Reply(404, {"detail": "Not found."})
        expanded = set(asked.query["expand"].split(","))
        assert {"employments", "groups", "work_location"} <= expanded
        assert "home_location" not in expanded
        start = int(asked.query.get("cursor", "cD0")[3:] or 0)
        size = min(int(asked.query["page_size"]), self.most)
        people = self.records(start, size)
        following = f"cD0{start + size}" if start + size < self.total else None
        return Reply(200, {"next": following, "previous": None, "results": people})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"id": f"000000db-4c1d-4a7e-9b30-{number:012x}", "remote_id": f"9{number:06d}"}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"last_name": "Newlywed"}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission in OF_JOB:
            jobs = [job | dict.fromkeys(OF_JOB[permission]) for job in record["employments"]]
            return record | {"employments": jobs}
        if permission == "Groups":
            return record | {"groups": [one["id"] for one in record["groups"]]}  # IDs, not expanded
        gone = CONTACTS if permission == "Contact information" else ("work_location",)
        return record | dict.fromkeys(gone)
