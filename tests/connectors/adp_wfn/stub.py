"""ADP's dialect: a token from another host, `$top` and `$skip`, 204 after the last page, the total on request."""

from __future__ import annotations

import base64
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, CLIENT_SECRET = "maple-health-reader", "canary-client-secret"
PRIVATE = ("emails", "mobiles", "landlines")


class AdpStub(Stub):
    ORIGINS = ("https://api.adp.com", "https://accounts.adp.com")

    def signs_in(self, asked: Asked) -> Reply | None:
        if (asked.method, asked.path) != ("POST", "/auth/oauth/v2/token"):
            return None
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if pair != f"{CLIENT_ID}:{CLIENT_SECRET}" or asked.form != {"grant_type": "client_credentials"}:
            return Reply(400, {"error": "invalid_client"})
        return Reply(200, {"access_token": self.token(), "token_type": "Bearer", "expires_in": 3600})

    def page(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("GET", "/hr/v2/workers"):
            return Reply(404, {"confirmMessage": {}})
        assert "masked=false" in asked.headers["accept"]
        size, start = min(int(asked.query["$top"]), 100, self.most), int(asked.query.get("$skip", 0))
        workers = self.records(start, size)
        if not workers:
            return Reply(204)
        meta = (
            {"startSequence": start, "totalNumber": self.total}
            if asked.query.get("count") == "true"
            else None
        )
        return Reply(200, {"workers": workers, "meta": meta, "confirmMessage": None})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {
            "associateOID": f"0N{number:08d}",
            "workerID": {"idValue": f"0{number:08d}"},
            "person": record["person"] | {"governmentIDs": []},
        }

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        name = record["person"]["legalName"] | {"familyName1": "Newlywed"}
        return record | {"person": record["person"] | {"legalName": name}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        if permission == "Pay rates":
            for job in record["workAssignments"]:
                job.pop("baseRemuneration", None)
        else:
            record["businessCommunication"] = {}
            record["person"]["communication"] = {}
        return record
