"""A platform's stub in the place of the platform, for pages: whoever asks ADP asks a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.conf import settings

from schedulepop.accounts import second_factor
from schedulepop.accounts.models import SecondFactor, User
from schedulepop.connectors.testing import Fault
from tests.connectors.adp_wfn.stub import CLIENT_ID, CLIENT_SECRET, AdpStub
from tests.connectors.adp_wfn.test_adp_wfn import CERTIFICATE, KEY, TestAdp

FORM = {
    "name": "ADP",
    "config-region": "us",
    "config-client_id": CLIENT_ID,
    "secret-client_secret": CLIENT_SECRET,
    "secret-certificate": CERTIFICATE,
    "secret-private_key": KEY,
}
"""What somebody types into the form."""


@contextmanager
def adp(
    monkeypatch: pytest.MonkeyPatch, *faults: Fault, count: int | None = None, without: str = ""
) -> Iterator[AdpStub]:
    """ADP of the recording. `without`: a permission nobody has granted."""
    recording = deepcopy(TestAdp.RECORDING)  # what a stub leaves out is still there for the next test
    if without:
        recording = [AdpStub.without(one, without) for one in recording]
    with AdpStub(recording, count, *faults) as stub:
        monkeypatch.setattr(settings, "ALLOW_HOSTS", ("127.0.0.1",))
        monkeypatch.setattr(settings, "ROUTES", stub.routes)
        yield stub


def by_two_steps(user: User) -> User:
    """Somebody who may store credentials."""
    SecondFactor.objects.update_or_create(user=user, defaults={"secret": "sealed", "last_step": 0})
    assert second_factor.is_on(user)
    return user
