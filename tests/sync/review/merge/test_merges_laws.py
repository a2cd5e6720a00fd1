"""Merge and unmerge as laws: back is as before, and no night doubles or removes anybody because of it."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedulepop.accounts import access
from schedulepop.accounts.models import Grant, User
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change, FieldOverride, Link, Merge
from schedulepop.sync.review.merge import merge
from tests import made
from tests.scale import reach
from tests.sync.conftest import PEOPLE
from tests.sync.review.merge.merge_house import OPERATOR, House

pytestmark = pytest.mark.django_db


PLACES = st.fixed_dictionaries(
    {
        "payroll_owned": st.booleans(),
        "status": st.sampled_from(["active", "terminated", "fmla", "upcoming"]),
        "role": st.sampled_from(["staff", "manager"]),
        "hire_date": st.sampled_from([None, date(2015, 1, 1), date(2026, 1, 1)]),
        "employee_number": st.sampled_from(["", "9001", "9002"]),
        "notes": st.sampled_from(["", "Nights"]),
        "cms_code": st.sampled_from([None, 7, 10]),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "places": st.dictionaries(st.sampled_from(["grove", "hill"]), PLACES, max_size=2),
        "duty": st.sampled_from(["RN", "CNA"]),
        "extra": st.sampled_from([None, "RN", "CNA", "Cook"]),
        "linked": st.booleans(),
        "granted": st.booleans(),
        "email": st.sampled_from(["", "a@x.org"]),
        "kept_field": st.booleans(),
        "letter": st.sampled_from([None, "queued", "accepted"]),
        "local": st.booleans(),
    }
)


@given(shapes=st.tuples(PERSON, PERSON))
@settings(max_examples=reach(15, 40), deadline=None, suppress_health_check=list(HealthCheck))
def test_merge_then_unmerge_is_as_before(
    shapes: tuple[dict[str, Any], dict[str, Any]], django_db_blocker: Any
) -> None:
    from django.db import transaction

    with transaction.atomic():
        house = House()
        for user, shape, number in ((house.kept, shapes[0], "1"), (house.merged, shapes[1], "2")):
            for primary, (name, values) in zip(
                itertools.chain([True], itertools.repeat(False)), shape["places"].items(), strict=False
            ):
                place = getattr(house, name)
                member = house.works(user, place, shape["duty"], is_primary=primary, **values)
                if shape["extra"] and shape["extra"] != shape["duty"]:
                    MembershipDuty.objects.create(
                        membership=member,
                        location=place,
                        duty=made.duty(place, shape["extra"]),
                        by_manager=True,
                    )
            if shape["linked"]:
                house.linked(user, number)
            if shape["granted"]:
                Grant.objects.create(user=user, role=Grant.ADMIN, organization=house.org)
            if shape["kept_field"]:
                FieldOverride.objects.create(
                    organization=house.org, user=user, field="phone", kind="override", by="Henry"
                )
            if shape["letter"]:
                Message.objects.create(
                    organization=house.org, user=user, kind="welcome", state=shape["letter"]
                )
            User.objects.filter(pk=user.pk).update(email=shape["email"], local=shape["local"])
        before = house.rows()
        done = house.merge()
        assert not access.may_sign_in(house.merged)
        assert not house.merged.memberships.exists()
        result = merge.unmerge(done, actor=OPERATOR)
        assert result.conflicts == []
        assert house.rows() == before
        transaction.set_rollback(True)


def test_the_next_night_changes_nothing_wrongly_and_doubles_nobody(payroll) -> None:
    """Ines is there twice: once by her old ID, and once by a new one that payroll gave her."""
    payroll.sends(
        *PEOPLE, "101,9101,Inez,Calloway,inez@example.com,(515) 555-0199,101,RN,Memory Care,Active,2026-02-01"
    )
    payroll.first_sync()
    ines, inez = User.objects.get(email="ines@example.com"), User.objects.get(email="inez@example.com")
    merge.merge(ines, inez, reason="New ID", actor=OPERATOR)
    for _ in range(2):
        run = payroll.runs()
        assert run.state == "applied"
        assert Membership.objects.count() == 6
        assert User.objects.filter(merged_into=None).count() == 6
        assert not Change.objects.filter(run=run, verb__in=["create", "deactivate"]).exists()
    payroll.sends(
        *PEOPLE[1:],
        "101,9101,Inez,Calloway,inez@example.com,(515) 555-0199,101,RN,Memory Care,Active,2026-02-01",
    )
    for _ in range(3):
        run = payroll.runs()
    assert ines.memberships.get().status == "active"
    assert run.counts["removed_missing"] == 0
    done = Merge.objects.get()
    assert isinstance(merge.unmerge(done, actor=OPERATOR).conflicts, list)
    payroll.sends(
        *PEOPLE, "101,9101,Inez,Calloway,inez@example.com,(515) 555-0199,101,RN,Memory Care,Active,2026-02-01"
    )
    payroll.runs()
    assert Membership.objects.count() == 7
    assert {link.source_id: link.user_id for link in Link.objects.filter(user__in=[ines, inez])} == {
        "001": ines.pk,
        "101": inez.pk,
    }
