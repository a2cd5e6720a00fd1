"""Composite foreign keys and triggers: see sync/sql/truths.sql."""

from django.db import migrations

from schedulepop.lib import sql


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]
    operations = [
        migrations.RunSQL(sql.load("schedulepop.sync", "truths"), sql.load("schedulepop.sync", "truths_undone"))
    ]
