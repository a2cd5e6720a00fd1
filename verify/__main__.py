"""`make verify-connectors SPECS=folder KINDS=bamboohr,finch`: see the package. The last line is one JSON object."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from schedulepop.connectors import REGISTRY
from verify import against_spec, catalog, paging, payloads, sdk_runs
from verify.catalog import Platform
from verify.prism import MissingError
from verify.results import Check, exit_code, summary, unverified

BUILD = Path(__file__).resolve().parent.parent / "build/verify"


def main(words: Sequence[str] | None = None) -> int:
    """Check every platform that is known here and in the registry."""
    parser = argparse.ArgumentParser(prog="verify", description=__doc__)
    parser.add_argument("--specs", default="", help="folder with the vendors' specifications")
    parser.add_argument("--kinds", default="", help="only these, with commas between")
    options = parser.parse_args(words)
    specs = Path(options.specs) if options.specs else None
    chosen = [one for one in options.kinds.split(",") if one]
    found: dict[str, list[Check]] = {}
    for kind, platform in catalog.platforms().items():
        if kind not in REGISTRY or (chosen and kind not in chosen):
            continue
        found[kind] = []
        for check in checks(platform, specs, BUILD):
            found[kind].append(check)
            print(f"{kind:12} {check.what:9} {check.state.value:10} {check.said}", flush=True)
    print(summary(found))
    return exit_code(found)


def checks(platform: Platform, specs: Path | None, build: Path) -> list[Check]:
    """All checks of one platform."""
    laws = catalog.laws_of(platform.kind)
    found = [paging.check(laws)]
    if specs is None or not specs.is_dir():
        return [
            *found,
            *(unverified(what, "no SPECS") for what in ("requests", "answers", "payloads", "sdk")),
        ]
    try:
        found += against_spec.of_spec(platform, laws, specs, build, catalog.faults(platform.kind))
    except MissingError as error:
        found += [unverified(what, str(error)) for what in ("requests", "answers")]
    return [
        *found,
        payloads.check(platform, laws, specs.parent / "payloads"),
        sdk_runs.check(platform, laws, build),
    ]


if __name__ == "__main__":
    sys.exit(main())
