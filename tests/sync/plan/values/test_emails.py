"""Email addresses: usable, placeholders, unreadable; the fast pattern never disagrees with the library."""

from __future__ import annotations

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan.values import emails
from schedulepop.sync.plan.values.emails import read_emails


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann.Lee@Example.ORG", "Ann.Lee@example.org"),
        ("ann+shift@mail.example.com", "ann+shift@mail.example.com"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("notann@example.org", "notann@example.org"),
        ("nora@example.org", "nora@example.org"),
        ("noone.smith@example.org", "noone.smith@example.org"),
        ("testa@example.org", "testa@example.org"),
    ],
)
def test_usable(written: str, value: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (value, False, False, False)


@pytest.mark.parametrize(
    "written",
    [
        "none@example.org",
        "noemail@example.org",
        "no-email@example.org",
        "no.email@example.org",
        "n/a",
        "N/A",
        "None",
        "na@na.com",
        "test@example.com",
        "test1@example.com",
        "unknown@example.org",
        "none@none.com",
        "xxx@example.org",
        "ann@noemail.com",
        "noreply@example.org",
        "do-not-reply@example.org",
        "declined",
        "-",
        "x",
        "no email",
        "ann@none.org",
        "NOEMAIL@EXAMPLE.ORG",
    ],
)
def test_placeholders(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, True, False, False)


@pytest.mark.parametrize(
    "written",
    [
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann lee@example.org",
        "ann..lee@example.org",
        ".ann@example.org",
        "ann@-example.org",
        "ann@localhost",
        "ann@printer.local",
        "ann@@example.org",
    ],
)
def test_unreadable(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, False, False, True)


@pytest.mark.parametrize(
    "written",
    [
        "Vera Lindqvist <vera@example.org>",
        '"Lindqvist, Vera" <vera@Example.org>',
        "<vera@example.org>",
        "Vera <mailto:vera@example.org>",
        "mailto:vera@example.org",
        "vera@example.org.",
        "vera@example.org;",
        "'vera@example.org'",
        '"vera@example.org"',
        "(vera@example.org)",
        "vera@example.org; vera@EXAMPLE.org",
        "vera@example.org <vera@example.org>",
        "mailto:vera@example.org;",
    ],
)
def test_one_address_as_mail_programs_write_it(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == ("vera@example.org", False, False, False)


@pytest.mark.parametrize(
    "written",
    [
        "ann@example.org; bo@example.org",
        "ann@example.org,bo@example.org",
        "ann@example.org / bo@example.com",
        "ann@example.org bo@example.org",
        "ann@example.org or bo@example.org",
        "Ann <ann@example.org>, Bo <bo@example.org>",
        "ann@example.org <bo@example.org>",
        "work: ann@example.org home: bo@example.net",
    ],
)
def test_of_several_addresses_none_is_taken(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, False, True, False)


@pytest.mark.parametrize(
    "written", ["na@example.org", "nil@example.org", "temp@example.org", "tbd@example.org"]
)
def test_a_short_name_at_a_real_domain_is_somebody(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (written, False, False, False)


@pytest.mark.parametrize(
    "written", ["na", "nil", "TBD", "temp", "na@na.com", "nil@none.org", "None <none@none.com>"]
)
def test_a_short_name_without_a_domain_is_nobody(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, True, False, False)


def test_null_is_neither() -> None:
    assert read_emails(pl.Series([None], dtype=pl.String)).row(0) == (None, False, False, False)


_LOCAL = st.text(alphabet="abXY019._+-'%&!", min_size=1, max_size=70)
_LABELS = st.lists(st.text(alphabet="abZ09-", min_size=1, max_size=8), min_size=1, max_size=4).map(".".join)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.builds("{}@{}".format, _LOCAL, _LABELS), min_size=10, max_size=30))
def test_the_fast_pattern_agrees_with_the_library(addresses: list[str]) -> None:
    found = read_emails(pl.Series(addresses))
    for address, value, placeholder in zip(addresses, found["value"], found["placeholder"], strict=True):
        if not placeholder:
            assert value == emails._by_library(address)


VALID = [
    "simple@example.com",
    "very.common@example.com",
    "x@example.com",
    "long.email-address-with-hyphens@and.subdomains.example.com",
    "user.name+tag+sorting@example.com",
    "name/surname@example.com",
    "admin@example.org",
    "mailhost!username@example.org",
    "user%example.com@example.org",
    "user-@example.org",
    "i.like.underscores@but_they_are_not_allowed_in_this_part.example.com",
    "Abc@example.tld",
    "Abc.123@test-example.com",
    "user+mailbox/department=shipping@example.tld",
    "!#$%&'*+-/=?^_`.{|}~@example.tld",
    "伊昭傑@郵件.商務",
    "राम@मोहन.ईन्फो",
    "юзер@екзампл.ком",
    "θσερ@εχαμπλε.ψομ",
    "葉士豪@臺網中心.tw",
    "jeff@臺網中心.tw",
    "葉士豪@臺網中心.台灣",
    "jeff葉@臺網中心.tw",
    "ñoñó@example.tld",
    "我買@example.tld",
    "甲斐黒川日本@example.tld",
    "чебурашкаящик-с-апельсинами.рф@example.tld",
    "ཏཾསཊྲ@domain.tld",
    "ann@xn--bcher-kva.example",
    "a@b.co",
    f"{'a' * 64}@example.org",
    f"{'a' * 65}@example.org",
    f"ann@{'a' * 63}.org",
    f"ann@{'a' * 64}.org",
    f"ann@{'.'.join(['abcdefghi'] * 25)}.org",
    "ann@example.a",
    "ann@example.org1",
    "ann@1.example.org",
    "ann@123.123.123.org",
    "ann@example.c-m",
    "ann@ex--ample.org",
    "ann@te--st.xn--p1ai",
]
INVALID = [
    "my@localhost",
    "my@.leadingdot.com",
    "my@.leadingfwdot.com",
    "my@twodots..com",
    "my@twofwdots..com",
    "my@lfwdot.com․",
    "my@-leadingdash",
    "my@-leadingdash.com",
    "my@trailingdash-",
    "my@trailingdash-.com",
    "my@my.trailingdash-.com",
    "my@-trailingdash.com",
    "my@\n.com",
    "me@x!",
    "me@x ",
    ".leadingdot@domain.com",
    "twodots..here@domain.com",
    "trailingdot.@domain.email",
    "me@⒈wouldbeinvalid.com",
    "@example.com",
    "white space@test",
    "ann@white space.com",
    "\nmy@example.com",
    "m\ny@example.com",
    "my\n@example.com",
    "test@\n",
    'bad"quotes"@example.com',
    'obsolete."quoted".atom@example.com',
    "me@[127.0.0.1]",
    "me@127.0.0.1",
    "me@example.local",
    "me@example.test",
    "me@example.onion",
    "me@example.invalid",
    "me@1.168.192.in-addr.arpa",
    "me@local",
    "me@host.localhost",
    "Abc.example.com",
    "A@b@c@example.com",
    'a"b(c)d,e:f;g<h>i[j\\k]l@example.com',
    'just"not"right@example.com',
    'this is"not\\allowed@example.com',
    f"{'a' * 40}.{'b' * 40}@example.org",
    "ann@exam_ple.org",
]
LISTED = sorted(
    {*VALID, *INVALID, *(f"mailto:{address}" for address in VALID[:9]), *(a.upper() for a in VALID[:9])}
)


def by_library(written: str) -> str | None:
    """What email-validator alone says, without asking the DNS."""
    bare = written.strip()
    bare = bare[7:] if bare.lower().startswith("mailto:") else bare
    try:
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def test_the_lists_hold_both_kinds() -> None:
    """The lists say what the library should find; where both agree, a change of the library shows here."""
    assert sum(by_library(address) is not None for address in VALID) >= 25
    assert sum(by_library(address) is None for address in INVALID) >= 40


@pytest.mark.parametrize("written", LISTED)
def test_listed_addresses_read_as_the_library_reads_them(written: str) -> None:
    value, placeholder, several, unreadable = read_emails(pl.Series([written])).row(0)
    assert not placeholder
    assert not several
    assert (value, unreadable) == (by_library(written), by_library(written) is None)


ADDRESS_LIKE = st.one_of(
    st.emails(),
    st.from_regex(r"\A[A-Za-z0-9_+%'&.-]{1,66}@[A-Za-z0-9.-]{1,70}\.[A-Za-z]{1,26}\Z"),
    st.builds(
        "{}@{}.{}".format,
        st.from_regex(r"\A[a-z]+(?:\.[a-z]+)*\Z"),
        st.from_regex(r"\A[a-z0-9-]{1,8}\Z"),
        st.sampled_from(["org", "com", "test", "local", "arpa", "onion", "invalid", "LocalHost", "co.uk"]),
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ADDRESS_LIKE, min_size=10, max_size=30))
def test_what_looks_like_an_address_reads_as_the_library_reads_it(written: list[str]) -> None:
    for text, (value, placeholder, _, _) in zip(written, read_emails(pl.Series(written)).rows(), strict=True):
        if not placeholder:
            assert value == by_library(text)
