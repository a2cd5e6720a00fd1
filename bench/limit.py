"""The hand-written limit: what the same sync costs when somebody writes it by hand, for this schema alone.

A 64-bit hash per record, an anti-join against the hashes of the last feed, only changed records normalized, COPY
and set-based SQL, one transaction. Users, memberships, duties, zones, links, changes, audit, outbox, the raw feed
and the run's row are written as the product writes them. No plan is stored, nothing is guarded, nothing is
suggested, no issue is kept: that is what the product adds. Whoever makes this faster makes the bench more honest.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import psycopg
import zstandard

from bench import generator
from bench.ground import TIMEZONE, Ground

HEADERS = generator.COLUMNS
STATUSES = generator.MAPPING["statuses"]
USER = ("first_name", "last_name", "email", "phone")
MEMBERSHIP = ("employee_number", "status", "hire_date", "original_hire_date", "cms_code")
ORDER = (*USER, "duty", "zone", *MEMBERSHIP)  # of the fields in a change
PHONE = r"^\s*(?:\+?1[\s.\-]?)?\(?([2-9]\d{2})\)?[\s.\-]*([2-9]\d{2})[\s.\-]?(\d{4})\s*$"
EMAIL = (
    r"^[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$"
)


@dataclass(frozen=True, slots=True)
class Sync:
    """One run of the limit: its connection, whose feed it is, its row and its time."""

    db: psycopg.Connection[Any]
    ground: Ground
    run: int
    now: datetime

    @property
    def given(self) -> dict[str, Any]:
        """What every statement may name."""
        return {
            "organization": self.ground.organization,
            "integration": self.ground.integration,
            "run": self.run,
            "now": self.now,
            "by": f"sync run {self.run}",
        }

    def execute(self, statement: str) -> None:
        """Run one statement of this sync."""
        self.db.execute(statement, self.given)

    def read(self, query: str, **schema: Any) -> pl.DataFrame:
        """A query's rows as a frame, by COPY."""
        buffer = io.BytesIO()
        with self.db.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", self.given) as copy:
            for block in copy:
                buffer.write(block)
        return (
            pl.read_csv(buffer.getvalue(), has_header=False, schema=schema)
            if buffer.tell()
            else pl.DataFrame(schema=schema)
        )

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """A frame's rows into a table, by COPY. Columns are named as the table's."""
        statement = f"COPY {table} ({', '.join(frame.columns)}) FROM STDIN (FORMAT csv)"
        with self.db.cursor().copy(statement) as copy:
            copy.write(frame.write_csv(include_header=False, quote_style="necessary").encode())


def sync(db: psycopg.Connection[Any], ground: Ground) -> None:
    """Carry the export into the User List, in one transaction."""
    data = ground.export.read_bytes()
    table = pl.read_csv(data, infer_schema=False)
    hashes = table.select(HEADERS.values()).hash_rows(seed=1)
    with db.transaction():
        run = Sync(db, ground, _start(db, ground, data), datetime.now(UTC))
        run.execute("SET LOCAL schedulepop.applying = 'on'")
        known = _known(run)
        look = (
            ~hashes.is_in(known["hash"].implode())
            if known.height
            else pl.repeat(True, table.height, eager=True)
        )
        gone = known.filter(~known["hash"].is_in(hashes.implode()))
        touched = run.read(
            "SELECT l.source_id FROM sync_touched t JOIN sync_link l ON l.id = t.link_id "
            "WHERE l.integration_id = %(integration)s",
            source_id=pl.String,
        )
        if touched.height:
            look |= table[HEADERS["source_id"]].is_in(touched["source_id"].implode())
        records = normalize(table.filter(look), run) if look.any() else None
        if records is not None:
            _apply(run, records)
        if records is not None or gone.height:
            _keep_hashes(run, table, hashes)
        run.execute("UPDATE sync_run SET state = 'applied', finished_at = now() WHERE id = %(run)s")


