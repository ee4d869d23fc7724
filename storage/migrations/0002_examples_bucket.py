"""The read-only bucket of the shipped examples."""

from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("storage", "Bucket").objects.get_or_create(name="examples", defaults={"read_only": True})


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
