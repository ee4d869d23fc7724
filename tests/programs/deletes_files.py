"""Clean the working directory up thoroughly before starting."""

import shutil
from pathlib import Path

for path in Path().iterdir():
    shutil.rmtree(path) if path.is_dir() else path.unlink()
print("step=0 loss=1.0", len(list(Path().iterdir())), "files left")