def normalize(table: pl.DataFrame, run: Sync) -> pl.DataFrame:
    """The changed records as they are stored: clean text, E.164, ISO dates, ids of locations, duties and zones."""
    frame = table.select(pl.col(header).str.strip_chars().alias(field) for field, header in HEADERS.items())
    number = pl.col("phone").str.extract_groups(PHONE)
    frame = frame.with_columns(
        pl.concat_str([pl.lit("+1"), *(number.struct[str(i)] for i in (1, 2, 3))]).alias("phone"),
        _email().alias("email"),
        pl.col("status").replace_strict(STATUSES).alias("status"),
        *(pl.col(day).str.to_date("%m/%d/%Y") for day in ("hire_date", "original_hire_date")),
    )
    codes = run.read(
        "SELECT code, location_id FROM directory_locationcode WHERE organization_id = %(organization)s",
        location_code=pl.String,
        location_id=pl.Int64,
    )
    frame = frame.with_columns(pl.col("location").str.to_lowercase()).join(
        codes, left_on="location", right_on="location_code", how="left", maintain_order="left"
    )
    for kind in ("duty", "zone"):
        codes = run.read(
            f"SELECT c.location_id, c.code, x.id, x.name FROM directory_{kind}code c "
            f"JOIN directory_{kind} x ON x.id = c.{kind}_id WHERE x.organization_id = %(organization)s",
            location_id=pl.Int64,
            code=pl.String,
            id=pl.Int64,
            name=pl.String,
        ).rename({"code": kind, "id": f"{kind}_id", "name": f"{kind}_name"})
        frame = frame.with_columns(pl.col(kind).str.to_lowercase()).join(
            codes, on=["location_id", kind], how="left", maintain_order="left"
        )
    labor = run.read(
        "SELECT id, cms_code FROM directory_duty WHERE organization_id = %(organization)s",
        duty_id=pl.Int64,
        cms_code=pl.Int16,
    )
    frame = frame.join(labor, on="duty_id", how="left", maintain_order="left")
    return frame.drop("location", "duty", "zone").rename({"duty_name": "duty", "zone_name": "zone"})


def _email() -> pl.Expr:
    """The domain in lower case; what is no address is dropped."""
    parts = pl.col("email").str.splitn("@", 2)
    lower = pl.concat_str([parts.struct[0], pl.lit("@"), parts.struct[1].str.to_lowercase()])
    return pl.when(pl.col("email").str.contains(EMAIL)).then(lower)


def _start(db: psycopg.Connection[Any], ground: Ground, data: bytes) -> int:
    """The raw feed, kept once by content, and the run's row."""
    sha, at = hashlib.sha256(data).hexdigest(), datetime.fromtimestamp(ground.export.stat().st_mtime, UTC)
    found = db.execute(
        "UPDATE sync_rawfeed SET source_time = %s WHERE integration_id = %s AND sha256 = %s RETURNING id",
        [at, ground.integration, sha],
    ).fetchone()
    if found is None:
        found = db.execute(
            "INSERT INTO sync_rawfeed (organization_id, integration_id, received, sha256, size, content, kind, name, "
            "source_time, stored_at, not_kept, spare) "
            "VALUES (%s, %s, %s, %s, %s, %b, 'csv', %s, %s, now(), '{}', '[]') RETURNING id",
            [
                ground.organization,
                ground.integration,
                sha,
                sha,
                len(data),
                zstandard.ZstdCompressor(level=1).compress(data),
                ground.export.name,
                at,
            ],
        ).fetchone()
    assert found is not None
    run = db.execute(
        "INSERT INTO sync_run (organization_id, integration_id, number, trigger, preview, state, stage, "
        "fencing_token, attempt, local_date, requested_by, requested_at, started_at, raw_id, source_time, "
        "plan_hash, counts, holds, summary, rest, decided_by, error_code, error_reason, error_params) "
        "SELECT %(o)s, %(i)s, 1 + coalesce(max(number), 0), 'manual', false, 'running', '', "
        "0, 1, (now() AT TIME ZONE %(zone)s)::date, 'bench', now(), now(), %(raw)s, %(at)s, "
        "'', '{}', '[]', '{}', 'none', '', '', '', '{}' FROM sync_run WHERE integration_id = %(i)s RETURNING id",
        {"o": ground.organization, "i": ground.integration, "raw": found[0], "at": at, "zone": TIMEZONE},
    ).fetchone()
    assert run is not None
    return int(run[0])


