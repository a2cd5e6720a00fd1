from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sync", "0011_journal")]

    operations = [
        migrations.RenameField("integration", "told", "notice_log"),
        migrations.RenameField("integration", "epoch", "fencing_token"),
        migrations.RenameField("run", "epoch", "fencing_token"),
        migrations.RenameField("fingerprints", "seal", "content_hmac"),
        migrations.RenameField("fingerprints", "found", "reading"),
    ]
