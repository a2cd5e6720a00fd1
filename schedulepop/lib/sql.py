"""SQL kept in files beside the code that runs it, so that it can be read, explained and tested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

_LIST = re.compile(r"\[\[(\w+): (.+?)(?:; text: (.+?))?\]\]", re.DOTALL)


@cache
def load(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`. Raises FileNotFoundError when there is none."""
    return (resources.files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def with_columns(statement: str, lists: Mapping[str, Mapping[str, str]]) -> str:
    """The statement with its column lists written out: `[[pay: d.$]]` is `d.pay_rate, d.pay_unit, …`.

    `lists`: list → column → SQL type. `[[pay: $ = NULL; text: $ = '']]` has another form for columns of text.
    """

    def written(found: re.Match[str]) -> str:
        name, form, of_text = found.groups()
        forms = {
            column: of_text if of_text and kind == "text" else form for column, kind in lists[name].items()
        }
        return ", ".join(one.replace("$", column) for column, one in forms.items())

    return _LIST.sub(written, statement)
