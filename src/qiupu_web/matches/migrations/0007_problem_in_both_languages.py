from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matches', '0006_away'),
    ]

    operations = [
        migrations.RenameField(model_name='rankingrequest', old_name='problem', new_name='problem_en'),
        migrations.AddField(
            model_name='rankingrequest', name='problem_zh', field=models.TextField(blank=True, default=''), preserve_default=False
        ),
    ]
