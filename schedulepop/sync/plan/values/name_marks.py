"""What stands around a name and is no part of it: titles before, credentials behind, nicknames in brackets.

The lists are closed, so that nobody loses a name to a guess. A suffix (Jr, III) is part of the last name. A word that
is a credential for one person is a surname for another (Do, Ma, Rn): it is left out only in capitals beside a name
that is not, or set apart by a comma, and never where nothing else is left.
"""

from __future__ import annotations

import re

from schedulepop.lib import text

_TITLES = "mr,mrs,ms,miss,mx,dr,prof,rev,hon,fr,sr,sister"
_CREDENTIALS = (
    "rn,lpn,lvn,cna,ccna,gna,stna,lna,cma,ccma,rma,cmt,qma,hha,pca,pcw,np,fnp,anp,aprn,crnp,dnp,crna,cnm,cns,bsn,adn,"
    "asn,msn,nd,md,do,dc,dds,dmd,dpm,od,pa,dpt,pt,lpt,pta,ot,otd,otr,cota,slp,ccc,ccm,msw,bsw,lsw,lcsw,lmsw,lisw,rd,"
    "rdn,ldn,cdn,dtr,cdm,cfpp,lnha,nha,don,adon,rt,rrt,crt,emt,wcc,cwcn,cwocn,chpn,ccrn,cen,phr,sphr,shrm,phd,edd,"
    "pharmd,rph,mba,mph,mha,mpa,ma,ms,ba,bs,bsc,msc,rac,ct,bc"
)
_ALSO_NAMES = frozenset(["do", "don", "ma", "pa", "ba"])
"""Surnames as well: capitals tell nothing of them in a name that is all in capitals."""
_MIXED = frozenset(["PhD", "PharmD", "EdD"])
_TITLE_WORDS, _CREDENTIAL_WORDS = _TITLES.split(","), _CREDENTIALS.split(",")
TITLE = f"(?:{'|'.join(_TITLE_WORDS)})"
SUFFIX = r"(?:jr|sr|ii|iii|iv|2nd|3rd|esq)"
CREDENTIAL = rf"(?:{'|'.join(re.sub(r'(?<=.)(?=.)', '[.]?', word) for word in _CREDENTIAL_WORDS)})"
MARKED = (
    rf"(?i)^{TITLE}\.?[ ]|[ ,.]{TITLE}\.?(?:[ ,]|$)|[ ,.-]{SUFFIX}\.?(?:[ ,]|$)|[ ,]{CREDENTIAL}(?:[ ,./-]|$)|"
    r"[(\"“”\[]|(?:^|[ ])'"
)
"""A name with anything to leave out, or to look at word by word."""
_NICKNAME = re.compile(r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"|“[^”]*”|(?<!\S)'[^']+'(?![^\s,])")
_TITLE = re.compile(rf"(?i){TITLE}\.?")
_SUFFIX = re.compile(rf"(?i){SUFFIX}\.?")


def without_nickname(name: str) -> str:
    """Without what is in brackets or quotes; tidied."""
    return text.clean(_NICKNAME.sub(" ", name)).replace(" ,", ",").strip(" ,")


def is_suffix(word: str) -> bool:
    """Jr., III: part of the last name."""
    return bool(_SUFFIX.fullmatch(word))


def is_mark(word: str) -> bool:
    """A suffix, a credential or a title, where a comma sets it apart."""
    return bool(_SUFFIX.fullmatch(word) or _TITLE.fullmatch(word)) or _is_credential(word)


def is_sure(word: str, name: str) -> bool:
    """A credential by its capitals, in this name."""
    bare = word.replace(".", "")
    if not _is_credential(word) or not (bare.isupper() or bare in _MIXED):
        return False
    return not name.isupper() or bare.lower() not in _ALSO_NAMES


def without_titles(words: list[str]) -> list[str]:
    """Without the titles it begins with, as long as a name is left."""
    while len(words) > 1 and _TITLE.fullmatch(words[0]) and not is_mark(words[1]):
        words = words[1:]
    while len(words) > 2 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    return words


def bare_half(half: str) -> str:
    """A first or a last name from a column of its own, without what is no part of it."""
    named = without_nickname(half)
    parts = [part.split() for part in named.split(",") if part.strip()]
    if not parts:
        return half
    words = without_titles(parts[0])
    for part in parts[1:]:
        words += [word for word in part if is_suffix(word) or not all(map(is_mark, part))]
    suffix: list[str] = []
    while len(words) > 1 and (is_sure(words[-1], named) or is_suffix(words[-1])):
        last = words.pop()
        suffix = [last, *suffix] if is_suffix(last) else suffix
    return " ".join([*words, *suffix])


def _is_credential(word: str) -> bool:
    parts = [part for part in re.split("[/-]", word.replace(".", "").lower()) if part]
    known = _CREDENTIAL_WORDS
    return bool(parts) and parts[0] in known and all(part in known or len(part) == 1 for part in parts)
