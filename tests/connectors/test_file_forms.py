"""Connectors that give files: their forms keep the laws, and each says what of a feed it can tell."""

from __future__ import annotations

import pytest

from schedulepop import employee
from schedulepop.connectors import REGISTRY, Connector, source_of
from schedulepop.connectors.contract import Checked, ConnectorError
from schedulepop.connectors.drop import DROP
from schedulepop.connectors.file import FILE
from schedulepop.connectors.https import HTTPS
from schedulepop.connectors.sftp import SFTP
from schedulepop.connectors.testing import FormLaws

GIVE_FILES = [one for one in REGISTRY.values() if not one.columns]


class TestFile(FormLaws):
    CONNECTOR = FILE
    CONFIG = {"path": "/outbound/staff.csv"}
    SECRETS = {"pgp_key": "canary-pgp-key"}


class TestSftp(FormLaws):
    CONNECTOR = SFTP
    CONFIG = {
        "host": "sftp.payroll.example",
        "user": "maple",
        "pattern": "staff_*.csv",
        "date_in_name": "%Y%m%d",
    }
    SECRETS = {
        "password": "canary-password",
        "private_key": "canary-private-key",
        "passphrase": "canary-passphrase",
        "pgp_key": "canary-pgp-key",
    }

    @pytest.mark.parametrize(
        "wrong",
        [
            {"host": "sftp://payroll.example"},
            {"host": "-oProxyCommand=x"},
            {"port": 0},
            {"host_key": "11:22:33"},
            {"pattern": "../*.csv"},
            {"date_in_name": "%Q"},
            {"wait_hours": 100},
        ],
        ids=str,
    )
    def test_a_setting_that_does_not_fit_is_named(self, wrong: dict[str, object]) -> None:
        title = str(SFTP.config.model_fields[next(iter(wrong))].title)
        with pytest.raises(ConnectorError, match=title):
            source_of(SFTP, {**self.CONFIG, **wrong}, self.SECRETS).__enter__()


class TestHttps(FormLaws):
    CONNECTOR = HTTPS
    CONFIG = {"url": "https://files.payroll.example/staff.csv", "sign_in": "bearer"}
    SECRETS = {
        "password": "canary-password",
        "certificate": "canary-certificate",
        "private_key": "canary-private-key",
        "pgp_key": "canary-pgp-key",
    }


class TestDrop(FormLaws):
    CONNECTOR = DROP
    CONFIG = {"each_facility": True, "wait_hours": 6, "date_in_name": "%Y%m%d"}
    SECRETS = {"pgp_key": "canary-pgp-key"}


@pytest.mark.parametrize("connector", GIVE_FILES, ids=lambda one: one.kind)
def test_a_file_may_give_every_field(connector: Connector) -> None:
    assert connector.provides == employee.BY_NAME.keys()


@pytest.mark.parametrize("connector", GIVE_FILES, ids=lambda one: one.kind)
def test_the_test_button_of_a_source_that_is_not_there_is_a_sentence(connector: Connector) -> None:
    config = {
        "file": {"path": "/nowhere/staff.csv"},
        "sftp": {"host": "nowhere.invalid", "user": "maple"},
        "https": {"url": "https://nowhere.invalid/staff.csv"},
        "drop": {},
    }[connector.kind]
    with source_of(connector, config, {} if connector.local else {"password": "canary"}) as source:
        answer = connector.check(source)
    assert isinstance(answer, Checked)
    assert (answer.ok, answer.sentence[-1]) == (False, ".")