def _known(run: Sync) -> pl.DataFrame:
    """Ids and hashes of the last feed."""
    row = run.db.execute(
        "SELECT blob FROM sync_fingerprints WHERE integration_id = %s", [run.ground.integration], binary=True
    ).fetchone()
    return (
        pl.read_ipc(io.BytesIO(row[0])) if row else pl.DataFrame(schema={"id": pl.String, "hash": pl.UInt64})
    )


def _keep_hashes(run: Sync, table: pl.DataFrame, hashes: pl.Series) -> None:
    buffer = io.BytesIO()
    pl.DataFrame([table[HEADERS["source_id"]].alias("id"), hashes.alias("hash")]).write_ipc(
        buffer, compression="lz4"
    )
    run.db.execute(
        "INSERT INTO sync_fingerprints (integration_id, rules_hash, blob) VALUES (%s, '', %b) "
        "ON CONFLICT (integration_id) DO UPDATE SET blob = excluded.blob",
        [run.ground.integration, buffer.getvalue()],
    )


def _apply(run: Sync, records: pl.DataFrame) -> None:
    """Records of linked people are edits, the others are new people."""
    run.execute("CREATE TEMP TABLE wanted_id (source_id text) ON COMMIT DROP")
    linked = pl.DataFrame(schema={"source_id": pl.String})
    if _anybody_linked(run):
        run.write("wanted_id", records.select("source_id"))
        linked = run.read(
            "SELECT l.source_id FROM wanted_id w JOIN sync_link l "
            "ON l.integration_id = %(integration)s AND l.source_id = w.source_id",
            source_id=pl.String,
        )
    edits = records.join(linked, on="source_id", how="semi", maintain_order="left")
    new = (
        records.join(linked, on="source_id", how="anti", maintain_order="left") if linked.height else records
    )
    if new.height:
        _create(run, new)
    if edits.height:
        _edit(run, edits)


def _anybody_linked(run: Sync) -> bool:
    return (
        run.db.execute(
            "SELECT 1 FROM sync_link WHERE integration_id = %s LIMIT 1", [run.ground.integration]
        ).fetchone()
        is not None
    )


def _create(run: Sync, new: pl.DataFrame) -> None:
    """Users, memberships with their duty and zone rows, links, changes and audit of new people; nobody is welcomed
    on a first sync."""
    ids = run.read(
        "SELECT nextval('accounts_user_id_seq'), nextval('directory_membership_id_seq') "
        f"FROM generate_series(1, {new.height})",
        user_id=pl.Int64,
        membership_id=pl.Int64,
    )
    new = pl.concat([_named(run, new), ids], how="horizontal")
    organization, integration, at = run.ground.organization, run.ground.integration, run.now.isoformat()
    run.write(
        "accounts_user",
        new.select(
            pl.col("user_id").alias("id"),
            pl.lit(organization).alias("organization_id"),
            "username",
            (pl.lit("!") + pl.col("username")).alias("password"),
            "first_name",
            "last_name",
            "sort_name",
            _text("email"),
            pl.lit("").alias("confirmed_email"),
            _text("phone"),
            pl.lit("f").alias("local"),
            pl.lit(at).alias("created_at"),
        ),
    )
    run.execute(
        "CREATE TEMP TABLE new_member (id bigint, user_id bigint, location_id bigint, status text, "
        "employee_number text, hire_date date, original_hire_date date, cms_code smallint, duty_id bigint, "
        "zone_id bigint) ON COMMIT DROP"
    )
    run.write(
        "new_member",
        new.select(
            pl.col("membership_id").alias("id"),
            "user_id",
            "location_id",
            "status",
            _text("employee_number"),
            "hire_date",
            "original_hire_date",
            "cms_code",
            "duty_id",
            "zone_id",
        ),
    )
    run.execute(NEW_MEMBERSHIPS)
    run.write(
        "sync_link",
        new.select(
            pl.lit(organization).alias("organization_id"),
            pl.lit(integration).alias("integration_id"),
            "source_id",
            "user_id",
            pl.lit(at).alias("created_at"),
            pl.lit("f").alias("short_accepted"),
        ),
    )
    run.write(
        "sync_change",
        new.select(
            pl.lit(organization).alias("organization_id"),
            pl.lit(run.run).alias("run_id"),
            "user_id",
            "membership_id",
            "location_id",
            "source_id",
            pl.lit("create").alias("verb"),
            _told(new).alias("fields"),
        ),
    )
    run.write(
        "accounts_auditentry",
        new.select(
            pl.lit(organization).alias("organization_id"),
            pl.lit(at).alias("at"),
            pl.lit(f"sync run {run.run}").alias("by"),
            pl.lit("sync").alias("door"),
            pl.lit("create").alias("verb"),
            pl.lit("membership").alias("subject"),
            pl.col("membership_id").alias("subject_id"),
            "user_id",
            "location_id",
            pl.lit(run.run).alias("run_id"),
            pl.lit("[]").alias("changes"),
        ),
    )


