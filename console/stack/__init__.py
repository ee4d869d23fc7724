"""The embedded stack: what `manage.py up` starts, watches and stops."""
