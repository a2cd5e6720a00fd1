"""The entries of platforms and faults: they fit, they lead to the platform's own test, and nothing in them is idle."""

from __future__ import annotations

import re

import jmespath
import pytest
from pydantic import ValidationError

from schedulepop.connectors import REGISTRY
from verify import catalog
from verify.catalog import HERE, Ask, Fault, Platform

PLATFORMS = catalog.platforms()
FAULTS = [one for kind in PLATFORMS for one in catalog.faults(kind)]
KNOWN = [kind for kind in PLATFORMS if kind in REGISTRY]


def test_every_platform_of_the_registry_has_an_entry() -> None:
    assert {kind for kind, one in REGISTRY.items() if one.columns} <= set(PLATFORMS)


@pytest.mark.parametrize("kind", KNOWN)
def test_an_entry_leads_to_the_platforms_own_test(kind: str) -> None:
    laws = catalog.laws_of(kind)
    assert laws.CONNECTOR is REGISTRY[kind]
    assert laws.STUB.ORIGINS


@pytest.mark.parametrize("kind", KNOWN)
def test_its_samples_are_asked_for_columns_that_there_are(kind: str) -> None:
    for payload in PLATFORMS[kind].payloads:
        assert set(payload.filled) <= set(REGISTRY[kind].columns)


@pytest.mark.parametrize("kind", PLATFORMS)
def test_paths_and_expressions_can_be_read(kind: str) -> None:
    one = PLATFORMS[kind]
    for remembered in one.remembered:
        re.compile(remembered.path)
        jmespath.compile(remembered.items)
    for payload in one.payloads:
        jmespath.compile(payload.records)


def test_an_sdk_has_its_script_and_a_version() -> None:
    scripts = {path.stem for path in (HERE / "sdk").glob("*.py")}
    assert scripts == {kind for kind, one in PLATFORMS.items() if one.sdk}
    assert all("==" in one.sdk.package for one in PLATFORMS.values() if one.sdk)


def test_every_fault_is_of_a_platform_with_a_specification_and_has_a_source() -> None:
    listed = (HERE / "faults.toml").read_text("utf-8").count("[[fault]]")
    assert len(FAULTS) == listed
    assert all(PLATFORMS[one.platform].spec and one.source for one in FAULTS)


def test_a_fault_shows_in_one_way_only() -> None:
    said = {"platform": "bamboohr", "says": "it is wrong", "source": "its page"}
    Fault(**said, text="YYYY-MM-DD")
    Fault(**said, ask=Ask(path="/x", status=400))
    with pytest.raises(ValidationError, match="by text, by ask or by excuses"):
        Fault(**said)
    with pytest.raises(ValidationError, match="by text, by ask or by excuses"):
        Fault(**said, text="YYYY-MM-DD", excuses="YYYY")


def test_a_platform_without_a_test_of_its_own_is_named() -> None:
    with pytest.raises(LookupError, match="has no class that inherits the laws"):
        catalog.laws_of("sftp")


def test_an_unknown_word_in_an_entry_is_refused() -> None:
    with pytest.raises(ValidationError):
        Platform(kind="x", speck="x.yaml")  # type: ignore[call-arg]
