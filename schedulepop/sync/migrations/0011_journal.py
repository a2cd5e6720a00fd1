from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0010_missing_places")]
    operations = [
        migrations.RemoveField("change", "before"),
        migrations.AddField("change", "images", models.JSONField(db_default=[], default=list)),
        migrations.RemoveField("merge", "journal"),
        migrations.AddField("merge", "images", models.JSONField(default=list)),
    ]
