"""Our paging on many people of the platform's stub. Prism is without a state and cannot page."""

from __future__ import annotations

from schedulepop.connectors.contract import ConnectorError, SourceBusyError
from schedulepop.connectors.testing import Fault, Laws
from verify.results import Check, failed, verified

PEOPLE = 137
PAGE = 10


def check(laws: Laws) -> Check:
    """Everybody comes once; a list without an end is stopped."""
    column = laws.CONNECTOR.proposed["source_id"]
    with laws.running(count=PEOPLE, page=PAGE) as run:
        try:
            people = {row[column] for row in run.rows()}
        except (ConnectorError, SourceBusyError) as error:
            return failed("paging", str(error))
    if len(people) != PEOPLE:
        return failed("paging", f"{len(people)} of {PEOPLE} people came")
    if "endless" in laws.CANNOT:
        return verified("paging", f"{PEOPLE} people")
    with laws.running(Fault("endless"), count=PEOPLE, page=PAGE) as run:
        try:
            run.collected()
        except ConnectorError as error:
            return verified("paging", f"{PEOPLE} people; a list without an end: {error}")
        except SourceBusyError as error:
            return failed("paging", f"a list without an end is taken for a passing fault: {error}")
    return failed("paging", "a list without an end is taken for a whole one")
