"""Issues keep why they are there as codes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0011_journal")]
    operations = [
        migrations.RemoveField("issue", "message"),
        migrations.AddField("issue", "reasons", models.JSONField(default=list)),
    ]
