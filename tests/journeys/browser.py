"""Finding a Chromium: one that is there, else Debian's package when root, else Playwright's own download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOW = "The browser tests need Chromium. Install it with: {}"


def flags() -> list[str]:
    """Launch arguments; as root Chromium refuses its sandbox."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def find(playwright_path: str) -> str:
    """The path of a Chromium, installing one where that is possible; RuntimeError names the one command."""
    return _there(playwright_path) or _debian() or _download(playwright_path)


def _there(playwright_path: str) -> str | None:
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    return playwright_path if Path(playwright_path).exists() else None


def _debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run(command, env=environment, capture_output=True, timeout=600, check=False).returncode:
            return None
    return shutil.which("chromium")


def _download(playwright_path: str) -> str:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode or not Path(playwright_path).exists():
        by_hand = "apt-get install -y chromium" if os.geteuid() == 0 else " ".join(command)
        raise RuntimeError(HOW.format(by_hand))
    return playwright_path
