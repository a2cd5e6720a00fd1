"""The image of `deploy/Containerfile`, built by Debian's tools without a registry, and run as an operator would run it.

Debian itself comes from `mmdebstrap`, Python's packages from a folder, so that the machine's own mirrors serve both.
The container has no rights, a system that it cannot write, and one volume.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.documents import ROOT
from tests.scale import ALL

TOOLS = ("buildah", "podman", "runc", "mmdebstrap")
FILE = ROOT / "deploy/Containerfile"

only_all = pytest.mark.skipif(
    not ALL, reason="only in make test-all: builds a Debian and an image, five minutes"
)


def test_it_installs_what_is_locked_and_leaves_root() -> None:
    text = FILE.read_text("utf-8")
    final = text.rpartition("\nFROM ")[2]
    assert "--require-hashes" in text
    assert "-r /src/requirements/run.txt" in text
    assert re.search(r"^USER [1-9]\d+$", final, re.M)
    assert final.index("USER ") > final.index("RUN ")


def call(*words: object, **options: Any) -> str:
    """What a program prints; a failure shows what it said."""
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@pytest.fixture(scope="module")
def tools() -> None:
    """Debian's programs for containers; installed where this user may."""
    missing = [one for one in TOOLS if shutil.which(one) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        call("apt-get", "update")
        call("apt-get", "install", "--yes", "--no-install-recommends", *TOOLS)
    elif missing:
        pytest.skip(f"{', '.join(missing)} cannot be installed by this user")


@pytest.fixture(scope="module")
def image(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image's name; nothing of it stays on the machine."""
    folder = tmp_path_factory.mktemp("image")
    base, name = "localhost/schedulepop-test-base", "localhost/schedulepop-test"
    packages = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
    call(*packages, "--dest", folder / "packages", "--requirement", ROOT / "requirements/run.txt")
    call("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", folder / "debian.tar")
    call("podman", "import", folder / "debian.tar", base)
    options = ("--isolation", "chroot", "--volume", f"{folder / 'packages'}:/packages:ro", "--file", FILE)
    arguments = (f"BASE={base}", "PIP_OPTIONS=--no-index --find-links /packages")
    given = [word for one in arguments for word in ("--build-arg", one)]
    try:
        call("buildah", "build", *options, *given, "--tag", name, ROOT)
        yield name
    finally:
        for one in (name, base):
            subprocess.run(["podman", "rmi", "--force", one], capture_output=True, check=False)


@pytest.fixture
def container(image: str) -> Iterator[tuple[str, int]]:
    """A demo in a container that may write nothing but its volume, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = f"schedulepop-test-{port}"
    limits = [word for one in ("nofile=4096:4096", "nproc=4096:4096") for word in ("--ulimit", one)]
    narrow = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges")
    words = ("podman", "--runtime", "runc", "run", "--detach", "--network", "host", "--name", name)
    call(*words, *narrow, *limits, image, "demo", "--port", port)
    try:
        yield name, port
    finally:
        subprocess.run(["podman", "rm", "--force", "--volumes", name], capture_output=True, check=False)


def answered(port: int, path: str, within: float) -> str:
    """The page's text, as soon as there is one; "" after `within` seconds."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as page:
                return str(page.read().decode())
        except OSError:
            time.sleep(0.5)
    return ""


@only_all
def test_a_demo_is_served_by_a_user_without_rights(container: tuple[str, int]) -> None:
    name, port = container
    assert "Sign in" in answered(port, "/sign-in/", within=240)
    seen = "id -u; grep CapEff /proc/self/status; touch /opt/x /etc/x /x 2>&1 | grep -c 'Read-only'"
    user, rights, refused = call("podman", "exec", name, "sh", "-c", seen).split("\n")[:3]
    assert (user, rights.split()[1], refused) == ("10001", "0" * 16, "3")
    call("podman", "stop", "--time", "30", name)
    assert "Stopped." in call("podman", "logs", name)


@only_all
def test_its_commands_are_the_product_s(image: str) -> None:
    words = ("podman", "--runtime", "runc", "run", "--rm", "--read-only", "--network", "host")
    limits = [word for one in ("nofile=4096:4096", "nproc=4096:4096") for word in ("--ulimit", one)]
    assert call(*words, *limits, image, "--version").startswith("schedulepop ")


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the test's own environment gets in."""
    for name in [one for one in os.environ if one.startswith(("SCHEDULEPOP_", "DATABASE_"))]:
        monkeypatch.delenv(name)
