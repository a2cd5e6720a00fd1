"""Laws of the pure pipeline, on random payroll life in a random User List (hypothesis).

The feed is a CSV text that goes through the real read and normalize. A small world makes clashes frequent: few
ids, few names, two locations. `make test` tries eight worlds per law, the same every time; `make test-all` 25.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan import fingerprints, trial, unchanged_file
from schedulepop.sync.plan.frames.feed import Delta, Feed, FileProfile
from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.values.emails import read_emails
from schedulepop.sync.plan.without_feed import plan_unread
from tests.scale import reach
from tests.sync.plan.made_frames import TODAY
from tests.sync.plan.memory import UserList

HEADER = (
    "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Location,Job Code,Department,Status,Hire Date,"
    "Termination Date,Primary Job,Return Date"
)
IDS = [f"{n:03d}" for n in range(1, 10)]
LAW = settings(
    max_examples=reach(8, 25),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""Without shrinking, which takes minutes here; a world prints itself small enough to read."""
DAYS = ["", "2019-02-11", "2026-03-09", "2026-03-10", "2026-03-25"]
rows = st.tuples(
    st.sampled_from([*IDS, *IDS, "", "1.0E+02"]),
    st.sampled_from(["", *(f"E{n}" for n in IDS[:4])]),
    st.sampled_from(["Ann", "Bob", "Cat", ""]),
    st.sampled_from(["Lee", "Ray", "Díaz"]),
    st.sampled_from(["", "a@maple.org", "b@maple.org", "c@maple.org", "nonsense"]),
    st.sampled_from(["", "(215) 555-0101", "(215) 555-0102"]),
    st.sampled_from(["MN", "MN", "MS", "XX"]),
    st.sampled_from(["RN", "CNA", "", "WHO"]),
    st.sampled_from(["E", "W", "Attic"]),
    st.sampled_from(["Active", "Active", "Active", "Leave", "Suspended", "Terminated", "Odd", ""]),
    st.sampled_from(DAYS),
    st.sampled_from(["", "", "", *DAYS[1:]]),
    st.sampled_from(["", "", "Yes", "No"]),
    st.sampled_from(["", "", *DAYS[1:], "2026-03-11"]),
)
feeds = st.lists(rows, max_size=9).map(
    lambda lines: "\n".join([HEADER, *(",".join(line) for line in lines), ""])
)
POLICIES = [
    Policy(),
    Policy(
        **{
            name: {"floor": 99, "share": 1.0}
            for name in ("rejects", "removals_location", "removals_organization", "creates_location")
        },
        short={"floor": 99, "share": 1.0},
    ),
]


@dataclass(repr=False)
class World:
    """A User List and the mapping, policy and day of the next run."""

    now: UserList
    policy: Policy
    mapping: Mapping
    today: date = TODAY

    def __repr__(self) -> str:
        lines = [
            *self.now.people,
            *self.now.members,
            self.now.links,
            self.mapping.blank_clears,
            self.policy.short,
        ]
        return "World(\n  " + "\n  ".join(str(line) for line in lines) + ")"

    def seen(self, text: str) -> FileProfile:
        return trial.profile_feed(read(text.encode(), pay=False, name="feed.csv"), self.mapping)

    def plan(self, text: str, known: Plan | None = None) -> Plan:
        """The plan for this feed: the whole of it, or what changed since this plan was applied."""
        seen, snapshot = self.seen(text), self.now.snapshot(self.today)
        delta = _delta(seen.feed, seen, snapshot.links["source_id"], known, self)
        return plan(PlanInput(seen, delta, snapshot, self.mapping, self.policy, day=self.today))


