"""Which address is called: a name is resolved once, every address judged, and the judged one connected to.

A name that resolves differently the second time (DNS rebinding) is not asked a second time. TLS still checks the name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from schedulepop.lib.http.errors import RefusedAddressError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as text. Raises OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach it. What IPv6 wraps around an IPv4 address is looked into."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if address.packed[:12] == bytes(12):  # IPv4-compatible, given up long ago
            return False
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class PublicBackend(httpcore2.SyncBackend):
    """Connects to public addresses, and to those private ones that the installation allows.

    `allowed` are host names and networks (`10.1.0.0/16`). `deadline` (monotonic seconds) ends whatever is under way,
    however slowly the other side drips: connecting, TLS, headers or body.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolve = resolve) -> None:
        self._hosts = {one.lower() for one in allowed}
        self._networks = [net for one in allowed if (net := _network(one)) is not None]
        self._resolve = resolve
        self.deadline = float("inf")

    def judged(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be called. One private address among them refuses them all."""
        addresses = self._resolve(host, port)
        if host.lower().rstrip(".") not in self._hosts:
            for text in addresses:
                address = ipaddress.ip_address(text.partition("%")[0])
                if not is_public(address) and not any(address in net for net in self._networks):
                    raise RefusedAddressError(
                        f"{host} is an address inside a private network, so it is not called. "
                        "Whoever runs this installation can allow it."
                    )
        return addresses

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *rest: Any, **more: Any) -> Any:
        try:
            addresses = self.judged(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("no such host") from error
        problem: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                stream = super().connect_tcp(address, port, self.left(timeout), *rest, **more)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self)
        raise problem

    def left(self, timeout: float | None) -> float:
        """Seconds for the next step. Raises httpcore2.ReadTimeout when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("deadline")
        return min(left, timeout if timeout is not None else left)


class _Stream(httpcore2.NetworkStream):
    """A stream whose every step ends at the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: PublicBackend) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None