def _text(field: str) -> pl.Expr:
    """Blank text is stored as '', which COPY would read as NULL unless quoted; csv writes "" for it."""
    return pl.col(field).fill_null("")


def _told(new: pl.DataFrame) -> pl.Expr:
    """A create tells every value it has: [{"field", "new"}, …]. Names are the only text that may need escaping."""

    def part(field: str) -> pl.Expr:
        value = pl.col(field).cast(pl.String)
        if field in USER or field in ("duty", "zone"):
            value = value.str.replace_all("\\", "\\\\", literal=True).str.replace_all(
                '"', '\\"', literal=True
            )
        return pl.lit(f'{{"field":"{field}","new":"') + value + pl.lit('"}')

    return (
        pl.lit("[")
        + pl.concat_str([part(field) for field in ORDER], separator=",", ignore_nulls=True)
        + pl.lit("]")
    )


def _named(run: Sync, new: pl.DataFrame) -> pl.DataFrame:
    """Usernames first.last, a number behind the second of that name; and the stored key that sorts names."""
    for field in ("first_name", "last_name"):
        words = new[field].unique()
        folded = pl.DataFrame({field: words, f"{field}_folded": [_fold(word) for word in words]})
        new = new.join(folded, on=field, how="left", maintain_order="left")
    first, last = pl.col("first_name_folded"), pl.col("last_name_folded")
    new = new.with_columns(
        (first + "." + last).str.replace_all(" ", "-", literal=True).alias("username"),
        (last + "\x1f" + first).alias("sort_name"),
    )
    taken = run.db.execute("SELECT 1 FROM accounts_user LIMIT 1").fetchone() is not None
    used = pl.DataFrame(schema={"username": pl.String, "used": pl.Int64})
    if taken:
        run.execute("CREATE TEMP TABLE wanted_name (username text) ON COMMIT DROP")
        run.write("wanted_name", new.select("username").unique())
        used = run.read(
            "SELECT w.username, count(u.id) FROM wanted_name w JOIN accounts_user u "
            "ON u.username ~ ('^' || w.username || '[0-9]*$') GROUP BY 1"
            if new.height < 1_000
            else "SELECT w.username, count(u.id) FROM wanted_name w JOIN accounts_user u "
            "ON rtrim(u.username, '0123456789') = w.username GROUP BY 1",
            username=pl.String,
            used=pl.Int64,
        )
    place = pl.int_range(pl.len()).over("username") + pl.col("used").fill_null(0)
    return new.join(used, on="username", how="left", maintain_order="left").with_columns(
        pl.when(place > 0)
        .then(pl.col("username") + (place + 1).cast(pl.String))
        .otherwise("username")
        .alias("username")
    )


