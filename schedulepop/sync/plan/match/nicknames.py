"""Short forms of first names, as used in the United States: Bill is William, Peggy is Margaret.

Our own table of the common ones. A short form may belong to several names (Pat: Patrick and Patricia); two
people whose first names share one agree as far as first names go, which suggests and never proves.
"""

from __future__ import annotations

NICKNAMES: dict[str, tuple[str, ...]] = {
    "abigail": ("abby", "gail"),
    "albert": ("al", "bert"),
    "alexander": ("alex", "xander", "sasha"),
    "alexandra": ("alex", "sandra", "sasha", "lexi"),
    "alfred": ("al", "fred"),
    "andrew": ("andy", "drew"),
    "anthony": ("tony",),
    "barbara": ("barb", "babs"),
    "benjamin": ("ben", "benny"),
    "catherine": ("cathy", "kate", "katie"),
    "charles": ("charlie", "chuck"),
    "christina": ("chris", "tina", "christy"),
    "christine": ("chris", "tina", "christy"),
    "christopher": ("chris", "kit"),
    "cynthia": ("cindy",),
    "daniel": ("dan", "danny"),
    "david": ("dave",),
    "deborah": ("deb", "debbie", "debra"),
    "dorothy": ("dot", "dottie"),
    "edward": ("ed", "eddie", "ted"),
    "eleanor": ("ellie", "nora"),
    "elizabeth": ("beth", "betsy", "betty", "eliza", "liz", "lizzie", "libby"),
    "eugene": ("gene",),
    "frances": ("fran", "frankie"),
    "francis": ("frank",),
    "frederick": ("fred", "freddie"),
    "gerald": ("gerry", "jerry"),
    "gregory": ("greg",),
    "henry": ("hank", "harry"),
    "jacqueline": ("jackie",),
    "jacob": ("jake",),
    "james": ("jim", "jimmy", "jamie"),
    "jennifer": ("jen", "jenny"),
    "jessica": ("jess", "jessie"),
    "john": ("jack", "johnny"),
    "jonathan": ("jon",),
    "joseph": ("joe", "joey"),
    "joshua": ("josh",),
    "judith": ("judy",),
    "katherine": ("kate", "kathy", "katie", "kay", "kit"),
    "kathleen": ("kathy", "kate"),
    "kenneth": ("ken", "kenny"),
    "kimberly": ("kim",),
    "lawrence": ("larry",),
    "leonard": ("leo", "lenny"),
    "margaret": ("maggie", "marge", "meg", "peg", "peggy", "greta"),
    "martha": ("marty", "patty"),
    "matthew": ("matt",),
    "michael": ("mike", "mickey"),
    "nancy": ("nan",),
    "nathaniel": ("nate", "nathan"),
    "nicholas": ("nick",),
    "pamela": ("pam",),
    "patricia": ("pat", "patty", "trish", "tricia"),
    "patrick": ("pat", "paddy"),
    "peter": ("pete",),
    "philip": ("phil",),
    "rebecca": ("becca", "becky"),
    "richard": ("dick", "rich", "rick"),
    "robert": ("bob", "bobby", "rob", "bert"),
    "ronald": ("ron", "ronnie"),
    "samantha": ("sam", "sammie"),
    "samuel": ("sam", "sammy"),
    "sandra": ("sandy",),
    "stephanie": ("steph",),
    "stephen": ("steve",),
    "steven": ("steve",),
    "susan": ("sue", "susie", "suzy"),
    "theodore": ("ted", "teddy", "theo"),
    "theresa": ("terry", "tess"),
    "thomas": ("tom", "tommy"),
    "timothy": ("tim",),
    "victoria": ("vicky", "tori"),
    "vincent": ("vince", "vinny"),
    "virginia": ("ginny", "ginger"),
    "walter": ("walt", "wally"),
    "william": ("bill", "billy", "liam", "will", "willie"),
    "zachary": ("zach", "zack"),
}

NAMES_OF: dict[str, frozenset[str]] = {
    short: frozenset(name for name, shorts in NICKNAMES.items() if short in shorts)
    for shorts in NICKNAMES.values()
    for short in shorts
}
"""Short form → the names it may stand for."""


def share_a_name(one: str, other: str) -> bool:
    """Whether two folded first names may be forms of one name."""
    return not names_of(one).isdisjoint(names_of(other))


def names_of(first: str) -> frozenset[str]:
    """The name itself and every name it is a short form of."""
    return NAMES_OF.get(first, frozenset()) | {first}
