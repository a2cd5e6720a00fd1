"""CMS codes on the command line: duties and their codes, ID changes, the employee section."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from schedulepop.directory.models import Duty
from schedulepop.sync.models import IdChange, Integration, Issue, Link
from tests import made
from tests.saying import because


@pytest.fixture
def grove(db: None):
    """Maple Grove with a nurse whose ID changed in federal quarter 2026Q1."""
    place = made.location(made.organization(), "Maple Grove", "MG")
    org = place.organization
    payroll = Integration.objects.create(organization=org, name="Payroll", slug="payroll", connector="file")
    ines = made.person(place, "Ines Calloway", duty=made.duty(place, "RN"), hire_date=date(2019, 3, 4))
    Link.objects.create(organization=org, integration=payroll, source_id="2", user=ines)
    IdChange.objects.create(
        organization=org,
        integration=payroll,
        user=ines,
        old_id="1",
        new_id="2",
        changed_on=date(2025, 10, 7),
        by="Henry Okafor",
    )
    return place


def test_a_duty_gets_its_code(cli, grove) -> None:
    listed = cli("duties", "list", "maple-health").stdout
    assert "none yet (perhaps 6 · Registered Nurse with" in listed
    done = cli("duties", "cms", "maple-health", "MG", "rn", "7")
    assert (done.exit_code, done.stdout) == (
        0,
        "RN at Maple Grove: 7 · Registered Nurse. People changed: 1.\n",
    )
    assert "7 · Registered Nurse" in cli("duties", "list", "maple-health", "--location", "MG").stdout
    assert "Registered" not in cli("duties", "list", "maple-health", "--unmapped").stdout
    assert cli("duties", "cms", "maple-health", "MG", "RN", "none").exit_code == 0
    assert Duty.objects.get().cms_code is None


def test_what_cannot_be_is_said_in_one_sentence(cli, grove) -> None:
    manager = made.manager(grove, username="margo")
    for words, code, said in (
        (("duties", "cms", "maple-health", "MG", "RN", "nurse"), 2, "from 1 to 40, or none"),
        (("duties", "cms", "maple-health", "MG", "RN", "41"), 1, "no CMS job title code"),
        (("duties", "cms", "maple-health", "MG", "Cook", "7"), 1, "It has: RN."),
        (("duties", "cms", "maple-health", "MG", "RN", "7", "--by", manager.username), 1, "Only an admin"),
        (("cms", "id-changes", "maple-health", "--quarter", "Q1"), 2, "Write it like 2026Q1"),
        (
            ("cms", "employees", "maple-health", "--location", "MG", "--quarter", "2026"),
            2,
            "Write it like 2026Q1",
        ),
        (("cms", "employees", "maple-health", "--location", "MG", "--quarter", "2026Q1"), 1, "are not set"),
        (("cms", "facility", "maple-health", "MG", "365123", "XX"), 1, "no state"),
    ):
        done = cli(*words)
        assert done.exit_code == code
        assert said in done.stderr
    assert Duty.objects.get().cms_code is None


def test_codes_and_the_switch(cli, grove) -> None:
    assert "40  Other Service Worker" in cli("cms", "codes").stdout
    grove.organization.cms_codes = False
    grove.organization.save()
    listed = cli("duties", "list", "maple-health").stdout
    assert "switched off" in listed
    assert "none yet" not in listed


def test_id_changes_of_a_quarter(cli, grove) -> None:
    Issue.objects.create(
        organization=grove.organization,
        integration=Integration.objects.get(),
        code="id_changed",
        key="9",
        reasons=because("id_changed", name="Ann Lee", source_id="9", some=["Ann Lee"], more=0),
    )
    table = cli("cms", "id-changes", "maple-health", "--quarter", "2026Q1")
    assert "October to December 2025" in table.stdout
    assert "Ann Lee seems to be" in table.stderr
    assert "turnover" in table.stderr
    (row,) = csv.DictReader(
        io.StringIO(cli("cms", "id-changes", "maple-health", "--quarter", "2026Q1", "--format", "csv").stdout)
    )
    assert (row["name"], row["old_id"], row["new_id"], row["changed_on"]) == (
        "Ines Calloway",
        "1",
        "2",
        "2025-10-07",
    )
    told = json.loads(
        cli("cms", "id-changes", "maple-health", "--quarter", "2026q1", "--format", "json").stdout
    )
    assert (told["quarter"], told["from"], told["to"]) == ("2026Q1", "2025-10-01", "2025-12-31")
    assert (len(told["changes"]), [one["new_id"] for one in told["unlinked"]]) == (1, ["9"])


def test_the_employee_section_is_written(cli, grove, tmp_path: Path) -> None:
    assert cli("cms", "facility", "maple-health", "MG", "365123", "oh").exit_code == 0
    made.person(grove, "Bob Ray", hire_date=date(2020, 1, 1))
    file = tmp_path / "employees.xml"
    done = cli("cms", "employees", "maple-health", "--location", "MG", "--quarter", "2026Q1", "--out", file)
    assert done.exit_code == 0
    assert "1 employees of Maple Grove" in done.stdout
    assert "Bob Ray is left out: there is no payroll ID." in done.stderr
    assert "<employeeId>2</employeeId>" in file.read_text()
    screen = cli("cms", "employees", "maple-health", "--location", "MG", "--quarter", "2026Q1")
    mine = made.admin(grove.organization).username
    other = tmp_path / "elsewhere.xml"
    words = ("cms", "employees", "maple-health", "--location", "MG", "--quarter", "2026Q1", "--by", mine)
    refused = cli(*words, "--out", other)
    assert (refused.exit_code, refused.stdout, other.exists()) == (2, "", False)
    assert "redirect" in refused.stderr
    assert cli(*words).stdout == screen.stdout
    assert screen.stdout == file.read_text()
