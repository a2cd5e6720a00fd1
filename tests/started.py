"""`schedulepop …` in a process of its own, forked from one that has the product's modules loaded already.

    done = started.run("org", "list", env=environment)

is what `subprocess.run([sys.executable, "-m", "schedulepop", "org", "list"], …)` gives, without the second that an
interpreter needs to load them. Django is set up in the new process, on the environment it is given. Start-up itself,
processes that are killed and servers are not for this: they are started as a user starts them.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 240  # seconds; then the command is killed


def run(*words: object, env: Mapping[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command's exit code, and what it wrote."""
    command = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {"words": command, "env": {**env}, "cwd": str(cwd), "out": str(out), "err": str(err)}
        loaded = _loaded()
        assert loaded.stdin is not None
        assert loaded.stdout is not None
        loaded.stdin.write(json.dumps(asked) + "\n")
        loaded.stdin.flush()
        code = int(loaded.stdout.readline())
        return subprocess.CompletedProcess(command, code, out.read_text("utf-8"), err.read_text("utf-8"))


@functools.cache
def _loaded() -> subprocess.Popen[str]:
    """The one that is forked, as long as this process lives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.started"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
    )
    atexit.register(process.communicate)
    return process


def _serve() -> None:
    """Forks for every line that is asked, and answers with the exit code."""
    from schedulepop.cli import app  # noqa: F401 (loaded before anybody forks)

    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(**asked)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(words: list[str], env: dict[str, str], cwd: str, out: str, err: str) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    signal.alarm(PATIENCE)
    sys.argv = ["schedulepop", *words]
    code = 1
    try:
        from schedulepop import cli

        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