def _delta(feed: Feed, seen: FileProfile, linked: pl.Series, known: Plan | None, world: World) -> Delta:
    if known is None:
        return fingerprints.full_delta(feed, seen.columns, linked)
    return fingerprints.incremental_delta(
        feed,
        seen.columns,
        known.fingerprints,
        carried=known.carried,
        dirty_ids=(),
        already_missing=world.now.missing["source_id"].to_list(),
        today=world.today,
        read_emails=read_emails,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A User List as earlier feeds left it, with local edits, a contractor and somebody added by hand."""
    policy = draw(st.sampled_from(POLICIES))
    clears = draw(st.sampled_from([frozenset(), frozenset({"phone", "email", "termination_date"})]))
    mapping = Mapping(
        blank_clears=clears, create_codes=draw(st.sampled_from([frozenset(), frozenset({"zone"})]))
    )
    now = UserList(first_sync=True)
    by_hand: list[dict[str, Any]] = [
        {"first_name": "Ann", "last_name": "Lee", "email": "a@maple.org", "local": False, "number": "E001"},
        {"first_name": "Ivo", "last_name": "Agency", "email": "b@maple.org", "local": True, "number": "E002"},
    ]
    for number, person in enumerate(by_hand[: draw(st.integers(0, 2))], 1):
        employee_number = person.pop("number")
        now.people.append({"user_id": number, "confirmed_email": None, "admin": False, **person})
        now.members.append(
            {
                "membership_id": 100 + number,
                "user_id": number,
                "location_id": 1,
                "status": "active",
                "employee_number": employee_number,
                "payroll_owned": False,
                "role": "manager",
            }
        )
    world = World(now, policy, mapping, TODAY - timedelta(days=10))
    for _ in range(draw(st.integers(0, 2))):
        now.apply(world.plan(draw(feeds)))
        world.today += timedelta(days=4)
    for person in now.people:
        if draw(st.integers(0, 3)) == 0:
            person["email"] = "typed@maple.org"
            now.edits.append(
                {"user_id": person["user_id"], "field": "email", "editor": "Mia Moss", "at": TODAY}
            )
    world.today = TODAY
    return world


def _content(
    drawn: Plan,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], dict[str, int]]:
    """What a plan does and says, without the positions of rows in the file."""
    return (
        drawn.changes.drop("row").to_dicts(),
        drawn.fields.to_dicts(),
        drawn.holds.to_dicts(),
        drawn.counts,
    )


@LAW
@given(worlds(), feeds)
def test_the_same_feed_again_changes_nothing(world: World, feed: str) -> None:
    drawn = world.plan(feed)
    world.now.apply(drawn)
    again = world.plan(feed)
    assert again.applicable.is_empty()
    assert again.counts["created"] == again.counts["updated"] == 0


@LAW
@given(worlds(), feeds, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(world: World, feed: str, random: Any) -> None:
    header, *lines = feed.strip().split("\n")
    shuffled = random.sample(lines, len(lines))
    other = "\n".join([header, *shuffled, ""])
    one, two = world.plan(feed), world.plan(other)
    assert _content(one) == _content(two)
    assert one.missing.drop("counted_sha").equals(two.missing.drop("counted_sha"))


@LAW
@given(worlds(), feeds)
def test_every_record_ends_in_one_bucket(world: World, feed: str) -> None:
    drawn = world.plan(feed)
    assert drawn.records["row"].is_unique().all()
    assert sum(drawn.counts[bucket] for bucket in BUCKETS) == drawn.counts["read"] == drawn.records.height


@LAW
@given(worlds(), feeds)
def test_nothing_but_owned_fields_of_payrolls_people_changes(world: World, feed: str) -> None:
    before = copy.deepcopy(world.now)
    world.now.apply(world.plan(feed))
    theirs = set(world.now.links.values())
    people = {person["user_id"]: person for person in world.now.people}
    members = {member["membership_id"]: member for member in world.now.members}
    for person in before.people:
        now = people[person["user_id"]]
        assert (now["local"], now["confirmed_email"]) == (person["local"], person["confirmed_email"])
        if person["user_id"] not in theirs or person["local"]:
            assert now == person
    for member in before.members:
        now = members[member["membership_id"]]
        fixed = ("user_id", "location_id", "role")
        assert [now[name] for name in fixed] == [member[name] for name in fixed]
        assert now["payroll_owned"] or not member["payroll_owned"]
        for kind in ("duty_id", "zone_id"):
            assert now.get(kind) is not None or member.get(kind) is None, "a primary is never taken away"


@LAW
@given(worlds(), feeds)
def test_nobody_is_doubled(world: World, feed: str) -> None:
    """No two users made by one feed share a number and a name, or an email and a name, nor take over a link."""
    before = dict(world.now.links)
    known = {person["user_id"] for person in world.now.people}
    world.now.apply(world.plan(feed))
    assert {source_id: world.now.links[source_id] for source_id in before} == before
    made = [person for person in world.now.people if person["user_id"] not in known]
    keys = [(p["email"], p["first_name"], p["last_name"]) for p in made if p["email"]]
    assert len(keys) == len(set(keys))
    users = list(world.now.links.values())
    assert len(users) == len(set(users)), "two ids never share a user without an answer"


def _the_same(full: Plan, fast: Plan) -> None:
    """What both say, find and leave for the next night.

    A record at rest stays at rest for the fast plan, also where its location is in doubt since tonight: it reads as on
    the night it was settled. The full plan, which knows no last night, looks at it once more.
    """
    assert _content(full) == _content(fast)
    assert full.problems.to_dicts() == fast.problems.to_dicts()
    assert full.missing.equals(fast.missing)
    skipped = ~fast.fingerprints["source_id"].is_in(fast.records["source_id"].implode()).fill_null(True)
    assert fast.fingerprints.filter(skipped)["clean"].all()
    once_more = skipped & ~full.fingerprints["clean"]
    for one, two in zip(_left(full, once_more), _left(fast, once_more), strict=True):
        assert one == two


def _left(drawn: Plan, without: pl.Series) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The fingerprints a plan leaves, and the findings carried with them."""
    elsewhere = drawn.fingerprints.filter(without)["hash"].implode()
    return (
        drawn.fingerprints.filter(~without).to_dicts(),
        drawn.carried.filter(~pl.col("hash").is_in(elsewhere)).to_dicts(),
    )


@LAW
@given(worlds(), feeds, feeds, st.sets(st.integers(1, 9), max_size=3))
def test_the_fast_plan_is_the_full_plan(world: World, first: str, second: str, gone: set[int]) -> None:
    """Two nights: rows appear and vanish, then nothing more happens."""
    drawn = world.plan(first)
    world.now.apply(drawn)
    lines = second.strip().split("\n")[1:]
    third = [line for n, line in enumerate(first.strip().split("\n")) if n not in gone]
    mixed = "\n".join(
        [third[0], *lines[:1], *third[1:], *lines[1:2], ""]
    )  # most records unchanged, one row further
    for _ in range(2):
        world.today += timedelta(days=1)
        full, fast = world.plan(mixed), world.plan(mixed, drawn)
        _the_same(full, fast)
        world.now.apply(full)
        drawn = fast


@LAW
@given(worlds(), feeds)
def test_the_fast_plan_of_an_unchanged_night_is_the_full_plan(world: World, feed: str) -> None:
    """Twice, so that whoever was made by the first night is known to the second, and the third can be at rest."""
    drawn = world.plan(feed)
    for _ in range(2):
        world.now.apply(drawn)
        world.today += timedelta(days=1)
        full, fast = world.plan(feed), world.plan(feed, drawn)
        _the_same(full, fast)
        drawn = fast


@LAW
@given(worlds(), feeds)
def test_the_plan_of_the_same_file_unread_is_the_plan_of_the_file(world: World, feed: str) -> None:
    for _ in range(3):  # as soon as the feed is at rest; what one could not see at a glance is read anyway
        drawn = world.plan(feed)
        world.now.apply(drawn)
        world.today += timedelta(days=1)
        seen = world.seen(feed)
        found = unchanged_file.cached_reading(seen, drawn)
        if (
            found is None
            or world.now.missing.height
            or (found.recheck_on and found.recheck_on <= world.today)
        ):
            continue
        kept = unchanged_file.unpack(unchanged_file.pack(found))
        unread = plan_unread(
            kept,
            world.now.snapshot(world.today),
            world.mapping,
            world.policy,
            day=world.today,
        )
        read_again = world.plan(feed, drawn)
        assert _content(unread) == _content(read_again)
        for name in ("counts", "columns", "blank", "unknown_columns"):
            assert getattr(unread, name) == getattr(read_again, name)
        assert unread.problems.to_dicts() == read_again.problems.to_dicts()
        assert unread.holds.equals(read_again.holds)
        event("unread")


def test_who_works_elsewhere_shares_an_address_whether_looked_at_or_not() -> None:
    """Payroll ended Ann at one location, a manager added her at another: her address is hers, for both plans."""
    world = World(UserList(first_sync=True), Policy(), Mapping())
    ann = "001,,Ann,Lee,a@maple.org,,MN,RN,E,Active,2019-02-11,,,"
    bob = "003,,Bob,Ray,c@maple.org,,MN,RN,E,Active,2019-02-11,,,"
    left = ann.replace("Active,2019-02-11,,", "Terminated,2019-02-11,2026-03-09,")
    takes_it = bob.replace("c@", "a@")
    drawn = None
    for night, lines in enumerate([[ann, bob], [ann, bob], [left, bob], [left, bob], [left, takes_it]]):
        feed = "\n".join([HEADER, *lines, ""])
        full, fast = world.plan(feed), world.plan(feed, drawn)
        _the_same(full, fast)
        world.now.apply(full)
        world.today += timedelta(days=1)
        drawn = fast
        if night == 0:
            world.now.members.append(_added_by_hand(world.now.links["001"]))
    assert fast.problems.filter(pl.col("code") == "email_shared")["row"].to_list() == [2, 3]


def _added_by_hand(user: int) -> dict[str, Any]:
    return {
        "membership_id": 900,
        "user_id": user,
        "location_id": 2,
        "status": "active",
        "employee_number": None,
        "payroll_owned": False,
        "role": "manager",
    }
