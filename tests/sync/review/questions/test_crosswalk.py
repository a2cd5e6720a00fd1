"""A crosswalk file: every row checked and named, all of it or nothing (SPEC §7 vendor switched)."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Answer, IdChange, Integration, Link
from schedulepop.sync.review.questions import crosswalk
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


@pytest.fixture
def payroll(payroll: Payroll) -> Payroll:
    payroll.first_sync()
    return payroll


def of(payroll: Payroll) -> Integration:
    return Integration.objects.select_related("organization").get(pk=payroll.integration.pk)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("old_id,new_id\n999,V1\n", ["Row 2, old_id '999': is nobody's on the list."]),
        ("old_id,new_id\n001,\n", ["Row 2, new_id '': is blank."]),
        (
            "old_id,new_id\n001,1.23E+05\n",
            [
                "Row 2, new_id '1.23E+05': is in scientific notation, so its digits are lost. "
                "Format the column as text and save it again."
            ],
        ),
        (
            "old_id,new_id\n001,V1\n\n001,V2\n",
            ["Row 2, old_id '001': is in 2 rows.", "Row 4, old_id '001': is in row 2 already."],
        ),
        (
            "old_id,new_id\n001,V1\n002,V1\n",
            ["Row 2, new_id 'V1': is in 2 rows.", "Row 3, new_id 'V1': is in row 2 already."],
        ),
        (
            "old_id,new_id\n001,002\n",
            ["Row 2, new_id '002': is the ID of somebody else on the list already."],
        ),
        (
            "old_id,new_id\n003,V3\n",
            ["Row 2, old_id '003': belongs to somebody of an agency, who is never payroll's."],
        ),
    ],
)
def test_every_wrong_value_is_named_by_its_row(payroll: Payroll, content: str, says: list[str]) -> None:
    User.objects.filter(last_name="Abernathy").update(local=True)
    checked = crosswalk.check(of(payroll), content.encode(), actor=OPERATOR)
    assert [str(one) for one in checked.wrong] == says
    with pytest.raises(Refused):
        crosswalk.take(of(payroll), content.encode(), actor=OPERATOR)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("content", [b"", b"id,name\n1,Ann\n", b"old_id,old id,new_id\n1,1,2\n"])
def test_a_file_without_the_two_columns_is_refused(payroll: Payroll, content: bytes) -> None:
    with pytest.raises(Refused, match="needs one column"):
        crosswalk.check(of(payroll), content, actor=OPERATOR)


@pytest.mark.parametrize(
    "content",
    [
        "﻿Old Employee ID;New Employee ID\n001;V1\n".encode(),
        b"new\told\tname\nV1\t001\tIn\xe9s\n",
        b"from,to\n001,V1\n",
    ],
)
def test_headers_and_separators_are_recognized(payroll: Payroll, content: bytes) -> None:
    (only,) = crosswalk.check(of(payroll), content, actor=OPERATOR).pairings
    assert (only.row.old_id, only.row.new_id, only.user.last_name) == ("001", "V1", "Calloway")


def test_ids_may_change_hands_among_people_of_the_file(payroll: Payroll) -> None:
    done = crosswalk.take(of(payroll), b"old_id,new_id\n001,002\n002,V2\n003,003\n", actor=OPERATOR)
    assert done == 2
    payroll.sends(PEOPLE[0].replace("001,", "002,", 1), PEOPLE[1].replace("002,", "V2,", 1), *PEOPLE[2:])
    run = payroll.runs()
    assert (run.counts["unchanged"], run.counts["held"]) == (6, 0), run.summary["issues"]
    links = dict(Link.objects.filter(retired_at=None).values_list("source_id", "user__last_name"))
    assert (links["002"], links["V2"], links["003"], "001" in links) == (
        "Calloway",
        "Quintanar",
        "Abernathy",
        False,
    )
    assert sorted(IdChange.objects.values_list("old_id", "new_id")) == [("001", "002"), ("002", "V2")]
    assert AuditEntry.objects.get(verb="crosswalk").changes == [{"field": "ids", "old": None, "new": 2}]


def test_a_crosswalk_never_hands_an_id_to_somebody_else(payroll: Payroll) -> None:
    """Its rows count whatever the name, so another name with another hire date is still asked about."""
    crosswalk.take(of(payroll), b"old_id,new_id\n001,V1\n", actor=OPERATOR)
    payroll.sends("V1,9500,Hugo,Stark,hugo@example.com,,101,RN,Memory Care,Active,2026-11-02", *PEOPLE[1:])
    run = payroll.runs()
    assert [one["code"] for one in run.summary["issues"]] == ["recycled_id"]
    assert Link.objects.get(user__last_name="Calloway").source_id == "001"


def test_old_ids_of_the_integration_that_is_left(payroll: Payroll) -> None:
    old = of(payroll)
    new = Integration.objects.create(
        organization=old.organization, name="New vendor", slug="new", connector="file"
    )
    assert crosswalk.take(new, b"old_id,new_id\n001,001\n002,V2\n", actor=OPERATOR) == 2
    assert list(IdChange.objects.values_list("integration", "old_id", "new_id")) == [(new.pk, "002", "V2")]
    third = Integration.objects.create(
        organization=old.organization, name="Third", slug="third", connector="file"
    )
    Link.objects.create(
        organization=old.organization,
        integration=third,
        source_id="001",
        user=User.objects.get(last_name="Bello"),
    )
    checked = crosswalk.check(new, b"old_id,new_id\n001,V9\n", actor=OPERATOR)
    assert [one.message for one in checked.wrong] == ["is two people's in two integrations."]


def test_admins_and_client_success_alone(payroll: Payroll) -> None:
    place = User.objects.get(last_name="Bello").memberships.get().location  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        crosswalk.take(of(payroll), b"old_id,new_id\n001,V1\n", actor=Actor.of(made.manager(place)))
