"""The audit trail's own clock."""

from __future__ import annotations

from django.db import migrations

from schedulepop.lib import sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql.load("schedulepop.accounts", "recorded_at"), sql.load("schedulepop.accounts", "recorded_at_undone")
        )
    ]
