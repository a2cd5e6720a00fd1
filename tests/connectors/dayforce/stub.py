"""Dayforce's dialect: a host that sends on to another, exports that are ordered and waited for, links as pages."""

from __future__ import annotations

import base64
from typing import Any, Self

from schedulepop.connectors.testing import Asked, Reply, Stub

USER, PASSWORD = "schedulepop.ws", "canary-dayforce-password"
FRONT, HOST = "https://www.dayforcehcm.com", "https://us252-services.dayforcehcm.com"
ROOT = "/Api/maple/V1/"
EXPORT = "6a86bd80-ba88-4698-afbc-dba2e52b7164"
CONTACTS = ("BusinessEmail", "PersonalEmail", "Mobile", "BusinessMobile", "HomePhone", "BusinessPhone")


class Front(Stub):
    """What stands at the documented address: it answers nothing and sends everybody on."""

    def __init__(self, asked: list[Asked], target: str) -> None:
        super().__init__([{}])
        self.asked, self.target = asked, target

    def answered(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return Reply(302, b"", {"Location": self.target.format(path=asked.path)})


class DayforceStub(Stub):
    """`polls`: how often an export is still under way. `target`: where the first host sends on to; `home`: the host
    that its links name, for a client that follows them."""

    ORIGINS = (HOST,)
    TELLS_TOTAL = False  # of an export; the list of XRefCodes does
    polls = 0
    home = HOST
    target = HOST + "{path}"

    def __enter__(self) -> Self:
        super().__enter__()
        self.front = Front(self.asked, self.target).__enter__()
        self.orders: list[Any] = []
        return self

    def __exit__(self, *error: object) -> None:
        self.front.__exit__(*error)
        super().__exit__(*error)

    @property
    def routes(self) -> dict[str, str]:
        return {**super().routes, FRONT: self.front.url}

    def signs_in(self, asked: Asked) -> Reply | None:
        """What is asked for besides people, so that faults hit people."""
        if not self.may(asked):
            return None
        if asked.path == ROOT + "ClientMetadata":
            return Reply(200, {"Data": {"ServiceVersion": "66.1.1", "ServiceUri": f"{self.home}/Api"}})
        if (asked.method, asked.path) == ("POST", ROOT + "EmployeeExportJobs"):
            assert asked.query == {"isValidateOnly": "false"}
            self.orders.append(asked.json)
            link = f"{self.home}{ROOT}EmployeeExportJobs/Status/30"
            return Reply(200, {"Data": {"Message": "Queued", "JobStatus": link}})
        if asked.path == ROOT + "EmployeeExportJobs/Status/30":
            self.polls -= 1
            return Reply(200, {"Data": self.status() if self.polls < 0 else {"Status": "In progress"}})
        return None

    def status(self) -> dict[str, str]:
        """Of an export that is done. The links of Dayforce write `V1` also as `v1`."""
        link = f"{self.home}/Api/maple/v1/EmployeeExportJobs/Data/{EXPORT}"
        return {"Status": "Succeeded", "Results": link}

    def may(self, asked: Asked) -> bool:
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        return pair == f"{USER}:{PASSWORD}"

    def nobody(self) -> Reply:
        return Reply(200, {"Data": [], "Paging": {"Next": ""}})

    def page(self, asked: Asked) -> Reply:
        if asked.path == ROOT + "Employees":
            return Reply(
                200, {"Data": [{"XRefCode": one["XRefCode"]} for one in self.records(0, self.count)]}
            )
        if asked.path.startswith(ROOT + "Employees/"):
            assert "WorkAssignments" in asked.query["expand"]
            code = asked.path.rpartition("/")[2]
            found = [one for one in self.records(0, self.count) if one["XRefCode"] == code]
            return Reply(200, {"Data": found[0]}) if found else Reply(400, {"ProcessResults": []})
        if asked.path.casefold() != f"{ROOT}EmployeeExportJobs/Data/{EXPORT}".casefold():
            return Reply(404, {})
        number, size = int(asked.query.get("page", 1)), min(self.orders[-1]["PageSize"], self.most)
        people = self.records((number - 1) * size, size)
        more = number * size < self.total
        link = f"{self.home}{asked.path}?page={number + 1}" if more else ""
        return Reply(200, {"Data": people, "Paging": {"Next": link}, "ProcessResults": []})

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        return record | {"XRefCode": f"0{number:07d}", "EmployeeNumber": f"0{number:07d}"}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"LastName": "Newlywed"}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        """The structure stays; values are null, or 0 where a figure cannot be."""
        if permission == "Contact information":
            for one in record["Contacts"]["Items"]:
                one.update(ElectronicAddress=None, ContactNumber=None)
        else:
            for one in record["CompensationSummary"]["Items"]:
                one.update(BaseRate=0.0, BaseSalary=0, EffectiveStart="0001-01-01T00:00:00")
            for one in record["WorkAssignments"]["Items"]:
                one.pop("JobRate", None)
        return record
