"""`schedulepop backup | restore`: the whole database into one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli.database import bring_up_to_date, database, grant, migrate_url
from schedulepop.cli.output import fail, out
from schedulepop.postgres import ServerError, archive

if TYPE_CHECKING:
    from schedulepop.retention.erasure.restored import BroughtBack

File = Annotated[Path, typer.Argument(help="The backup.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Although there are people in this database: they go.")
]


def backup(file: File) -> None:
    """Write everything in the database into one file, as of one moment. Syncs and pages go on meanwhile."""
    if file.exists():
        raise fail(f"{file} is there already. Name another file.")
    if not file.parent.is_dir():
        raise fail(f"There is no folder {file.parent}. Make it, or name another file.")
    with database(migrated=False):
        try:
            archive.dump(migrate_url(), file)
        except (ServerError, OSError) as error:
            raise fail(str(error)) from None
    size = file.stat().st_size / 1_000_000
    out.print(
        f"Written: {file} ({size:.1f} MB). It holds names and addresses: keep it where only you can read it."
    )


def restore(file: File, replace: Replace = False) -> None:
    """Put a backup in the place of this database: all of it, or nothing has changed."""
    if not file.is_file():
        raise fail(f"There is no file {file}.")
    with database(migrated=False):
        from django.db import connections

        url = migrate_url()
        try:
            archive.put_back(url)
            _refuse(url, file, replace=replace)
            erased = _erased_before()
            with archive.restored(url, file):
                bring_up_to_date(quiet=True, restoring=True)
                grant()
                unknown, back = _afterwards(file, erased)
                connections.close_all()
        except ServerError as error:
            raise fail(str(error)) from None
    out.print("Restored. The next run of every integration compares everybody.")
    if back.again:
        out.print(
            f"{back.again} of the people in it were erased after the backup was made. The worker erases them again."
        )
    if back.left:
        out.print(
            f"They were erased, too, and are employed in this backup, so nobody erases them by themselves: "
            f"{', '.join(back.left)}. Look at each, and use `users erase`.",
            markup=False,
        )
    if unknown:
        out.print(
            f"{unknown} of the letters waited when the backup was made. Nobody knows whether they went out since, "
            "so they are not sent by themselves: send them again where that is right."
        )


def _refuse(url: str, file: Path, *, replace: bool) -> None:
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    from schedulepop.accounts.models import Organization

    if archive.migrations(url, file) - set(MigrationLoader(None).disk_migrations):
        raise fail(
            f"{file} was made by a newer version of SchedulePop. Bring this version up to it, then restore."
        )
    there = Organization._meta.db_table in connections["migrate"].introspection.table_names()
    if there and not replace and Organization.objects.using("migrate").exists():
        raise fail("There are people in this database. Add --replace if the backup shall take their place.")
    connections.close_all()
    if archive.others(url):
        raise fail("Somebody is connected to this database. Stop web and worker first, then restore.")


def _erased_before() -> set[tuple[int, str, str]]:
    """Who was erased, by keyed hashes, as the database that is replaced and the state folder have it."""
    from django.db import connections

    from schedulepop.retention.erasure import restored
    from schedulepop.sync.models import Tombstone

    there = Tombstone._meta.db_table in connections["migrate"].introspection.table_names()
    known = restored.known("migrate" if there else None)
    connections.close_all()
    return known


def _afterwards(file: Path, erased: set[tuple[int, str, str]]) -> tuple[int, BroughtBack]:
    """What a backup cannot know: everybody is compared again, no letter goes out a second time, and whoever was erased
    since is erased again. Audited.
    """
    from django.db import transaction
    from django.utils.timezone import now

    from schedulepop.accounts import audit
    from schedulepop.accounts.models import Organization
    from schedulepop.cli import arguments
    from schedulepop.messages import restored
    from schedulepop.retention.erasure import restored as erasures
    from schedulepop.sync.models import Fingerprints

    with transaction.atomic():
        Fingerprints.objects.update(compared_on=None)
        unknown = restored.forget_waiting()
        back = erasures.erase_again(erased, actor=arguments.actor(None), at=now())
        for organization in Organization.objects.order_by("pk"):
            audit.record(
                arguments.actor(None),
                organization,
                "restored",
                ("database", None),
                changes=[audit.change("backup", None, file.name)],
            )
    return unknown, back
