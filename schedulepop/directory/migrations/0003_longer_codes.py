from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A payroll code may be as long as a long job title, so that such a title can be mapped to a duty."""

    dependencies = [("directory", "0002_truths")]
    operations = [
        migrations.AlterField(model, "code", models.CharField(max_length=160))
        for model in ("locationcode", "dutycode", "zonecode")
    ]
