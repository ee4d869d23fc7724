"""The resource pool every console has: the workers that `manage.py up` starts."""

from django.db import migrations


def add_pool(apps, schema_editor):
    apps.get_model("jobs", "ResourcePool").objects.get_or_create(name="default", defaults={"kind": "public"})


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunPython(add_pool, migrations.RunPython.noop)]
