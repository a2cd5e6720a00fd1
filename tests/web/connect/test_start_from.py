"""Starting from another customer's set-up: what is the platform's comes along, what is the customer's does not."""

from __future__ import annotations

import pytest
from django.test import Client

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle, saved_setups
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Exclusion, Mapping
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
BASE = "/integrations/maple-health/"
WHOLE = Mapping(
    columns={"source_id": "Associate OID", "zone": "Home Department Code", "pay_rate": "Pay Rate"},
    dates={"hire_date": "%m/%d/%Y", "pay_effective_date": "%m/%d/%Y"},
    statuses={"LOA": "leave_of_absence"},
    duties={"RN-7": "Canary Nurse"},
    zones={"MC-1": "Canary Wing"},
    create_codes=frozenset({"zone"}),
    default_location="canary-place",
    exclude=(Exclusion(name="canary rule", column="Last", equals="Canary"),),
    name_order="last_first",
    pay_unit="year",
)


@pytest.fixture
def two(world: World) -> tuple[Integration, Integration]:
    """(the new one at Maple Health, the saved one at Cedar Care) of the same Client Success person."""
    cedar = made.organization("Cedar Care", timezone="America/Chicago")
    Grant.objects.create(user=world.client_success, organization=cedar, role=Grant.CLIENT_SUCCESS)
    operator = Actor.operator("ops")
    adp = {"connector": "adp_wfn", "config": {"client_id": "canary-client-id"}, "actor": operator}
    saved = lifecycle.add(cedar, "ADP there", mapping=WHOLE, policy={"pay": True}, **adp)
    return lifecycle.add(world.organization, "ADP here", **adp), saved


def test_codes_rules_pay_and_settings_stay_with_their_customer(
    client: Client, world: World, two: tuple[Integration, Integration]
) -> None:
    client.force_login(world.client_success)
    page = client.get(f"{BASE}adp-here/start-from/?from={two[1].pk}").content.decode()
    assert "Home Department Code" in page
    assert "LOA" in page
    assert "anary" not in page
    assert client.post(f"{BASE}adp-here/start-from/", {"from": two[1].pk}).url == f"{BASE}adp-here/columns/"
    here = Integration.objects.get(pk=two[0].pk)
    taken = Mapping(**here.mapping)
    assert taken == Mapping(
        columns={"source_id": "Associate OID", "zone": "Home Department Code"},
        statuses={"LOA": "leave_of_absence"},
        name_order="last_first",
    )
    assert here.policy == {}
    assert here.mapping_version == 2


def test_every_part_of_a_mapping_is_either_taken_over_or_its_customers_own() -> None:
    """A new part has to be decided about: it is taken over only where somebody said that it is the platform's."""
    platforms = {"columns", "dates", "statuses", "no_status", "name_order", "blank_clears", "country"}
    assert platforms | set(saved_setups.OWN) == set(Mapping.model_fields)


def test_of_whom_one_is_not_client_success_nothing_is_offered(
    client: Client, world: World, two: tuple[Integration, Integration]
) -> None:
    Grant.objects.filter(organization__name="Cedar Care").delete()
    client.force_login(world.client_success)
    page = client.get(f"{BASE}adp-here/start-from/?from={two[1].pk}").content.decode()
    assert "Nothing to start from yet" in page
    with pytest.raises(Refused, match="not there any more"):
        saved_setups.start_from(two[0], two[1].pk, actor=Actor.of(world.client_success))
    client.force_login(world.admin)
    assert client.get(f"{BASE}adp-here/start-from/").status_code == 403


def test_another_platforms_set_up_is_not_offered(world: World, two: tuple[Integration, Integration]) -> None:
    Integration.objects.filter(pk=two[1].pk).update(connector="bamboohr")
    assert saved_setups.choices(two[0], actor=Actor.of(world.client_success)) == []


def test_after_the_first_sync_nothing_is_taken_over(
    world: World, two: tuple[Integration, Integration]
) -> None:
    two[0].state = "active"
    with pytest.raises(Refused, match="first sync is done"):
        saved_setups.start_from(two[0], two[1].pk, actor=Actor.of(world.client_success))
