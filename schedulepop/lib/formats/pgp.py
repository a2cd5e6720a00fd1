"""PGP: an integration's own key pair, and messages that were encrypted for it. The secret half is never on a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from schedulepop.lib.formats.errors import DamagedError, EncryptedError, TooLargeError, TooMuchWorkError
from schedulepop.lib.formats.isolated import DiedError, started


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves as text (ASCII armor). `secret` belongs among the sealed secrets."""

    public: str
    secret: str = field(repr=False)
    fingerprint: str = ""


def make_key_pair(user_id: str) -> KeyPair:
    """A new key pair without an end, for one integration; `user_id` is what payroll sees of it."""
    import pysequoia

    made = pysequoia.Tsk.generate(user_id, validity_seconds=None)
    certificate = made.extract_certificate()
    return KeyPair(str(certificate), str(made), certificate.fingerprint.upper())


def decrypt(source: Path, target: Path, name: str, limit: int, key: str) -> None:
    """The message as plain text. Raises EncryptedError, DamagedError, TooLargeError or TooMuchWorkError."""
    if not key:
        raise EncryptedError("pgp_without_key", {"name": name})
    with started("pgp", source, target, limit) as child:
        child.tell(key.encode(), last=True)
        try:
            wrong = child.told().get("error", "")
        except DiedError as error:
            wrong = "too_large" if error.too_large else "memory"
    if wrong:
        target.unlink(missing_ok=True)
    if wrong == "too_large":
        raise TooLargeError("pgp_too_large", {"name": name, "megabytes": limit // 2**20})
    if wrong == "memory":
        raise TooMuchWorkError("pgp_too_much_work", {"name": name})
    if wrong == "key":
        raise EncryptedError("pgp_other_key", {"name": name})
    if wrong:
        raise DamagedError("pgp_damaged", {"name": name})
