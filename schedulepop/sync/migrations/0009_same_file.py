from django.db import migrations, models


PACKED = (("sync_fingerprints", "blob"), ("sync_fingerprints", "found"), ("sync_rawfeed", "content"), ("sync_run", "plan"))
"""Compressed by us: PostgreSQL need not try again at every write."""


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0008_compared'),
    ]

    operations = [
        migrations.AddField(
            model_name='fingerprints',
            name='found',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='fingerprints',
            name='seal',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='fingerprints',
            name='sha256',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.RunSQL(
            [f"ALTER TABLE {table} ALTER {column} SET STORAGE EXTERNAL" for table, column in PACKED],
            [f"ALTER TABLE {table} ALTER {column} SET STORAGE EXTENDED" for table, column in PACKED],
        ),
    ]
