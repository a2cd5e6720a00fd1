"""The command without anything of the vendors': our own paging is looked at, everything else is unverified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify import __main__ as command
from verify import catalog, prism
from verify.catalog import Platform
from verify.prism import MissingError


def last_line(said: str) -> dict[str, object]:
    answer = json.loads(said.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


def test_without_specifications_nothing_is_verified_and_nothing_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["--kinds", "bamboohr"]) == 0
    said = capsys.readouterr().out
    assert "no SPECS" in said
    assert last_line(said) == {
        "platforms": {
            "bamboohr": {
                "paging": "verified",
                "requests": "unverified",
                "answers": "unverified",
                "payloads": "unverified",
                "sdk": "unverified",
            }
        },
        "verified": [],
        "failed": [],
        "unverified": ["bamboohr"],
    }


def test_without_node_the_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    (tmp_path / "bamboohr_public.yaml").write_text("openapi: 3.1.0\n", "utf-8")
    platform = catalog.platforms()["bamboohr"].model_copy(update={"sdk": None})
    said = {one.what: (one.state, one.said) for one in command.checks(platform, tmp_path, tmp_path / "build")}
    assert said["requests"] == ("unverified", "node and npm are not here")
    assert said["payloads"] == ("unverified", "the samples are not there")
    with pytest.raises(MissingError, match="node and npm"):
        prism.installed(tmp_path)


def test_a_kind_that_the_registry_does_not_have_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog, "platforms", lambda: {"acme_hr": Platform(kind="acme_hr", spec="acme.yaml")})
    assert command.main([]) == 0
    assert last_line(capsys.readouterr().out) == {
        "platforms": {},
        "verified": [],
        "failed": [],
        "unverified": [],
    }


def test_a_connector_that_loses_people_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laws = catalog.laws_of("bamboohr")
    monkeypatch.setattr(type(laws).STUB, "numbered", staticmethod(lambda record, number: record))
    assert command.main(["--kinds", "bamboohr"]) == 1
    assert last_line(capsys.readouterr().out)["failed"] == ["bamboohr"]