def _fold(word: str) -> str:
    """Lower case, no accents, no punctuation: called once per different name."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.replace("'", "")).split())


def _edit(run: Sync, edits: pl.DataFrame) -> None:
    """What differs at people who exist: old and new are told, the primary moves, payroll's old row goes."""
    run.execute(
        "CREATE TEMP TABLE edit (source_id text, first_name text, last_name text, sort_name text, email text, "
        "phone text, location_id bigint, duty_id bigint, zone_id bigint, duty text, zone text, "
        "employee_number text, status text, hire_date date, original_hire_date date, cms_code smallint) ON COMMIT DROP"
    )
    sort_names = [
        f"{_fold(last)}\x1f{_fold(first)}"
        for first, last in edits.select("first_name", "last_name").iter_rows()
    ]
    run.write(
        "edit",
        edits.select(
            "source_id",
            "first_name",
            "last_name",
            pl.Series("sort_name", sort_names),
            "email",
            "phone",
            "location_id",
            "duty_id",
            "zone_id",
            "duty",
            "zone",
            "employee_number",
            "status",
            "hire_date",
            "original_hire_date",
            "cms_code",
        ),
    )
    run.execute("ANALYZE edit")
    for statement in EDITS:
        run.execute(statement)


NEW_MEMBERSHIPS = """
WITH made AS (
  INSERT INTO directory_membership (id, organization_id, user_id, location_id, role, status, employee_number, hire_date,
         original_hire_date, cms_code, primary_duty_id, primary_zone_id, payroll_owned, is_primary, may_see_pay, notes,
         access_blocked_reason, access_blocked_by, changed_at, changed_what)
  SELECT id, %(organization)s, user_id, location_id, 'staff', status, employee_number, hire_date, original_hire_date,
         cms_code, duty_id, zone_id, true, true, false, '', '', '', %(now)s, 'Created from payroll' FROM new_member
), duties AS (
  INSERT INTO directory_membershipduty (membership_id, location_id, duty_id, by_payroll, by_manager,
    pay_unit, pay_currency)
  SELECT id, location_id, duty_id, true, false, '', '' FROM new_member WHERE duty_id IS NOT NULL
)
INSERT INTO directory_membershipzone (membership_id, location_id, zone_id, by_payroll, by_manager)
SELECT id, location_id, zone_id, true, false FROM new_member WHERE zone_id IS NOT NULL
"""

_FIELDS = (
    "(VALUES "
    + ", ".join(f"({place}, '{field}', e.old_{field}, e.{field}::text)" for place, field in enumerate(ORDER))
    + ") AS f (place, field, old, new)"
)

