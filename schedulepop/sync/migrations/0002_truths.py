"""Composite keys, checks and triggers of User Sync (ADR 0006), and how what is packed already is stored."""

from __future__ import annotations

from django.db import migrations

from schedulepop.lib import sql

PACKED = (("sync_fingerprints", "blob"), ("sync_fingerprints", "reading"), ("sync_rawfeed", "content"), ("sync_run", "plan"))
"""Compressed by us: PostgreSQL need not try again at every write."""


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0001_initial"),
        ("directory", "0002_truths"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(sql.load("schedulepop.sync", "truths"), sql.load("schedulepop.sync", "truths_undone")),
        migrations.RunSQL(
            [f"ALTER TABLE {table} ALTER {column} SET STORAGE EXTERNAL" for table, column in PACKED],
            [f"ALTER TABLE {table} ALTER {column} SET STORAGE EXTENDED" for table, column in PACKED],
        ),
    ]
