"""Which old encoding a file is in, and text that was encoded twice: judged by whether its words look like names.

Every byte means something in every such encoding, so nothing else can tell: a wrong one gives signs inside words
(`Carrasc—n`), capitals inside small letters, or two alphabets in one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_ENCODINGS = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp850": "DOS (850)",
    "cp437": "DOS (437)",
    "cp1250": "Windows-1250",
    "iso8859_2": "ISO 8859-2",
    "cp852": "DOS (852)",
    "cp1251": "Windows-1251",
    "koi8_r": "KOI8-R",
    "cp866": "DOS (866)",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
}
"""Those that are tried, the likelier first: it wins where two read alike."""
_USUAL = frozenset("áéíóúñüöäçèêëàâôîïßåæ")
_SOME = frozenset("ãõøûąćęłńśźżčďěňřšťůýžőűăîșțğışđœ")
_ALPHABETS = {"CYRILLIC": 0.9, "GREEK": 0.7}
"""What a word wholly in another alphabet than the Latin one counts."""
_WORD = re.compile(rb"[\w'\x80-\xff]*[\x80-\xff][\w'\x80-\xff]*")
_MOST_WORDS = 2_000
_CLEAR = 0.15
"""By how much the best reading has to beat every other one, in points a word, not to be in doubt."""
TWICE = re.compile(
    "[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014"
    "\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
"""What is left of a letter that was encoded as UTF-8 twice (`Ã³`)."""
_TWICE = re.compile(rb"\xc3[\x82-\x85](?:\xc2[\x80-\xbf]|\xc5|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80\x82\x84])")


def guess(data: bytes) -> tuple[str, str, bool]:
    """The codec, its name, and whether another one reads some words differently and nearly as well."""
    words = Counter(_WORD.findall(data)).most_common(_MOST_WORDS)
    total = sum(count for _, count in words) or 1
    read = {codec: [_decoded(word, codec) for word, _ in words] for codec in _ENCODINGS}
    scores = {
        codec: sum(_points(text) * count for text, (_, count) in zip(texts, words, strict=True)) / total
        for codec, texts in read.items()
    }
    best = max(scores, key=lambda codec: scores[codec])
    near = (codec for codec in scores if scores[codec] > scores[best] - _CLEAR)
    return best, _ENCODINGS[best], any(read[codec] != read[best] for codec in near)


def _decoded(word: bytes, codec: str) -> str | None:
    try:
        return word.decode(codec)
    except UnicodeDecodeError:
        return None


def _points(word: str | None) -> float:
    """How much a word looks like a part of a name: from 1, like one, down to -2."""
    if word is None:
        return -2.0
    foreign = [sign for sign in word if ord(sign) > 127]
    if any(not sign.isalpha() and sign not in "’‘´`" for sign in foreign):
        return -1.0
    scripts = {unicodedata.name(sign, "?").split()[0] for sign in word if sign.isalpha()}
    if len(scripts) > 1 or re.search(r"[^\W\d_A-Z][A-Z\u00c0-\u00de\u0100-\u017f]", _capitals(word)):
        return -1.0
    if scripts and scripts <= _ALPHABETS.keys():
        return _ALPHABETS[scripts.pop()]
    kinds = [1.0 if sign.lower() in _USUAL else 0.7 if sign.lower() in _SOME else 0.2 for sign in foreign]
    return min(kinds, default=1.0)


def _capitals(word: str) -> str:
    """The word with every capital as `A` and every other letter as `a`, `Mc` and `Mac` as in names."""
    shape = "".join("A" if sign.isupper() else "a" if sign.isalpha() else sign for sign in word)
    return "" if shape.isupper() or word.startswith(("Mc", "Mac", "De", "Di", "La", "Le", "Van")) else shape


def is_encoded_twice(data: bytes) -> bool:
    """Whether a file, as UTF-8, has such letters."""
    return _TWICE.search(data) is not None


def once(text: str) -> str:
    """A text that was encoded twice as it was meant; any other as it is."""
    if not TWICE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
