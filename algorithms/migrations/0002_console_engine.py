"""The engine every console has: the interpreter it runs on."""

import sys

from django.db import migrations


def add_engine(apps, schema_editor):
    apps.get_model("algorithms", "Engine").objects.get_or_create(
        framework="Python",
        version=f"{sys.version_info.major}.{sys.version_info.minor}",
        defaults={"interpreter": "", "supports_auto_search": True, "resource_types": ["CPU", "GPU"]},
    )


class Migration(migrations.Migration):
    dependencies = [("algorithms", "0001_initial")]
    operations = [migrations.RunPython(add_engine, migrations.RunPython.noop)]
