"""The database itself refuses to change or delete audit records."""

from django.db import migrations

from qiupu_web.base import triggers


class Migration(migrations.Migration):
    """Install the triggers."""

    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: triggers.install(schema_editor),
            lambda apps, schema_editor: triggers.remove(schema_editor),
        ),
    ]
