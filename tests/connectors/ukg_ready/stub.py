"""UKG Ready's dialect, as public notes tell it: a login for a token in a header of its own, a company behind a bar."""

from __future__ import annotations

from typing import Any, ClassVar

from schedulepop.connectors.testing import Asked, Reply, Stub

COMPANY, USER = "6071234", "schedulepop.reader"
PASSWORD, API_KEY = "canary-ready-password", "canary-ready-api-key"
WITHIN = f"/ta/rest/v2/companies/%7C{COMPANY}/"
IN_LIST = (
    "id",
    "employee_id",
    "username",
    "first_name",
    "last_name",
    "primary_account_id",
    "external_id",
    "ein_name",
    "status",
    "_links",
)
JOBS = [
    {"id": 8801, "name": "RN"},
    {"id": 8802, "name": "CNA"},
    {"id": 8803, "name": "Cook"},
    {"id": 8804, "name": "LPN"},
    {"id": 8805, "name": "Director of Nursing"},
]
TREES = {
    0: [(5101, "Birchwood", "014"), (5102, "Elmhurst", "015"), (5103, "Alderway", "016")],
    1: [
        (5202, "Memory Care", "MC"),
        (5203, "Kitchen", "KIT"),
        (5204, "Administration", "ADM"),
        (5205, "MC", ""),
        (5206, "EW", ""),
    ],
    2: [(5301, "Days", "D"), (5302, "Nights", "N")],
    3: [(5401, "Local 12", "L12")],
}


class UkgReadyStub(Stub):
    ORIGINS = ("https://secure4.saashr.com",)
    forbids: ClassVar[dict[str, int]] = {}  # the beginning of a path → the code of its 403

    def signs_in(self, asked: Asked) -> Reply | None:
        if (asked.method, asked.path) != ("POST", "/ta/rest/v1/login"):
            return None
        credentials = {"username": USER, "password": PASSWORD, "company": COMPANY}
        if asked.json != {"credentials": credentials} or asked.headers.get("api-key") != API_KEY:
            return Reply(401, {"errors": [{"code": 1, "message": "Invalid credentials"}]})
        return Reply(200, {"token": self.token(), "ttl": 3_600_000, "units": "MS"})

    def may(self, asked: Asked) -> bool:
        return self.alive(asked.headers.get("authentication", "").removeprefix("Bearer "))

    def nobody(self) -> Reply:
        return Reply(200, {"employees": []})

    def page(self, asked: Asked) -> Reply:
        what = asked.path.removeprefix(WITHIN)
        codes = [code for path, code in self.forbids.items() if what.startswith(path) or what.endswith(path)]
        if codes:
            return Reply(403, {"errors": [{"code": codes[0], "message": "Security violation."}]})
        if what == "employees":
            people = [one["employee"] for one in self.records(0, self.count)]
            return Reply(200, {"employees": [self._listed(one) for one in people]})
        if what == "compensation/history":
            return self._history()
        if what == "lookup/jobs":
            return Reply(200, {"items": JOBS})
        if what == "config/cost-centers":
            tree = TREES[int(asked.query["tree_index"])]
            rows = [{"id": id, "name": name, "external_id": code} for id, name, code in tree]
            return Reply(200, {"cost_centers": rows})
        account, _, more = what.removeprefix("employees/").partition("/")
        person = self._of(account)
        if person is None:
            return Reply(404, {"errors": [{"code": 10002, "message": "Account not found."}]})
        return Reply(200, person["pay_info" if more == "pay-info" else "employee"])

    @staticmethod
    def _listed(employee: dict[str, Any]) -> dict[str, Any]:
        days = {name: one for name, one in employee["dates"].items() if name != "birthday"}
        return {name: employee[name] for name in IN_LIST if name in employee} | {"dates": days}

    def _history(self) -> Reply:
        people = self.records(0, self.count)
        if people and all(one["compensation"] is None for one in people):
            return Reply(403, {"errors": [{"code": 42, "message": "Security violation."}]})
        return Reply(200, {"compensations": [each for one in people for each in one["compensation"] or ()]})

    def _of(self, account: str) -> dict[str, Any] | None:
        number = int(account) - 9_000_000_000
        if 0 <= number < self.count:
            return self.person(number)
        return next((one for one in self.recording if str(one["employee"]["id"]) == account), None)

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        account = 9_000_000_000 + number
        own = {"id": account, "employee_id": f"0{number:06d}", "primary_account_id": account}
        pay = [one | {"employee": {"account_id": account}} for one in record["compensation"] or ()]
        return record | {"employee": record["employee"] | own, "compensation": pay}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        return record | {"compensation": None}