EDITS = (
    # The state before, locked. A value that could not be read, or is blank, keeps what is there.
    """
    CREATE TEMP TABLE old ON COMMIT DROP AS
    SELECT l.user_id, m.id AS membership_id, m.primary_duty_id, m.primary_zone_id, e.source_id, e.location_id,
           e.first_name, e.last_name, e.sort_name, coalesce(e.email, u.email) AS email,
           coalesce(e.phone, u.phone) AS phone, coalesce(e.duty_id, m.primary_duty_id) AS duty_id,
           coalesce(e.zone_id, m.primary_zone_id) AS zone_id, coalesce(e.duty, d.name) AS duty,
           coalesce(e.zone, z.name) AS zone,
           coalesce(e.employee_number, m.employee_number) AS employee_number, e.status,
           coalesce(e.hire_date, m.hire_date) AS hire_date,
           coalesce(e.original_hire_date, m.original_hire_date) AS original_hire_date,
           CASE WHEN e.duty_id IS NULL THEN m.cms_code ELSE e.cms_code END AS cms_code,
           m.cms_code::text AS old_cms_code,
           u.first_name AS old_first_name, u.last_name AS old_last_name, u.email AS old_email, u.phone AS old_phone,
           d.name AS old_duty, z.name AS old_zone, m.employee_number AS old_employee_number, m.status AS old_status,
           m.hire_date::text AS old_hire_date, m.original_hire_date::text AS old_original_hire_date
      FROM edit e
      JOIN sync_link l ON l.integration_id = %(integration)s AND l.source_id = e.source_id
      JOIN accounts_user u ON u.id = l.user_id
      JOIN directory_membership m ON m.user_id = l.user_id AND m.location_id = e.location_id
      LEFT JOIN directory_duty d ON d.id = m.primary_duty_id
      LEFT JOIN directory_zone z ON z.id = m.primary_zone_id
       FOR NO KEY UPDATE OF u, m
    """,
    f"""
    INSERT INTO sync_change (organization_id, run_id, user_id, membership_id, location_id, source_id, verb, fields)
    SELECT %(organization)s, %(run)s, user_id, membership_id, location_id, source_id, 'update', c.fields
      FROM old e
     CROSS JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('field', field, 'old', old, 'new', new, 'why', 'payroll') ORDER BY place)
             FROM {_FIELDS} WHERE old IS DISTINCT FROM new) c (fields)
     WHERE c.fields IS NOT NULL
    """,
    """
    INSERT INTO accounts_auditentry (organization_id, at, by, door, verb, subject, subject_id, user_id, location_id,
           run_id, changes)
    SELECT organization_id, %(now)s, %(by)s, 'sync', verb, 'membership', membership_id, user_id, location_id, run_id,
           '[]'
      FROM sync_change WHERE run_id = %(run)s AND verb = 'update'
    """,
    """
    UPDATE accounts_user u
       SET first_name = e.first_name, last_name = e.last_name, sort_name = e.sort_name, email = e.email, phone = e.phone
      FROM old e
     WHERE u.id = e.user_id AND (u.first_name, u.last_name, u.email, u.phone)
           IS DISTINCT FROM (e.first_name, e.last_name, e.email, e.phone)
    """,
    """
    INSERT INTO directory_membershipduty AS d (membership_id, location_id, duty_id, by_payroll, by_manager, pay_unit,
           pay_currency)
    SELECT membership_id, location_id, duty_id, true, false, '', ''
      FROM old WHERE duty_id IS DISTINCT FROM primary_duty_id
        ON CONFLICT (membership_id, duty_id) DO UPDATE SET by_payroll = true
    """,
    """
    INSERT INTO directory_membershipzone AS z (membership_id, location_id, zone_id, by_payroll, by_manager)
    SELECT membership_id, location_id, zone_id, true, false
      FROM old WHERE zone_id IS DISTINCT FROM primary_zone_id
        ON CONFLICT (membership_id, zone_id) DO UPDATE SET by_payroll = true
    """,
    """
    UPDATE directory_membership m
       SET employee_number = e.employee_number, status = e.status, hire_date = e.hire_date,
           original_hire_date = e.original_hire_date, primary_duty_id = e.duty_id, primary_zone_id = e.zone_id,
           cms_code = e.cms_code, changed_at = %(now)s, changed_what = 'Updated from payroll'
      FROM sync_change c JOIN old e USING (membership_id)
     WHERE c.run_id = %(run)s AND m.id = c.membership_id
    """,
    """
    DELETE FROM directory_membershipduty d USING old e
     WHERE e.duty_id IS DISTINCT FROM e.primary_duty_id AND d.membership_id = e.membership_id
       AND d.duty_id = e.primary_duty_id AND NOT d.by_manager
    """,
    """
    DELETE FROM directory_membershipzone z USING old e
     WHERE e.zone_id IS DISTINCT FROM e.primary_zone_id AND z.membership_id = e.membership_id
       AND z.zone_id = e.primary_zone_id AND NOT z.by_manager
    """,
    # A changed address makes the open set-up link void, and a new welcome due.
    """
    WITH moved AS (
      UPDATE accounts_invitation i SET revoked_at = %(now)s
        FROM old e
       WHERE e.email <> e.old_email AND i.user_id = e.user_id AND i.used_at IS NULL AND i.revoked_at IS NULL
      RETURNING i.user_id, i.generation
    )
    INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
           attempts, error)
    SELECT %(organization)s, user_id, 'welcome', max(generation) + 1, 'queued', '{}', '', %(run)s, %(now)s, 0, ''
      FROM moved GROUP BY user_id ON CONFLICT (user_id, kind, generation) DO NOTHING
    """,
)
