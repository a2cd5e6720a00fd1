"""What the documents must say, told by the code: closed lists, commands, switches, tables written from the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import typer

from bench import scale
from schedulepop import employee
from schedulepop.connectors import REGISTRY, offers
from schedulepop.connectors.contract import Connector
from schedulepop.sync.plan.frames import outcomes
from schedulepop.sync.plan.frames.changes import CONTACT_MOVED
from schedulepop.sync.plan.guard.feed_rules import FEED_RULES
from schedulepop.sync.plan.guard.person_rules import PERSON_RULES
from schedulepop.sync.plan.guard.quantity_rules import QUANTITY_RULES, resembles_leaver
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.plan.policy import Exclusion, Limit, Mapping, Policy
from schedulepop.sync.run import report
from schedulepop.sync.whereis.outcomes import OUTCOMES
from schedulepop.wording.issues import TEXTS
from schedulepop.wording.outcomes import TEXTS as SAID
from tests.house.documents import ROOT

OUTSIDE = ("XDG_STATE_HOME",)  # read by us, defined by others
READERS = {
    "payroll": "payroll",
    "manager": "a manager",
    "admin": "an admin",
    "client_success": "Client Success",
}


def table(*rows: tuple[str, ...]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body]) + "\n"


def yes(value: bool) -> str:
    """A cell that says yes, or nothing."""
    return "yes" if value else ""


# Tables written from the code -------------------------------------------------------------------------------


def _fields() -> str:
    where = {"record": "the record", "user": "the user", "membership": "the membership"}
    return table(
        ("Field", "Name in mappings and JSON", "Belongs to", "Owned by payroll", "A blank may clear it"),
        *(
            (f.label, f"`{f.name}`", where[f.belongs], yes(f.owned), yes(f.owned and f.blank_clears_allowed))
            for f in employee.FIELDS
        ),
    )


def _statuses() -> str:
    return table(
        ("Status", "In files and JSON", "May sign in", "May be scheduled", "Ended"),
        *(
            (
                s.label,
                f"`{s.value}`",
                yes(s in employee.MAY_SIGN_IN),
                yes(s in employee.MAY_BE_SCHEDULED),
                yes(s in employee.ENDED),
            )
            for s in employee.Status
        ),
    )


def _issues() -> str:
    return table(
        ("Code", "What it says", "What to do", "Who can", "Waits"),
        *(
            (f"`{i.code}`", TEXTS[i.code].title, TEXTS[i.code].remedy, READERS[i.fixer], yes(i.blocks))
            for i in CODES.values()
        ),
    )


def _outcomes() -> str:
    words = dict.fromkeys(re.findall(r"{(\w+)}", "".join(o.sentence for o in SAID.values())), "…")
    readers = READERS | {"nobody": ""}
    return table(
        ("Outcome", "What it says", "Next step", "Whose"),
        *(
            (
                f"`{o.code}`",
                SAID[o.code].sentence.format_map(words).replace("……", "…"),
                SAID[o.code].step.format_map(words | {"kind": "duty or zone"}),
                readers[o.whose],
            )
            for o in OUTCOMES.values()
        ),
    )


def _figure(value: Any) -> str:
    if isinstance(value, Limit):
        return f"{value.floor} or {value.share:.0%}, whichever is more"
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.0%}" if isinstance(value, float) else f"{value:,}"


def _policy() -> str:
    defaults = Policy()
    return table(
        ("Setting", "Default"),
        *((f"`{name}`", _figure(getattr(defaults, name))) for name in Policy.model_fields),
    )


def _commands() -> str:
    def usage(words: tuple[str, ...], command: Any) -> str:
        return " ".join(
            [
                "schedulepop",
                *words,
                *(p.metavar or p.name.upper() for p in command.params if not p.opts[0].startswith("-")),
            ]
        )

    def options(command: Any) -> str:
        flags = [p for p in command.params if p.opts[0].startswith("-")]
        return ", ".join(
            f"`{'/'.join((*p.opts, *p.secondary_opts))}`" + (" (needed)" if p.required else "") for p in flags
        )

    return table(
        ("Command", "What it does", "Options"),
        *(
            (f"`{usage(words, command)}`", " ".join(str(command.help).split()), options(command))
            for words, command in commands().items()
        ),
    )


def _targets() -> str:
    return table(("Target", "What it does"), *((f"`make {name}`", what) for name, what in targets().items()))


def _connectors() -> str:
    return table(
        ("Kind", "Title", "Settings", "Feed"),
        *(
            (
                f"`{c.kind}`",
                f"[{c.title}](platforms/{c.kind}.md)" if offers.is_platform(c) else c.title,
                ", ".join(f"`{name}`" for name, of in c.config.model_fields.items() if not of.exclude),
                c.capabilities.snapshot,
            )
            for c in REGISTRY.values()
        ),
    )


def _grid(made: Callable[[], offers.Grid]) -> Callable[[], str]:
    """A table of what is offered, as the page shows it."""

    return lambda: table(*made().lines)


def _workday_report() -> str:
    report = REGISTRY["workday"].report
    assert report is not None
    columns = ((f"`{one.name}`", one.kind, one.need, one.shows) for one in report.columns)
    return (
        table(("Column", "Type", "Needed", "Shows"), *columns) + "\n" + table(("What", "How"), *report.rules)
    )


def _scale_measured() -> str:
    rows = ((one.of, f"{one.value:g} {one.unit}", one.by) for one in scale.MEASURED)
    return table(("What", "Took", "Measured by"), *rows)


def _scale_needs() -> str:
    return table(("Needed", "How much", "From"), *scale.needs())


GENERATED: dict[str, Callable[[], str]] = {
    "fields": _fields,
    "statuses": _statuses,
    "issue-codes": _issues,
    "outcomes": _outcomes,
    "policy": _policy,
    "commands": _commands,
    "make-targets": _targets,
    "connectors": _connectors,
    "platform-fields": _grid(offers.field_grid),
    "platform-capabilities": _grid(offers.capability_grid),
    "platform-ids": _grid(offers.identity_grid),
    "way-formats": _grid(offers.format_grid),
    "workday-report": _workday_report,
    "scale-measured": _scale_measured,
    "scale-needs": _scale_needs,
    "file-profiles": _grid(offers.profile_grid),
    **{
        f"fields-of-{one.key}": _grid(partial(offers.field_table, one.connector))
        for one in offers.platforms()
    },
}


# Lists whose explanations people write ----------------------------------------------------------------------


def _guard_rules() -> list[str]:
    rules = (*FEED_RULES, *QUANTITY_RULES, *PERSON_RULES, resembles_leaver)
    return [*(rule.__name__ for rule in rules), CONTACT_MOVED]


def _situations() -> list[str]:
    """No list in the code names them, so every word has to be one that a step writes."""
    words = ["linked", "found", "found_elsewhere", "new", "missing", "ambiguous", "id_changed", "unreadable"]
    steps = "".join(path.read_text("utf-8") for path in (ROOT / "schedulepop/sync/plan").rglob("*.py"))
    return [word for word in words if f'"{word}"' in steps]


def _models() -> Any:
    """Models cannot be imported before pytest-django has set Django up."""
    from schedulepop.accounts import actors
    from schedulepop.messages import letters
    from schedulepop.messages.models import Message
    from schedulepop.sync import models

    return {
        "run-states": models.RunState.values,
        "integration-states": models.IntegrationState.values,
        "triggers": models.Trigger.values,
        "rests": models.Run.Rest.values,
        "email-states": Message.State.values,
        "letters": list(letters.KINDS),
        "doors": list(actors.DOORS),
    }


def lists() -> dict[str, list[str]]:
    """The words of every closed list, in the code's order."""
    from schedulepop.cli import doctor
    from tests.health.nothing import metric_names

    return {
        **_models(),
        "situations": _situations(),
        "verbs": ["create", "update", "deactivate", "reactivate", "transfer"],
        "counts": list(report.counts({})),
        "buckets": list(outcomes.BUCKETS),
        "steps": list(report.STEPS),
        "guard-rules": _guard_rules(),
        "environment": environment(),
        "mapping": list(Mapping.model_fields),
        "exclusion": list(Exclusion.model_fields),
        "connector": list(Connector.__dataclass_fields__),
        "doctor": list(doctor.CHECKS),
        "metrics": metric_names(),
        "dependencies": requirements("run"),
        "development": requirements("dev"),
    }


