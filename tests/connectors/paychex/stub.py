"""Paychex's dialect: a company by its account number, lists in a wrapper, a view by the media type, pay one by one."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

CLIENT_ID, CLIENT_SECRET = "l7xx-maple-reader", "canary-paychex-secret"
ACCOUNT, COMPANY = "17062055", "00Z5MAPLEI8J2FCGESC0"
VIEWS = {
    "application/vnd.paychex.workers.nonpii_communications.v1+json": (
        "birthDate",
        "sex",
        "ethnicityCode",
        "legalId",
    ),
    "application/vnd.paychex.workers_communications.v1+json": (),
}
"""Media type → what its view leaves out."""
LISTS = {
    "locations": [
        {"locationId": "970001701620675", "name": "Birchwood", "movedIn": "2010-01-01T00:00:00Z"},
        {"locationId": "970001701620683", "name": "Alderway", "movedIn": "2014-06-01T00:00:00Z"},
    ],
    "organizations": [
        {"organizationId": "970000055981384", "name": "1 Nursing", "number": "1", "level": "Department"},
        {"organizationId": "970000055981385", "name": "2 Kitchen", "number": "2", "level": "Department"},
        {"organizationId": "970000055981386", "name": "3 Office", "number": "3", "level": "Department"},
    ],
    "laborassignments": [{"laborAssignmentId": "970001557863345", "name": "Nights"}],
    "jobs": [{"jobId": "970001557916904", "jobName": "Memory Care", "jobNumber": {"segment1": "MC"}}],
    "customfields": [
        {"customFieldId": "970004186138361", "customFieldName": "CMS Code", "type": "DROPDOWN"},
        {"customFieldId": "970004186138362", "customFieldName": "Mask Size", "type": "TEXT"},
        {"customFieldId": "970004186138364", "customFieldName": "Float Pool", "type": "BOOLEAN"},
        {"customFieldId": "970004186138365", "customFieldName": "License Until", "type": "DATE"},
    ],
}
NO_RIGHT = {"errors": [{"code": "API-2", "description": "Your application is not authorized."}]}


def wrapped(rows: list[Any], **paging: int) -> dict[str, Any]:
    """Paychex's wrapper."""
    metadata: dict[str, Any] = {"contentItemCount": len(rows)}
    return {"metadata": metadata | ({"pagination": paging} if paging else {}), "content": rows, "links": []}


class PaychexStub(Stub):
    ORIGINS = ("https://api.paychex.com",)
    refused: tuple[str, ...] = ()  # the last words of paths that the app may not ask for

    def signs_in(self, asked: Asked) -> Reply | None:
        """The token, and the company's own lists, so that faults hit people."""
        if (asked.method, asked.path) == ("POST", "/auth/oauth/v2/token"):
            grant = {
                "grant_type": "client_credentials",
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            }
            if asked.form != grant:
                return Reply(401, {"errors": [{"code": "API-102"}]})
            token = {
                "access_token": self.token(),
                "expires_in": "3600",
                "token_type": "Bearer",
                "scope": "oob",
            }
            return Reply(200, token)
        what = asked.path.rpartition("/")[2]
        lists = {f"/companies/{COMPANY}/{name}": rows for name, rows in LISTS.items()}
        if asked.path not in ("/companies", *lists) or not self.may(asked):
            return None
        if what in self.refused:
            return Reply(403, NO_RIGHT)
        if asked.path != "/companies":
            return Reply(200, {"content": lists[asked.path]})
        company = {"companyId": COMPANY, "displayId": ACCOUNT, "legalName": "Maple Health, Inc"}
        return Reply(200, wrapped([company] if asked.query["displayid"] == ACCOUNT else []))

    def nobody(self) -> Reply:
        return Reply(200, wrapped([], offset=0, limit=100, itemCount=0))

    def page(self, asked: Asked) -> Reply:
        if asked.path == f"/companies/{COMPANY}/workers":
            return self._workers(asked)
        _, kind, number, *rest = asked.path.split("/")
        if kind != "workers":
            return Reply(404, {"errors": [{"code": "API-7"}]})
        key = rest[-1]
        record = self._known(number)
        if key in self.refused or record[key] is None:
            return Reply(403, NO_RIGHT)
        return Reply(200, wrapped(record[key]))

    def _workers(self, asked: Asked) -> Reply:
        assert not asked.query.keys() - {"offset", "limit"}, "filters and paging cannot be combined"
        start, size = int(asked.query["offset"]), min(int(asked.query["limit"]), self.most)
        left_out = VIEWS[asked.headers["accept"]]
        if start:
            assert asked.headers["etag"] == '"list-1"'
        people = [
            {name: value for name, value in one["worker"].items() if name not in left_out}
            for one in self.records(start, size)
        ]
        body = wrapped(people, offset=start, limit=size, itemCount=self.total)
        return Reply(200, body, {"ETag": '"list-1"'})

    def _known(self, number: str) -> dict[str, Any]:
        for one in self.recording:
            if one["worker"]["workerId"] == number:
                return one
        return self.person(int(number.removeprefix("09NUMBERED")))

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        own = {"workerId": f"09NUMBERED{number:010d}", "employeeId": f"0{number:06d}"}
        return record | {"worker": record["worker"] | own}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        name = record["worker"]["name"] | {"familyName": "Newlywed"}
        return record | {"worker": record["worker"] | {"name": name}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        worker = record["worker"]
        if permission == "Pay rates":
            return record | {"payrates": None, "paystandards": None}
        if permission == "Locations":
            return record | {"worker": worker | {"locationId": None}}
        if permission == "Organizations":
            unit = {"name": worker["organization"]["name"]}
            return record | {"worker": worker | {"organization": unit}}
        return record | {"worker": worker | {"communications": []}}
