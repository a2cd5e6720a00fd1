"""Secrets at rest, sealed with the installation's keys (ADR 0018): SCHEDULEPOP_KEYS, or a file beside the database.

The first key seals, all of them open. What a text was sealed for is inside of it, so that one sealed for something
else, or for somebody else's row, does not open. The keys are in no backup.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NOT_A_KEY = (
    "A key in {} is none: 32 random bytes in URL-safe base64, which `schedulepop keys new` prints; several are "
    "separated by commas."
)


class NotReadableError(Exception):
    """Sealed with another key, for another purpose, or changed since."""


def seal(text: str, purpose: str) -> str:
    """The text, sealed for this purpose."""
    return _fernets()[0].encrypt(json.dumps([purpose, text]).encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed for this purpose; raises NotReadableError."""
    try:
        meant, text = json.loads(MultiFernet(_fernets()).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise NotReadableError(purpose) from None
    if meant != purpose:
        raise NotReadableError(purpose)
    return str(text)


def resealed(sealed: str) -> str:
    """The same, for the same purpose, under the first key; raises NotReadableError."""
    try:
        return MultiFernet(_fernets()).rotate(sealed.encode()).decode()
    except InvalidToken:
        raise NotReadableError("rotation") from None


def key_id() -> str:
    """What names the key that seals now; it says nothing of the key."""
    return key_ids()[0]


def key_ids() -> tuple[str, ...]:
    """The names of all keys, in their order."""
    return tuple(hashlib.sha256(b"schedulepop key " + key.encode()).hexdigest()[:12] for key in keys())


def new_key() -> str:
    """A key as SCHEDULEPOP_KEYS takes it."""
    return Fernet.generate_key().decode()


def keys() -> tuple[str, ...]:
    """The environment's, else those of the file, which is made when it is missing and read anew when it changes."""
    if settings.KEYS:
        return _checked(settings.KEYS, "SCHEDULEPOP_KEYS")
    path = Path(settings.KEYS_FILE)
    if not path.exists():
        write_file((new_key(),), over=False)
    return _checked(_in_file(path, path.stat().st_mtime_ns), str(path))


def write_file(made: tuple[str, ...], *, over: bool = True) -> None:
    """The file of keys, whole or not at all (mode 0600). `over` False: one that somebody else made stays."""
    path = Path(settings.KEYS_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="keys-")  # 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(made) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if over:
            os.replace(name, path)
        else:
            os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)


@cache
def _in_file(path: Path, changed: int) -> tuple[str, ...]:
    return tuple(path.read_text().split())


@cache
def _checked(found: tuple[str, ...], where: str) -> tuple[str, ...]:
    for key in found:
        try:
            fits = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            fits = False
        if not fits:
            raise ImproperlyConfigured(NOT_A_KEY.format(where))
    if not found:
        raise ImproperlyConfigured(f"There is no key in {where}. Put it back from where the keys are kept.")
    return found


def _fernets() -> list[Fernet]:
    return [Fernet(key) for key in keys()]
