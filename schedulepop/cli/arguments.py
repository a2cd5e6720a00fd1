"""What arguments name: ORG, ORG/INTEGRATION, a run's number, USERNAME, `--by USER`; looked up, or the command ends.

Looked up among what that user may see: what is not theirs is answered like what is not there.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from schedulepop.cli.output import USAGE, fail
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.lib.text import whole_number

P = TypeVar("P", "Duty", "Zone")
By = Annotated[str | None, typer.Option(help="The user who does this.")]
OrgName = Annotated[str, typer.Argument(metavar="ORG/NAME")]
LocationName = Annotated[str | None, typer.Option(help="A location's name or payroll code.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]
Plan = Annotated[str | None, typer.Option("--plan", help="Hash of the plan that is approved.")]
RunPath = Annotated[str, typer.Argument(metavar="ORG/NAME[#N]", help="A run; without #N the newest.")]

_NO_USER = "There is no user {!r}."

if TYPE_CHECKING:
    from django.db.models import Manager

    from schedulepop.accounts.actors import Actor
    from schedulepop.accounts.models import Organization, User
    from schedulepop.directory.models import Duty, Location, Zone
    from schedulepop.sync.models import Integration, Run


def organization(name: str, by: str | None) -> Organization:
    """By slug, or by name. Ends the command when there is none, or none for whoever may not look into it."""
    from django.db.models import Q

    seen = actor(by).organizations()
    found = seen.filter(Q(slug=name) | Q(name__iexact=name)).first()
    if found is None:
        known = ", ".join(seen.order_by("slug").values_list("slug", flat=True)[:10])
        raise fail(
            f"There is no organization {name!r}{_for(by)}. "
            f"Known: {known or 'none yet; add one with `schedulepop org add`'}."
        )
    return found


def location(owner: Organization, name: str | None, by: str | None) -> Location:
    """A location by its name or payroll code, of those one looks after. Ends the command when there is none."""
    from django.db.models import Q

    from schedulepop.directory import access
    from schedulepop.lib.text import fold_code

    if not name:
        raise fail("Name the location: --location NAME.", USAGE)
    seen = access.managed_locations(actor(by), owner)
    match = seen.filter(Q(name__iexact=name) | Q(codes__code=fold_code(name))).first()
    if match is None:
        known = ", ".join(seen.order_by("name").values_list("name", flat=True))
        raise fail(f"{owner.name} has no location {name!r}{_for(by)}. It has: {known or 'none'}.")
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


def integration(path: str, by: str | None) -> Integration:
    """ORG/NAME. Ends the command when there is none."""
    from schedulepop.sync.models import Integration

    org, _, name = path.partition("/")
    if not name:
        raise fail(f"Write the integration as ORG/NAME, not {path!r}.", USAGE)
    owner = organization(org, by)
    found = Integration.objects.select_related("organization").filter(organization=owner)
    match = found.filter(slug=name).first() or found.filter(name__iexact=name).first()
    if match is None:
        known = ", ".join(found.values_list("slug", flat=True))
        raise fail(f"{owner.name} has no integration {name!r}. It has: {known or 'none'}.")
    return match


def run(path: str, number: int | None, by: str | None) -> Run:
    """ORG/NAME and a run's number; the newest one without a number."""
    from schedulepop.sync.models import Run

    owner = integration(path, by)
    found = Run.objects.select_related("integration__organization", "raw").filter(integration=owner)
    match = (
        found.filter(number=number).first()
        if number is not None
        else found.full().order_by("-number").first()
    )
    if match is None:
        raise fail(f"{path} has no run {number}." if number is not None else f"{path} has not run yet.")
    return match


def only_run(number: int, by: str | None) -> Run:
    """A bare run number, where one integration alone has it."""
    from schedulepop.sync.models import Run

    seen = Run.objects.filter(organization__in=actor(by).organizations())
    found = list(seen.select_related("integration__organization", "raw").filter(number=number)[:2])
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
    return Actor.of(_user(by), door="cli")


def user(name: str, by: str | None) -> User:
    """By username, of those whom one may read. Ends the command when there is none."""
    from schedulepop.directory import access

    found, reader = _user(name), actor(by)
    theirs = reader.organizations().filter(pk=found.organization_id).exists()
    if not (theirs and access.users(reader, found.organization).filter(pk=found.pk).exists()):
        raise fail(_NO_USER.format(name))
    return found


def colleague(name: str, by: str | None) -> User:
    """By username, of the vendor's people; of a lead's own vendor. Ends the command when there is none."""
    found, reader = _user(name), actor(by)
    theirs = reader.user is None or reader.user.organization_id == found.organization_id
    if not (theirs and found.organization.vendor):
        raise fail(_NO_USER.format(name))
    return found


def _user(name: str) -> User:
    from schedulepop.accounts.models import User

    found = User.objects.select_related("organization").filter(username=name.lower()).first()
    if found is None:
        raise fail(_NO_USER.format(name))
    return found


def _for(by: str | None) -> str:
    return f" for {by}" if by is not None else ""


def file_content(file: Path, owner: Organization, by: str | None) -> bytes:
    """What a file of a command's holds. With `--by` it has to lie where the organization's files do, as a feed has.

    Ends the command in the same words for a file that is missing and one that is elsewhere.
    """
    from schedulepop.connectors import inside
    from schedulepop.sync.run import feed_folders

    if by is None:
        try:
            return file.read_bytes()
        except OSError as error:
            raise fail(f"{file} cannot be read: {error.strerror}.", USAGE) from None
    places = feed_folders.places(owner)
    try:
        with inside.opened(places, str(file)) as found:
            return inside.content(found, MAX_BYTES)
    except (inside.NotInsideError, OSError):
        raise fail(f"There is no file {file} in {places[0]}. With --by, files are read there only.") from None


def text(file: Path, owner: Organization, by: str | None) -> str:
    """The same of a file that holds text."""
    try:
        return file_content(file, owner, by).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail(f"{file} is no text in UTF-8.", USAGE) from None


def reading_all(owner: Organization, by: str | None, what: str) -> Actor:
    """Who reads what only an admin or Client Success sees as a whole; ends the command for everybody else."""
    reader = actor(by)
    if not reader.runs_syncs(owner):
        raise fail(f"Only an admin of {owner.name} or Client Success sees {what}.")
    return reader


def run_at(path: str, by: str | None) -> Run:
    """A run by `ORG/NAME`, `ORG/NAME#N` or its ID. Ends the command when there is none."""
    if (known := whole_number(path)) is not None:
        return only_run(known, by)
    name, _, number = path.partition("#")
    if number and whole_number(number) is None:
        raise fail(f"Write the run as ORG/NAME#N, not {path!r}.", USAGE)
    return run(name, whole_number(number), by)
