"""Paycom's dialect: Basic, an envelope, 206 while there is more, a list that has a number of its own (`requestid`)."""

from __future__ import annotations

import base64
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

SID, TOKEN = "maple-reader", "canary-paycom-token"
BASE = "/v4/rest/index.php/api/v1"
CONTACTS = ("work_email", "personal_email", "primary_phone", "secondary_phone")
PAY = ("hourly_salary", "annual_salary", "last_pay_change")


def envelope(data: list[Any], **more: Any) -> dict[str, Any]:
    return {"result": True, "data": data, "errors": [], "errorCount": 0, "records": len(data)} | more


class PaycomStub(Stub):
    ORIGINS = ("https://api.paycomonline.net",)
    links = True  # whether a Link header leads on; else the page's number does

    def may(self, asked: Asked) -> bool:
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        return pair == f"{SID}:{TOKEN}"

    def nobody(self) -> Reply:
        return Reply(200, envelope([]), {"X-Total-Count": "0"})

    def page(self, asked: Asked) -> Reply:
        if asked.path == f"{BASE}/employeedirectory":
            return self._directory(asked)
        code = asked.path.removeprefix(f"{BASE}/employee/")
        known = {one["directory"]["eecode"]: one for one in self.recording}
        if code in known:
            return Reply(200, envelope([known[code]["employee"]]))
        if code.startswith("Z") and int(code[1:]) < self.count:
            return Reply(200, envelope([self.person(int(code[1:]))["employee"]]))
        return Reply(404, envelope([], result=False, errorCount=1))

    def _directory(self, asked: Asked) -> Reply:
        number, size = int(asked.query["page"]), min(int(asked.query["pagesize"]), self.most)
        assert number == 1 or not self.links or asked.query["requestid"] == "r-7"
        people = self.records((number - 1) * size, size)
        more = number * size < self.total
        headers = {"X-Total-Count": str(self.total), "X-Max-Page-Size": "500"}
        if self.links and more:
            path = f"{BASE}/employeedirectory?requestid=r-7&page="
            headers["Link"] = f'<{path}{number + 1}>; rel="next", <{path}1>; rel="first"'
        return Reply(206 if more else 200, envelope([one["directory"] for one in people]), headers)

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        code = f"Z{number:06d}"
        return {
            "directory": record["directory"] | {"eecode": code, "eebadge": f"0{number:06d}"},
            "employee": record["employee"] | {"employee_code": code},
        }

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"directory": record["directory"] | {"lastname": "NEWLYWED"}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        gone = CONTACTS if permission == "Contact information" else PAY
        return {
            "directory": record["directory"] | ({"homephone": ""} if gone is CONTACTS else {}),
            "employee": record["employee"] | dict.fromkeys(gone, ""),
        }
