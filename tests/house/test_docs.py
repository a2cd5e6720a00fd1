"""Documents do not lie: their lists, links, commands and the tests they name are compared with the code.

Tables between `<!-- generated: … -->` and `<!-- end -->` are written from the code by
`DOCS_WRITE=1 .venv/bin/pytest tests/house/test_docs.py`.
"""

from __future__ import annotations

import inspect
import json
import os
import re

import pytest

from tests.house import closed_lists
from tests.house.documents import ROOT, Document, documents

DOCUMENTS = documents()
each = pytest.mark.parametrize("document", DOCUMENTS, ids=[one.name for one in DOCUMENTS])


@each
def test_links_lead_somewhere(document: Document) -> None:
    lost = [target for target in document.links() if not (document.path.parent / target).exists()]
    assert not lost


@each
def test_tests_that_are_named_exist(document: Document) -> None:
    lost = []
    for file, function in document.named_tests():
        found = list((ROOT / "tests").rglob(file)) if "/" not in file else [ROOT / file]
        if not any(p.exists() and f"def {function}(" in p.read_text("utf-8") for p in found):
            lost.append(f"{file}::{function}")
    named = set(re.findall(r"`(tests/[\w/.-]+)`", document.text)) - set(document.in_diff())
    lost += [path for path in sorted(named) if not (ROOT / path.rstrip("/")).exists()]
    assert not lost


@each
def test_commands_exist_with_their_options(document: Document) -> None:
    for words in document.commands():
        problem = _wrong(words)
        assert not problem, f"{' '.join(words)}: {problem}"


def _wrong(words: list[str]) -> str:
    """Why these words are no command of ours, or nothing."""
    if words[0] == "make":
        unknown = [w for w in words[1:] if "=" not in w and w not in closed_lists.targets()]
        return f"no target {unknown}" if unknown else ""
    known = closed_lists.commands()
    path = next((p for n in (2, 1) if (p := tuple(words[1 : 1 + n])) in known), None)
    if path is None:
        return "no such command"
    command = known[path]
    options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
    unknown = [w for w in words[1 + len(path) :] if w.startswith("--") and w.partition("=")[0] not in options]
    return f"no option {unknown}" if unknown else ""


@each
def test_tables_from_the_code_are_the_codes(document: Document) -> None:
    contents = {name: make() for name, make in closed_lists.GENERATED.items()}
    if os.environ.get("DOCS_WRITE") and document.generated():
        document.path.write_text(document.with_generated(contents), "utf-8")
    for name, content in document.generated():
        assert content == contents[name], (
            "write it anew: DOCS_WRITE=1 .venv/bin/pytest tests/house/test_docs.py"
        )


@each
def test_lists_are_closed(document: Document) -> None:
    expected = closed_lists.lists()
    for name, words in document.lists():
        assert words == expected[name], f"{document.name}: {name}"


def test_every_closed_list_is_documented() -> None:
    shown = {name for one in DOCUMENTS for name, _ in one.lists()}
    assert not set(closed_lists.lists()) - shown - {"exclusion"}
    assert not set(closed_lists.GENERATED) - {name for one in DOCUMENTS for name, _ in one.generated()}


def test_the_architecture_fits_on_a_few_screens() -> None:
    assert len(Document(ROOT / "docs/architecture.md").text.splitlines()) <= 150


def test_the_readme_begins_with_the_two_commands_and_shows_two_pictures() -> None:
    readme = Document(ROOT / "README.md")
    first = [" ".join(words) for words in readme.commands()]
    assert first[:3] == ["make setup", ".venv/bin/schedulepop try examples/messy.csv", "make demo"]
    assert len(re.findall(r"!\[[^\]]+\]\(docs/guide/images/[\w-]+\.png\)", readme.text)) == 2
    assert "make test" in first
    assert "\nmake test\n" in (ROOT / ".ci/run").read_text("utf-8")


def test_the_example_mapping_is_one(db: None) -> None:
    from schedulepop.sync.integrations.mapping_files import from_toml, to_toml

    (example,) = Document(ROOT / "docs/connectors.md").blocks("toml")
    mapping = from_toml(example)
    assert from_toml(to_toml(mapping)) == mapping
    untouched = {name for name, value in mapping if value == getattr(type(mapping)(), name)}
    assert untouched <= {"country", "pay_currency", "name_order", "default_location"}, (
        "the example shows every key"
    )


def test_the_example_json_has_the_products_keys() -> None:
    from schedulepop.cli import try_file, users

    run, person = (json.loads(block) for block in Document(ROOT / "docs/operations.md").blocks("json"))
    real = try_file.unreadable("why", "feed_unreadable")
    assert list(run) == list(real)
    assert list(run["counts"]) == list(real["counts"])  # type: ignore[call-overload]
    assert list(run["seconds"]) == list(real["seconds"])  # type: ignore[call-overload]
    assert list(run["issues"][0]) == list(real["issues"][0])  # type: ignore[index]
    assert list(run["issues"][0]["rows"][0]) == list(real["issues"][0]["rows"][0])  # type: ignore[index]
    assert list(person[0]) == re.findall(r'"(\w+)":', inspect.getsource(users._rows))


def test_the_walks_of_the_architecture_lead_somewhere() -> None:
    """Every file and folder that the questions name, and every module with a path in the text."""
    text = Document(ROOT / "docs/architecture.md").text
    inside = ("", "schedulepop", "schedulepop/sync", "schedulepop/sync/plan", "schedulepop/sync/run")
    inside += ("schedulepop/web", "schedulepop/sync/review", "schedulepop/web/templates")
    named = {one for one in re.findall(r"`([\w/.]+)`", text) if "/" in one}
    assert len(named) > 30
    lost = [
        one
        for one in sorted(named)
        if not any(
            (ROOT / base / (one if "." in one else f"{one}{end}")).exists()
            for base in inside
            for end in ("", ".py")
        )
    ]
    assert not lost
    questions = text.partition("## Six questions")[2].partition("\n## ")[0]
    assert len([row for row in questions.splitlines() if row.startswith("|")]) == 2 + 6
