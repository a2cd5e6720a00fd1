"""Composite keys, checks and triggers of the User List (ADR 0006)."""

from __future__ import annotations

from django.db import migrations

from schedulepop.lib import sql


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [
        migrations.RunSQL(sql.load("schedulepop.directory", "truths"), sql.load("schedulepop.directory", "truths_undone"))
    ]