def environment() -> list[str]:
    """Every environment variable the product reads, sorted."""
    sources = [path.read_text("utf-8") for path in (ROOT / "schedulepop").rglob("*.py")]
    read = r"environ(?:\.get|\.setdefault)?[(\[]\s*\"([A-Z_]+)\""
    found = {name for text in sources for name in re.findall(read, text)}
    return sorted(name for name in found if name.startswith(("SCHEDULEPOP_", "DATABASE_")) or name in OUTSIDE)


def requirements(name: str) -> list[str]:
    """Packages of requirements/<name>.in, as written there, without versions."""
    lines = (ROOT / f"requirements/{name}.in").read_text("utf-8").splitlines()
    return [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith(("-", "#"))]


@cache
def commands() -> dict[tuple[str, ...], Any]:
    """Every command of the console script by its words."""
    from schedulepop.cli.app import app

    def walk(node: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        if not hasattr(node, "commands"):
            yield words, node
            return
        for name, child in node.commands.items():
            yield from walk(child, (*words, name))

    return dict(walk(typer.main.get_command(app), ()))


@cache
def targets() -> dict[str, str]:
    """Targets of the Makefile with what they say of themselves."""
    text = (ROOT / "Makefile").read_text("utf-8")
    return dict(re.findall(r"^([\w-]+):.*?## (.*)$", text, re.M))


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
