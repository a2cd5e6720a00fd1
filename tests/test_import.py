"""Loading the product starts nothing: what is forked afterwards works."""

from __future__ import annotations

import subprocess
import sys

PROBE = """
import importlib, os, schedulepop.cli.app
os.environ["DJANGO_SETTINGS_MODULE"] = "schedulepop.settings"
import django
django.setup()
for name in ("schedulepop.urls", "schedulepop.jobs", "schedulepop.worker"):
    importlib.import_module(name)
print(sorted(open(f"/proc/self/task/{one}/comm").read().strip() for one in os.listdir("/proc/self/task")))
"""


def test_no_module_computes_with_polars_when_it_is_loaded() -> None:
    """Its threads are not in a fork, which then waits for them for ever: a worker of `make faults`, in a run."""
    threads = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout
    assert "polars-0" not in threads
