"""TLS contexts: the server's name is always checked; our own certificate never lies on a disk."""

from __future__ import annotations

import os
import ssl

from schedulepop.lib.http.errors import CertificateError


def context(title: str, certificate: tuple[str, str] | None, authorities: str = "") -> ssl.SSLContext:
    """A client's context. `certificate`: PEM of the certificate and of its key, without a passphrase; `authorities`:
    PEM of further roots that the installation trusts. Raises CertificateError.
    """
    made = ssl.create_default_context(cadata=authorities or None)
    if authorities:
        made.load_default_certs()
    if certificate is None:
        return made
    handle = os.memfd_create("certificate")
    readable = True
    try:
        os.write(handle, "\n".join(certificate).encode())
        made.load_cert_chain(f"/proc/self/fd/{handle}", password=lambda: b"")
    except (ssl.SSLError, ValueError, UnicodeError, OSError):
        readable = False
    finally:
        os.close(handle)
    if not readable:
        raise CertificateError(
            f"The client certificate for {title} and its private key cannot be read or do not belong together. "
            "Paste both as PEM, the key without a passphrase."
        )
    return made


def refused(error: BaseException | None) -> bool:
    """Whether a certificate, theirs or ours, is behind this failure of a connection."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or "").upper():
            return True
        error = error.__cause__ or error.__context__
    return False
