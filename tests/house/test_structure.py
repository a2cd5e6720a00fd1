"""The house as a whole: few rooms, few floors, no circles, one door per step.

A child is a module or package that stands directly in a package. It stands one floor above the highest child that
it imports; what imports nothing of its siblings stands on floor 1.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.house.documents import ROOT

STEPS = ("read", "normalize", "match", "missing", "diff", "guard")
Graph = dict[str, set[str]]


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


@cache
def _modules(package: str) -> dict[str, Path]:
    """Name → file of every module below a package, migrations apart."""
    paths = (ROOT / package.replace(".", "/")).rglob("*.py")
    return {_module(path): path for path in paths if "migrations" not in path.parts}


@cache
def imports(path: Path) -> frozenset[tuple[str, str]]:
    """(module, name) of everything of ours that a file imports, inside functions too; name: "" for a whole module."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
    return frozenset(one for one in found if one[0].startswith("schedulepop"))


def _child(module: str, package: str) -> str:
    """The child of the package in which a module lies; "": it lies outside, or is the package's own face."""
    return module.removeprefix(f"{package}.").split(".")[0] if module.startswith(f"{package}.") else ""


@cache
def graph(package: str) -> Graph:
    """Child → the siblings it imports."""
    known = _modules("schedulepop")
    found: Graph = defaultdict(set)
    for module, path in _modules(package).items():
        child = _child(module, package)
        if not child:
            continue
        found[child] |= set()
        for target, name in imports(path):
            whole = f"{target}.{name}" if f"{target}.{name}" in known else target
            other = _child(whole, package)
            if other and other != child:
                found[child].add(other)
    return dict(found)


def circle(of: Graph) -> list[str]:
    """Some children that import each other in a loop; empty when there are none."""
    left = {child: set(others) for child, others in of.items()}
    while ground := [child for child, others in left.items() if not others]:
        for child in ground:
            del left[child]
        for others in left.values():
            others.difference_update(ground)
    return sorted(left)


def floors(of: Graph) -> dict[str, int]:
    """Child → its floor. The graph has no circle."""

    @cache
    def floor(child: str) -> int:
        return 1 + max((floor(other) for other in of.get(child, ())), default=0)

    return {child: floor(child) for child in of}


def _children(package: str) -> list[str]:
    """Modules, packages and other folders of a package, without its face and Django's own apps.py."""
    folder = ROOT / package.replace(".", "/")
    names = {path.stem for path in folder.iterdir() if not path.name.startswith(("__", "."))}
    return sorted(names - {"apps"})


@pytest.mark.parametrize(("package", "most"), [("schedulepop.sync", 12), ("schedulepop.web", 14)])
def test_a_wing_has_few_rooms(package: str, most: int) -> None:
    assert len(_children(package)) <= most


@pytest.mark.parametrize("package", ["schedulepop.sync", "schedulepop.sync.plan", "schedulepop.web"])
def test_few_floors(package: str) -> None:
    assert max(floors(graph(package)).values()) <= 6


@pytest.mark.parametrize(
    "package",
    [
        module
        for module, path in _modules("schedulepop").items()
        if path.name == "__init__.py" and len(_children(module)) > 1
    ],
)
def test_no_package_has_a_circle(package: str) -> None:
    assert not circle(graph(package))


def _stem(name: str) -> str:
    return name.removesuffix("ing").removesuffix("s").removesuffix("e")


@pytest.mark.parametrize(
    "package",
    [m for m, p in _modules("schedulepop").items() if p.name == "__init__.py" and m.count(".") <= 3],
)
def test_no_twin_names(package: str) -> None:
    """`match.py` beside `matching/`: nobody knows in which of the two a rule lives."""
    found = defaultdict(list)
    for child in _children(package):
        found[_stem(child)].append(child)
    assert not [twins for twins in found.values() if len(twins) > 1]


def test_the_pipeline_takes_the_steps_through_their_doors() -> None:
    pipeline = _modules("schedulepop.sync.plan")["schedulepop.sync.plan.pipeline"]
    assert len(pipeline.read_text("utf-8").splitlines()) < 120
    for module, name in imports(pipeline):
        step, _, inside = module.removeprefix("schedulepop.sync.plan.").partition(".")
        assert step not in STEPS or not inside, f"{module}.{name} is taken from inside a step"


@pytest.mark.parametrize("step", STEPS)
def test_a_step_has_one_door_named_as_the_step(step: str) -> None:
    face = _modules("schedulepop.sync.plan")[f"schedulepop.sync.plan.{step}"]
    tree = ast.parse(face.read_text("utf-8"))
    doors = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert step in {alias.name for node in doors for alias in node.names}


@pytest.mark.parametrize(
    "package", [m for m, p in _modules("schedulepop").items() if p.name == "__init__.py"]
)
def test_every_package_says_what_lives_there(package: str) -> None:
    if package.endswith((".templatetags", ".api", ".scim")):
        return
    text = _modules("schedulepop")[package].read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), package
