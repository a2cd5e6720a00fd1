"""What arguments name: ORG, ORG/INTEGRATION, a run's number, USERNAME, `--by USER`; looked up, or the command ends."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from schedulepop.cli.output import USAGE, fail

P = TypeVar("P", "Duty", "Zone")
By = Annotated[str | None, typer.Option(help="The user who does this.")]
OrgName = Annotated[str, typer.Argument(metavar="ORG/NAME")]
LocationName = Annotated[str | None, typer.Option(help="A location's name or payroll code.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]
Plan = Annotated[str | None, typer.Option("--plan", help="Hash of the plan that is approved.")]
RunPath = Annotated[str, typer.Argument(metavar="ORG/NAME[#N]", help="A run; without #N the newest.")]

if TYPE_CHECKING:
    from django.db.models import Manager

    from schedulepop.accounts.actors import Actor
    from schedulepop.accounts.models import Organization, User
    from schedulepop.directory.models import Duty, Location, Zone
    from schedulepop.sync.models import Integration, Run


def organization(name: str) -> Organization:
    """By slug, or by name. Ends the command when there is none."""
    from django.db.models import Q

    from schedulepop.accounts.models import Organization

    found = Organization.objects.filter(Q(slug=name) | Q(name__iexact=name)).first()
    if found is None:
        known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)[:10])
        raise fail(
            f"There is no organization {name!r}. Known: {known or 'none yet; add one with `schedulepop org add`'}."
        )
    return found


def location(owner: Organization, name: str | None) -> Location:
    """A location by its name or payroll code. Ends the command when there is none."""
    from django.db.models import Q

    from schedulepop.directory.models import Location
    from schedulepop.lib.text import fold_code

    if not name:
        raise fail("Name the location: --location NAME.", USAGE)
    found = Location.objects.filter(organization=owner).filter(
        Q(name__iexact=name) | Q(codes__code=fold_code(name))
    )
    match = found.first()
    if match is None:
        known = ", ".join(Location.objects.filter(organization=owner).values_list("name", flat=True))
        raise fail(f"{owner.name} has no location {name!r}. It has: {known or 'none'}.")
    return match


def part(parts: Manager[P], name: str) -> P | None:
    """A duty or a zone of a location by its name, None when none is named. Ends the command when there is none."""
    if not name:
        return None
    found = parts.filter(name__iexact=name).first()
    if found is None:
        known = ", ".join(str(one) for one in parts.order_by("name"))
        raise fail(f"The location has no {name!r}. It has: {known or 'none'}.")
    return found


def integration(path: str) -> Integration:
    """ORG/NAME. Ends the command when there is none."""
    from schedulepop.sync.models import Integration

    org, _, name = path.partition("/")
    if not name:
        raise fail(f"Write the integration as ORG/NAME, not {path!r}.", USAGE)
    owner = organization(org)
    found = Integration.objects.select_related("organization").filter(organization=owner)
    match = found.filter(slug=name).first() or found.filter(name__iexact=name).first()
    if match is None:
        known = ", ".join(found.values_list("slug", flat=True))
        raise fail(f"{owner.name} has no integration {name!r}. It has: {known or 'none'}.")
    return match


def run(path: str, number: int | None) -> Run:
    """ORG/NAME and a run's number; the newest one without a number."""
    from schedulepop.sync.models import Run

    owner = integration(path)
    found = Run.objects.select_related("integration__organization", "raw").filter(integration=owner)
    match = found.filter(number=number).first() if number is not None else found.order_by("-number").first()
    if match is None:
        raise fail(f"{path} has no run {number}." if number is not None else f"{path} has not run yet.")
    return match


def only_run(number: int) -> Run:
    """A bare run number, where one integration alone has it."""
    from schedulepop.sync.models import Run

    found = list(Run.objects.select_related("integration__organization", "raw").filter(number=number)[:2])
    if len(found) == 1:
        return found[0]
    raise fail(
        f"There is no run {number}."
        if not found
        else f"Several integrations have a run {number}: write ORG/NAME#{number}."
    )


def actor(by: str | None) -> Actor:
    """`--by USER`, checked against that user's role; without it the machine's operator with all rights."""
    from schedulepop.accounts.actors import Actor

    if by is None:
        return Actor.operator(getpass.getuser())
    return Actor.of(user(by), door="cli")


def user(name: str) -> User:
    """By username. Ends the command when there is none."""
    from schedulepop.accounts.models import User

    found = User.objects.select_related("organization").filter(username=name.lower()).first()
    if found is None:
        raise fail(f"There is no user {name!r}.")
    return found


def reading(owner: Organization, by: str | None) -> Actor:
    """Who reads of this organization; ends the command as if it were not there for whoever may not look into it."""
    reader = actor(by)
    if not reader.organizations().filter(pk=owner.pk).exists():
        raise fail(f"There is no organization {owner.slug!r} for {by}.")
    return reader


def reading_all(owner: Organization, by: str | None, what: str) -> Actor:
    """The same for what only an admin or Client Success sees as a whole."""
    reader = reading(owner, by)
    if not reader.runs_syncs(owner):
        raise fail(f"Only an admin of {owner.name} or Client Success sees {what}.")
    return reader


def run_at(path: str) -> Run:
    """A run by `ORG/NAME`, `ORG/NAME#N` or its ID. Ends the command when there is none."""
    if path.isdigit():
        return only_run(int(path))
    name, _, number = path.partition("#")
    if number and not number.isdigit():
        raise fail(f"Write the run as ORG/NAME#N, not {path!r}.", USAGE)
    return run(name, int(number) if number else None)
