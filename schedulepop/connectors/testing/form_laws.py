"""What the form of every connector keeps, also of those that give files, which have no columns and no pages."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr, ValidationError

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import Connector, ConnectorError
from schedulepop.connectors.testing.running import chain


class FormLaws:
    """Inherit, and set what stands first."""

    CONNECTOR: ClassVar[Connector]
    CONFIG: ClassVar[dict[str, Any]]
    SECRETS: ClassVar[dict[str, str]]  # values that occur nowhere else

    def test_the_form_goes_round_and_every_setting_says_where_it_is_found(self) -> None:
        for form, values in ((self.CONNECTOR.config, self.CONFIG), (self.CONNECTOR.secrets, self.SECRETS)):
            made = form(**values)
            assert form(**json.loads(json.dumps(values))) == made
            with pytest.raises(ValidationError):
                form(**values | {"unheard_of": "1"})
            self._silent(repr(made), str(made), made.model_dump_json())
            for name, setting in form.model_fields.items():
                extra = setting.json_schema_extra
                assert setting.title, name
                assert isinstance(extra, dict), name
                assert len(str(extra["help"])) > 20, name
        kinds = {setting.annotation for setting in self.CONNECTOR.secrets.model_fields.values()}
        assert kinds <= {SecretStr}

    def test_a_missing_secret_is_named_and_not_shown(self) -> None:
        for name, setting in self.CONNECTOR.secrets.model_fields.items():
            rest = {one: value for one, value in self.SECRETS.items() if one != name}
            if not setting.is_required():
                continue
            with pytest.raises(ConnectorError, match="missing") as raised:
                source_of(self.CONNECTOR, self.CONFIG, rest).__enter__()
            assert str(setting.title) in str(raised.value)
            self._silent(str(raised.value), chain(raised.value))

    def _silent(self, *texts: str) -> None:
        """None of these tells a secret, a line of one, or a token."""
        lines = {line for value in self.SECRETS.values() for line in value.splitlines() if len(line) > 5}
        secrets = {line for line in lines if not line.startswith("-----")} | {"canary-token"}
        assert not [secret for secret in secrets for text in texts if secret in text]
