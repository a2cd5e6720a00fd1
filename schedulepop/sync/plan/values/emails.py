"""Email addresses: usable as they are with the domain lower-cased, a placeholder, several in one cell, or unreadable.

An address may stand as mail programs write it: `Name <a@b>`, `mailto:a@b`, in quotes, with a point behind it. A strict
pattern settles nearly all of them; what it does not settle goes to email-validator, without DNS, so that both give the
same answers at a fiftieth of the time.
"""

from __future__ import annotations

import re

import polars as pl
from email_validator import EmailNotValidError, validate_email

_ATOM = r"[A-Za-z0-9_+%'&-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-[A-Za-z0-9])*"
_PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}$"
_LIBRARY_DECIDES = r"(?i)[.@](?:arpa|invalid|local|localhost|onion|test)$|@.{60,}|^.{65,}@"
_NOBODY = (
    r"(?:no(?:t|ne)?[._ -]?(?:e?[._ -]?mail|address|reply|one|body|provided|available|given|on[._ -]?file)?\d*|"
    r"null|test(?:ing|er|email|user)?\d*|unknown|placeholder|dummy|fake|x{2,}|"
    r"do[._ -]?not[._ -]?(?:reply|email|use)|declined?|refused?|asdf\w*)"
)
_NO_NAME = r"(?:n[./]?a|nil|tbd|temp)"  # alone it is nobody; in front of a real domain it may be Ned Adams
_NOWHERE = r"(?:none|no-?e?mail|na|nowhere|invalid|unknown|x{2,}|test|fake|noaddress)"
_PLACEHOLDER = rf"(?i)^(?:{_NOBODY}(?:@.*)?|{_NO_NAME}|[^@]*@{_NOWHERE}\.[a-z.]+|[\W_x]*)$"


_WRITTEN = r"(?i)^[^@<>]*<\s*(?:mailto:)?([^\s<>]+)\s*>[.,;]*$|^(?:mailto:)?([^\s<>]+?)[.,;]+$"
_ONE = re.compile(r"[^\s<>,;:/|()\"']+@[^\s<>,;:/|()\"']+")


def read_emails(raw: pl.Series) -> pl.DataFrame:
    """A column as addresses: "value", "placeholder", "several" and "unreadable", in the order of `raw`.

    Null stays null. Of several different addresses in one cell none is taken: nobody knows whose the other one is.
    """
    text = pl.col("raw")
    frame = pl.DataFrame({"raw": _unwrapped(raw)}).with_columns(
        placeholder=text.str.contains(_PLACEHOLDER).fill_null(False),
        plain=(text.str.contains(_PLAIN) & ~text.str.contains(_LIBRARY_DECIDES)).fill_null(False),
    )
    lowered = pl.concat_str(text.str.extract(r"^([^@]*@)"), text.str.extract(r"@(.*)$").str.to_lowercase())
    frame = frame.with_columns(value=pl.when("plain").then(lowered), several=pl.lit(False))
    doubtful = (
        frame.filter(~pl.col("plain") & ~pl.col("placeholder"))["raw"].drop_nulls().unique().sort().to_list()
    )
    if doubtful:
        found = {written: _found(written) for written in doubtful}
        alone = {written: one[0] for written, one in found.items() if len(one) == 1}
        several = [written for written, one in found.items() if len(one) > 1]
        decided = text.replace_strict(list(alone), list(alone.values()), default=None, return_dtype=pl.String)
        frame = frame.with_columns(
            value=pl.coalesce("value", decided), several=text.is_in(several).fill_null(False)
        )
    nothing = pl.col("value").is_null() & ~pl.col("placeholder") & ~pl.col("several")
    return frame.select(
        value=pl.when(~pl.col("placeholder")).then("value"),
        placeholder="placeholder",
        several="several",
        unreadable=text.is_not_null() & nothing,
    )


def _unwrapped(raw: pl.Series) -> pl.Series:
    """The address alone, where a mail program wrote a name around it or a sentence ended with it."""
    if not raw.str.contains(r"[<>]|[.,;]$").any():
        return raw
    frame = pl.DataFrame({"raw": raw}).with_columns(
        pl.coalesce(pl.col("raw").str.extract(_WRITTEN, 1), pl.col("raw").str.extract(_WRITTEN, 2), "raw")
    )
    return frame["raw"]


def _found(written: str) -> list[str]:
    """The different addresses of a cell that is not plainly one."""
    whole = _by_library(written)
    if whole is not None:
        return [whole]
    every = [address for part in _ONE.findall(written) if (address := _by_library(part.rstrip(".")))]
    different = list({address.casefold(): address for address in reversed(every)}.values())
    rest = _ONE.sub("", written)
    said = re.fullmatch(r"(?i)[\s<>,;:/|()\"']*(?:mailto:[\s<>,;:/|()\"']*)*", rest)
    return different if len(different) > 1 or said else []


def _by_library(value: str) -> str | None:
    bare = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE)
    try:
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
