"""Workday's dialect: one report at one address, whole in one answer, without what nobody has."""

from __future__ import annotations

import base64
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

USER, PASSWORD = "ISU_SchedulePop", "canary-workday-password"
ORIGIN = "https://wd5-services1.myworkday.com"
PATH = "/ccx/service/customreport2/maple_health/ISU_SchedulePop/SchedulePop_Staff"
URL = f"{ORIGIN}{PATH}?format=json"
CONTACTS = ("Work_Email", "Personal_Email", "Mobile_Phone", "Home_Phone", "Work_Phone")
PAY = ("Pay_Rate", "Pay_Frequency", "Pay_Currency", "Pay_Effective_Date")


class WorkdayStub(Stub):
    ORIGINS = (ORIGIN,)
    TELLS_TOTAL = False

    def may(self, asked: Asked) -> bool:
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        return pair == f"{USER}:{PASSWORD}"

    def nobody(self) -> Reply:
        return Reply(200, {"Report_Entry": []})

    def page(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("GET", PATH):
            return Reply(404, {"error": "invalid request: report not found"})
        assert asked.query["format"] == "json"  # XML otherwise
        return Reply(200, {"Report_Entry": self.records(0, self.count)})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"Employee_ID": f"0{number:06d}"}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        """A column of a domain that the account may not get is not in the answer."""
        gone = PAY if permission == "Compensation" else CONTACTS
        return {name: value for name, value in record.items() if name not in gone}
