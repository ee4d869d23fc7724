"""Understand `--name=value` only, as hand-made parsers do."""

import sys

options = {}
for argument in sys.argv[1:]:
    name, equals, value = argument.partition("=")
    if not equals or not name.startswith("--"):
        sys.exit(f"cannot read the argument {argument}")
    options[name[2:]] = value
print(f"step=0 loss={float(options['learning_rate'])!r}")
