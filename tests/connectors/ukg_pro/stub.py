"""UKG Pro's dialect: lists that are nothing but a list, pages counted from 1, and IDs whose names change their case."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import islice
from typing import Any

from schedulepop.connectors.testing import Asked, Reply, Stub

USER, PASSWORD, CUSTOMER_KEY = "schedulepop-reader", "canary-ukg-password", "canary-ukg-customer-key"
LISTS = {
    "/personnel/v1/person-details": "person",
    "/personnel/v1/compensation-details": "compensation",
    "/personnel/v1/employee-multi-phone-numbers": "phones",
    "/personnel/v1/user-defined-fields": "custom",
    "/personnel/v1/employment-details": "employment",
}
WITHOUT = {"Person details": "person", "Compensation details": "compensation"}


class UkgProStub(Stub):
    ORIGINS = ("https://service4.ultipro.com",)
    TELLS_TOTAL = False

    def may(self, asked: Asked) -> bool:
        pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        return pair == f"{USER}:{PASSWORD}" and asked.headers.get("us-customer-api-key") == CUSTOMER_KEY

    def nobody(self) -> Reply:
        return Reply(200, [])

    def page(self, asked: Asked) -> Reply:
        name = LISTS.get(asked.path)
        if name is None:
            return Reply(404, {"message": "Not found"})
        if self.recording and all(one[name] is None for one in self.recording):
            return Reply(403, {"message": "The service account has no View role."})
        if (employee := asked.query.get("employeeId")) is not None:
            people = self.records(0, self.count)
            return Reply(200, [one[name] for one in people if one["person_id"] == employee][:1])
        size = min(int(asked.query["per_Page"]), self.most)
        start = size * (int(asked.query["page"]) - 1)
        if name == "phones":
            return Reply(200, list(islice(self._phones(), start, start + size)))
        return Reply(200, [one[name] for one in self.records(start, size)])

    def _phones(self) -> Iterator[dict[str, Any]]:
        """A list of its own length: few have further phones, and some have several."""
        for place in self._order:
            if self.recording[place % len(self.recording)]["phones"]:
                yield from self.person(place)["phones"]

    def records(self, start: int, size: int) -> list[dict[str, Any]]:
        """With the ID beside what the lists say."""
        return [one | {"person_id": one["employment"]["employeeID"]} for one in super().records(start, size)]

    @staticmethod
    def numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
        employee = f"9ZZ{number:06d}0K0"

        def theirs(part: dict[str, Any]) -> dict[str, Any]:
            return {key: employee if key.lower() == "employeeid" else part[key] for key in part}

        found = {name: theirs(part) for name, part in record.items() if isinstance(part, dict)}
        found["employment"] |= {"employeeNumber": f"0{number:06d}"}
        return record | found | {"phones": [theirs(one) for one in record["phones"] or ()]}

    @staticmethod
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"person": record["person"] | {"lastName": "Newlywed"}}

    @staticmethod
    def without(record: dict[str, Any], permission: str) -> dict[str, Any]:
        return record | {WITHOUT[permission]: None}
