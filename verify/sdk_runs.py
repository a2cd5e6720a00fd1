"""A vendor's SDK pointed at our stub: the stub speaks the vendor's dialect, and so what was tested with it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jmespath

from schedulepop.connectors.testing import Laws
from verify.catalog import Platform, Sdk
from verify.results import Check, failed, unverified, verified

HERE = Path(__file__).parent
INSTALLS_WITHIN, RUNS_WITHIN = 600, 120  # seconds
PEOPLE = 23


def check(platform: Platform, laws: Laws, build: Path) -> Check:
    """The SDK, in an environment of its own, reads everybody of the stub."""
    if platform.sdk is None:
        return unverified("sdk", "the vendor has none that installs")
    script = HERE / "sdk" / f"{platform.kind}.py"
    python, missing = _environment(platform.sdk, build / f"sdk-{platform.kind}")
    if missing:
        return unverified("sdk", missing)
    with laws.running(count=PEOPLE, page=5) as run:
        known = {"token": run.stub.token(), **laws.CONFIG, **laws.SECRETS}
        words = [str(python), "-P", str(script), run.stub.url, json.dumps(known)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=RUNS_WITHIN, check=False)
        except subprocess.TimeoutExpired:
            return failed("sdk", f"{platform.sdk.package} did not end")
        people = [jmespath.search(platform.sdk.ids, run.stub.person(place)) for place in range(PEOPLE)]
    if done.returncode:
        return failed("sdk", f"{platform.sdk.package}: {done.stderr.strip()[-300:]}")
    read = json.loads(done.stdout.splitlines()[-1])
    if sorted(map(str, read)) != sorted(map(str, people)):
        return failed("sdk", f"{platform.sdk.package} read {len(set(read))} of {PEOPLE} people of our stub")
    return verified("sdk", f"{platform.sdk.package} read {PEOPLE} people of our stub")


def _environment(sdk: Sdk, folder: Path) -> tuple[Path, str]:
    """The interpreter that has the SDK, or why there is none."""
    python, done_mark = folder / "bin/python", folder / "installed"
    if done_mark.exists() and done_mark.read_text("utf-8") == sdk.package:
        return python, ""
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        sdk.package,
        *sdk.beside,
    ]
    for words in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=INSTALLS_WITHIN, check=False)
        except subprocess.TimeoutExpired:
            return python, f"{sdk.package} took too long to install"
        if done.returncode:
            return python, f"{sdk.package} does not install: {done.stderr.strip().splitlines()[-1][-160:]}"
    done_mark.write_text(sdk.package, "utf-8")
    return python, ""
