"""Payroll of many homes for a year, kept aside: what its files say, and whether the product holds exactly that.

What happens in a night follows from the numbers of the home and the night alone: most nights nothing, one in five a
change of one person, one in thirty a hire, a leaver and some changes.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench import generator

AT = {name: place for place, name in enumerate(generator.COLUMNS)}
ONE_CHANGE, BIGGER = 0.20, 0.233  # of the nights: up to the first one change, up to the second a bigger night
CHANGES_OF_A_BIGGER = 6
GONE_FOR_SURE = (3, timedelta(days=5))  # files without them, and days: beyond every grace period
ZONES = [code for code, _ in generator.ZONES]
NAMED = ("first_name", "last_name", "employee_number", "duty", "zone")
DUTIES = {code: name for code, name, _, _ in generator.DUTIES}


@dataclass
class Home:
    """One payroll: who is in its file, and everything it ever told."""

    number: int
    path: Path
    records: list[list[str]]
    waiting: list[list[str]]  # who is hired next, the last first
    told: Counter[str] = field(default_factory=Counter)  # "create", "update" → how many since the first file
    changed_on: list[date] = field(default_factory=list)
    left: dict[str, date] = field(default_factory=dict)  # payroll ID → first file without them


def homes(folder: Path, count: int, people: int, days: int) -> list[Home]:
    """As `fleet.build` left them: everybody's file lies there and was applied."""
    everybody = [
        line.split(",") for line in generator.feed(people + days // 8 + 10).decode().splitlines()[1:]
    ]
    return [
        Home(
            number,
            folder / f"home-{number}.csv",
            [list(one) for one in everybody[:people]],
            [list(one) for one in reversed(everybody[people:])],
        )
        for number in range(count)
    ]


def write_night(home: Home, number: int, at: datetime) -> None:
    """Payroll writes its file of the night: another one, or the same anew."""
    random = Random(home.number * 100_003 + number)
    chance = random.random()
    if chance < BIGGER:
        bigger = chance >= ONE_CHANGE
        if bigger:
            _hire_and_leave(home, random, at.date())
        stayed = home.records[:-1] if bigger else home.records
        for record in random.sample(stayed, min(len(stayed), CHANGES_OF_A_BIGGER if bigger else 1)):
            _change(record, random, number)
            home.told["update"] += 1
        home.changed_on.append(at.date())
    lines = [",".join(generator.COLUMNS.values()), *map(",".join, home.records), ""]
    if chance < BIGGER or not home.path.exists():
        home.path.write_text("\n".join(lines))
    os.utime(home.path, (at.timestamp(), at.timestamp()))


def _hire_and_leave(home: Home, random: Random, today: date) -> None:
    gone = home.records.pop(random.randrange(len(home.records)))
    home.left[gone[AT["source_id"]]] = today
    home.records.append(home.waiting.pop())
    home.told["create"] += 1


def _change(record: list[str], random: Random, number: int) -> None:
    """Another zone or another phone; never what it was."""
    if random.random() < 0.5:
        record[AT["zone"]] = ZONES[(ZONES.index(record[AT["zone"]]) + 1) % len(ZONES)]
    else:
        last = f"{random.randrange(10):d}{number % 1_000:03d}"
        before = record[AT["phone"]]
        record[AT["phone"]] = f"(515) 556-{last}" if last not in before else f"(515) 557-{last}"


def lost(homes: list[Home], nights: int, today: date) -> list[str]:
    """What the product does not hold as payroll told it, a sentence each; empty: nothing was lost."""
    from schedulepop.sync.models import Integration

    found: list[str] = []
    for integration in Integration.objects.select_related("organization").order_by("pk"):
        home = homes[int(re.sub(r"\D", "", Path(integration.config["path"]).name))]
        for one in (
            *_people(home, integration.pk, today),
            *_history(home, integration.pk, nights),
            *_kept(home, integration, today),
        ):
            found.append(f"home {home.number}: {one}")
    return found


def _people(home: Home, integration: int, today: date) -> list[str]:
    """Everybody's live status and values equal the last file; whoever left for good has no access any more."""
    from schedulepop import employee
    from schedulepop.directory.models import Membership

    rows = Membership.objects.filter(
        user__links__integration=integration, user__links__retired_at=None
    ).values_list(
        "user__links__source_id", "status", "user__first_name", "user__last_name", "employee_number",
        "primary_duty__name", "primary_zone__name", "user__phone", "user__email", "hire_date",
    )  # fmt: skip
    there = {row[0]: row[1:] for row in rows}
    found = []
    for record in home.records:
        says = there.pop(record[AT["source_id"]], None)
        if says != _as_told(record, says):
            found.append(f"{record[AT['source_id']]} is {says}")
    for one, (status, *_) in there.items():
        since = home.left.get(one)
        if since is None:
            found.append(f"{one} was never in a file")
            continue
        files = sum(1 for day in home.changed_on if day >= since)
        gone = files >= GONE_FOR_SURE[0] and today - since >= GONE_FOR_SURE[1]
        if gone and status not in employee.ENDED:
            found.append(f"{one} left on {since} and is {status}")
    return found


def _as_told(record: list[str], says: Any) -> tuple[Any, ...] | None:
    """The record as the User List shows it; a phone nobody can read says nothing."""
    cell = {name: record[place] for name, place in AT.items()}
    figures = re.sub(r"\D", "", cell["phone"])[-10:]
    status = {"Active": "active", "Leave of Absence": "leave_of_absence", "FMLA": "fmla"}
    return (
        status[cell["status"]],
        *(cell[name] for name in NAMED[:3]),
        DUTIES[cell["duty"]],
        dict(generator.ZONES)[cell["zone"]],
        f"+1{figures}" if figures else (says and says[6]),
        cell["email"].lower(),
        datetime.strptime(cell["hire_date"], "%m/%d/%Y").date(),
    )


def _history(home: Home, integration: int, nights: int) -> list[str]:
    """A run of every night, applied; a row of history and one of the trail for everything payroll told."""
    from schedulepop.accounts.models import AuditEntry
    from schedulepop.sync.models import Change, Run

    runs = Run.objects.filter(integration=integration, trigger="schedule")
    states = Counter(runs.values_list("state", flat=True))
    found = [] if states == Counter({"applied": nights}) else [f"runs {dict(states)}"]
    changes = Counter(Change.objects.filter(run__in=runs).values_list("verb", flat=True))
    trail = Counter(
        AuditEntry.objects.filter(run_id__in=runs.values("pk"), subject="membership").values_list(
            "verb", flat=True
        )
    )
    for name, rows in (("history", changes), ("trail", trail)):
        if any(rows[verb] != home.told[verb] for verb in ("create", "update")):
            found.append(f"{name} {dict(rows)}, told {dict(home.told)}")
        if rows["deactivate"] > len(home.left):
            found.append(f"{name} has {rows['deactivate']} removals of {len(home.left)} who left")
    return found


def _kept(home: Home, integration: Any, today: date) -> list[str]:
    """Within their keep every plan that changed somebody is there and every file; past it only what is needed."""
    from django.db.models import Q

    from schedulepop.retention import needed
    from schedulepop.sync.models import RawFeed, Run

    organization = integration.organization
    plans = today - timedelta(days=organization.keep_plans_days - 1)
    files = today - timedelta(days=organization.keep_feeds_days - 1)
    runs = Run.objects.filter(integration=integration, trigger="schedule")
    changed = runs.filter(local_date__gt=plans, changes__isnull=False, plan=None)
    found = [f"{changed.count()} plans are gone early"] if changed.exists() else []
    within = sum(1 for day in home.changed_on if day > files)
    feeds = RawFeed.objects.filter(integration=integration)
    there = feeds.filter(content__isnull=False, runs__local_date__gt=files).distinct().count()
    if there < within:
        found.append(f"{there} files of {within}")
    keeps = needed.of(organization)
    late = runs.filter(local_date__lt=plans - timedelta(days=3), plan__isnull=False)
    stored = Q(stored_at__date__lt=files - timedelta(days=3))
    old = feeds.filter(stored & ~Q(runs__local_date__gte=files - timedelta(days=3)))
    for name, stale in (
        ("plans", late.exclude(pk__in=keeps.runs)),
        ("files", old.exclude(pk__in=keeps.feeds)),
    ):
        if stale.exists():
            found.append(f"{stale.count()} {name} past their keep")
    return found
