"""`python -m bench.connector --n 100000`: an ADP of N workers read into a spool; our own CPU time and peak memory.

The stub is a process of its own, so that what is measured is what a worker of the product would spend. Beside it the
same spool as a file that is there already, read by the file connector. The last line is one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schedulepop.connectors import source_of
from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.connectors.file import FILE
from schedulepop.connectors.spool import collect
from schedulepop.lib.http import Door
from tests.connectors.adp_wfn import certificates
from tests.connectors.adp_wfn.stub import CLIENT_ID, CLIENT_SECRET, AdpStub

RECORDING = Path(__file__).parent.parent / "tests/connectors/adp_wfn/recording.json"
GOAL_MB, GOAL_CPU = 150, 60


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.connector", description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="workers at ADP")
    parser.add_argument("--side", choices=["stub", "adp", "file"], help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    parser.add_argument("--feed", type=Path, default=Path(), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side == "stub":
        return _serve(options.n)
    if options.side:
        print(json.dumps(_adp(options.url, options.feed) if options.side == "adp" else _file(options.feed)))
        return 0
    with TemporaryDirectory() as folder:
        feed = ["--feed", f"{folder}/feed.csv"]
        stub = _started("stub", "--n", str(options.n))
        assert stub.stdout is not None
        adp = _measured("adp", "--url", stub.stdout.readline().strip(), *feed)
        stub.kill()
        file = _measured("file", *feed)
    more = adp["peak_mb"] - file["peak_mb"]
    print(f"{adp['people']:,} workers: {adp['cpu']:.1f} s of our own CPU in {adp['seconds']:.0f} s")
    print(f"peak memory {adp['peak_mb']:.0f} MB, reading the file {file['peak_mb']:.0f} MB: {more:+.0f} MB")
    figures = {name: adp[name] for name in ("people", "cpu", "seconds", "peak_mb")} | {"more_mb": round(more)}
    print(json.dumps(figures | {"ok": adp["cpu"] <= GOAL_CPU and more <= GOAL_MB}))
    return 0


def _started(side: str, *words: str) -> subprocess.Popen[str]:
    words = (sys.executable, "-m", "bench.connector", "--side", side, *words)
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def _measured(side: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_started(side, *words).communicate()[0].splitlines()[-1])
    return found


def _serve(n: int) -> int:
    with AdpStub(json.loads(RECORDING.read_text("utf-8")), n) as stub:
        print(stub.url, flush=True)
        time.sleep(3600)
    return 0


def _adp(url: str, feed: Path) -> dict[str, Any]:
    certificate, key = certificates.client()
    secrets = {"client_secret": CLIENT_SECRET, "certificate": certificate, "private_key": key}
    door = Door(allowed=("127.0.0.1",), routes=dict.fromkeys(AdpStub.ORIGINS, url))
    began, cpu = time.monotonic(), time.process_time()
    with source_of(ADP_WFN, {"client_id": CLIENT_ID}, secrets, door=door) as source:
        collected = collect(ADP_WFN, source)
        spent = {"cpu": round(time.process_time() - cpu, 1), "seconds": round(time.monotonic() - began, 1)}
        collected.files[0].path.rename(feed)
    return spent | {"people": collected.people, "peak_mb": _peak()}


def _file(path: Path) -> dict[str, Any]:
    with source_of(FILE, {"path": str(path)}) as source:
        collect(FILE, source)
    return {"peak_mb": _peak()}


def _peak() -> float:
    """Megabytes of memory at the peak."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
