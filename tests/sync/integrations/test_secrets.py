"""Secrets of an integration are written and never read: bound to their row and to where they are sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import trustme

from schedulepop.accounts import sealing, second_factor
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, SecondFactor
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle, secrets
from schedulepop.sync.models import Integration, IntegrationSecret
from schedulepop.sync.run import secret_values
from tests import made
from tests.saying import refusing

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
CANARY = "canary-of-a-client-secret"
SETTINGS = {"company_id": "B6071", "client_id": "maple-reader"}


@pytest.fixture(autouse=True)
def two_keys(settings, tmp_path):  # type: ignore[no-untyped-def]
    settings.KEYS, settings.KEYS_FILE = (), str(tmp_path / "keys")


@pytest.fixture
def paylocity() -> Integration:
    return lifecycle.add(
        made.organization(), "Payroll", connector="paylocity", config=SETTINGS, actor=OPERATOR
    )


def stored(integration: Integration, value: str = CANARY) -> Integration:
    secrets.store(integration, {"client_secret": value}, actor=OPERATOR)
    return integration


def test_what_is_stored_opens_for_its_source_and_is_shown_to_nobody(paylocity: Integration) -> None:
    assert [one.set_at for one in secrets.names(paylocity)] == [None]
    assert [one.name for one in secrets.missing(paylocity)] == ["client_secret"]
    stored(paylocity, f"  {CANARY}\n")
    assert secrets.opened(paylocity) == {"client_secret": CANARY}
    (state,) = secrets.names(paylocity)
    assert (state.title, state.set_by, state.expires_at) == ("Client secret", OPERATOR.by, None)
    assert secrets.missing(paylocity) == ()
    row = IntegrationSecret.objects.get()
    entry = AuditEntry.objects.get(verb="stored_secrets")
    assert entry.changes == [{"field": "client_secret", "old": None, "new": "set"}]
    paylocity.refresh_from_db()
    for told in (state, row, row.__dict__, bytes(row.value), entry.__dict__, paylocity.__dict__):
        assert CANARY not in str(told)


def test_a_row_that_is_copied_elsewhere_does_not_open(paylocity: Integration) -> None:
    stored(paylocity)
    copied = bytes(IntegrationSecret.objects.get().value)
    others = (
        lifecycle.add(
            paylocity.organization, "Second", connector="paylocity", config=SETTINGS, actor=OPERATOR
        ),
        lifecycle.add(
            made.organization("Oak Health"), "Payroll", connector="paylocity", config=SETTINGS, actor=OPERATOR
        ),
    )
    for other in others:
        stored(other, "another")
        other.secrets.update(value=copied)
        with refusing(NeedsAdmin, "Enter them again"):
            secrets.opened(other)
    bamboo = lifecycle.add(
        paylocity.organization, "Bamboo", connector="bamboohr", config={"company": "maple"}, actor=OPERATOR
    )
    with pytest.raises(sealing.NotReadableError):
        sealing.unseal(copied.decode(), f"secret of integration {bamboo.pk}")


@pytest.mark.parametrize("change", [{"system": "sandbox"}, {"company_id": "B6072"}])
def test_where_secrets_are_sent_is_changed_and_they_are_gone(
    paylocity: Integration, change: dict[str, str]
) -> None:
    stored(paylocity)
    assert secrets.change_config(paylocity, SETTINGS | change, actor=OPERATOR)
    assert secrets.opened(paylocity) == {}
    entry = AuditEntry.objects.get(verb="configured")
    assert {"field": "client_secret", "old": "set", "new": None} in entry.changes


def test_other_settings_keep_them(paylocity: Integration) -> None:
    stored(paylocity)
    assert not secrets.change_config(paylocity, SETTINGS | {"client_id": "maple-two"}, actor=OPERATOR)
    paylocity.refresh_from_db()
    assert (paylocity.config["client_id"], secrets.opened(paylocity)) == (
        "maple-two",
        {"client_secret": CANARY},
    )
    with pytest.raises(Refused, match="company_id"):
        secrets.change_config(paylocity, {"client_id": "maple-two"}, actor=OPERATOR)


def test_settings_changed_past_the_door_do_not_take_the_secrets_along(paylocity: Integration) -> None:
    stored(paylocity)
    paylocity.config = paylocity.config | {"system": "sandbox"}
    paylocity.save()
    with pytest.raises(NeedsAdmin):
        secrets.opened(paylocity)


def test_what_does_not_fit_is_refused_without_its_value(paylocity: Integration) -> None:
    for wrong in (
        {"client_secret": " "},
        {"password": CANARY},
        {"client_secret": CANARY * 9_000},
        {"client_secret": f"{CANARY}\x00"},
    ):
        with pytest.raises(Refused) as refused:
            secrets.store(paylocity, wrong, actor=OPERATOR)
        assert CANARY not in str(refused.value)
    assert not IntegrationSecret.objects.exists()


def test_only_after_a_second_step(paylocity: Integration) -> None:
    admin = made.admin(paylocity.organization)
    with pytest.raises(NotAllowed, match="two steps"):
        secrets.store(paylocity, {"client_secret": CANARY}, actor=Actor.of(admin))
    sealed = sealing.seal(second_factor.new_key(), second_factor.purpose(admin))
    SecondFactor.objects.create(user=admin, secret=sealed)
    secrets.store(paylocity, {"client_secret": CANARY}, actor=Actor.of(admin))
    assert secrets.names(paylocity)[0].set_by == Actor.of(admin).by
    with pytest.raises(NotAllowed):
        secrets.change_config(
            paylocity, SETTINGS, actor=Actor.of(made.person(made.location(paylocity.organization)))
        )


def test_a_certificate_says_itself_when_it_ends() -> None:
    adp = lifecycle.add(
        made.organization(),
        "Payroll",
        connector="adp_wfn",
        config={"client_id": "maple-reader"},
        actor=OPERATOR,
    )
    ends = datetime(2027, 3, 1, tzinfo=UTC)
    issued = trustme.CA().issue_cert("maple.example", not_after=ends)
    pem, key = issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()
    given = datetime(2028, 1, 1, tzinfo=UTC)
    secrets.store(
        adp,
        {"certificate": pem, "private_key": key, "client_secret": CANARY},
        actor=OPERATOR,
        expires_at=given,
    )
    assert {one.name: one.expires_at for one in secrets.names(adp)} == {
        "certificate": ends,
        "private_key": given,
        "client_secret": given,
    }


def test_keys_rotate(paylocity: Integration, settings) -> None:  # type: ignore[no-untyped-def]
    stored(paylocity)
    old = sealing.keys()
    settings.KEYS = (sealing.new_key(), *old)
    assert secrets.opened(paylocity) == {"client_secret": CANARY}
    assert secrets.reseal() == 0
    assert IntegrationSecret.objects.get().key_id == sealing.key_id()
    settings.KEYS = settings.KEYS[:1]
    assert secrets.opened(paylocity) == {"client_secret": CANARY}
    settings.KEYS = old
    with pytest.raises(NeedsAdmin):
        secrets.opened(paylocity)
    assert secrets.reseal() == 1  # none opens it: it stays for the day its key is back
    settings.KEYS = (*old, sealing.new_key())
    with pytest.raises(NeedsAdmin):
        secrets.opened(paylocity)


@pytest.mark.django_db(transaction=True)
def test_a_platforms_own_replacement_is_stored_at_once(paylocity: Integration) -> None:
    stored(paylocity)
    secret_values.Opened(paylocity).keep("client_secret", "next")
    assert secrets.opened(paylocity) == {"client_secret": "next"}
    assert secrets.names(paylocity)[0].set_by == secret_values.BY_THE_PLATFORM
