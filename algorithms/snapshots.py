"""Snapshots: code directories frozen on disk, each content stored once."""

import contextlib
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from algorithms.models import CodeSnapshot

BLOCK = 1024 * 1024
COMPILE_SECONDS = 30
COMPILE = """
import sys
try:
    with open(sys.argv[1], "rb") as file:
        compile(file.read(), sys.argv[1], "exec", dont_inherit=True)
except (SyntaxError, ValueError) as error:
    line = getattr(error, "lineno", None)
    print("line %s: %s" % (line, getattr(error, "msg", None) or error) if line else error)
    sys.exit(3)
"""


class CodeError(Exception):
    """The code directory cannot be run; the text names the thing and the remedy."""


@dataclass(frozen=True)
class Code:
    """What a folder holds. `tree` has one row a file: path, size in bytes, sha256 of its bytes."""

    content_hash: str
    tree: list[dict]

    @property
    def size(self) -> int:
        return sum(row["size"] for row in self.tree)


@contextmanager
def arrivals() -> Iterator[Path]:
    """An empty folder on the snapshots' file system; removed at the end unless `keep` has moved it."""
    settings.SNAPSHOTS_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".arriving-", dir=settings.SNAPSHOTS_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_code(folder: Path) -> Code:
    """Describe a folder: regular files in the order of their paths; links are left out."""
    tree = []
    total = hashlib.sha256()
    for path in sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        row = {"path": name, "size": path.stat().st_size, "sha256": digest(path)}
        total.update(f"{len(name.encode())}:{name}:{row['sha256']}\n".encode())
        tree.append(row)
    return Code(total.hexdigest(), tree)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    value = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            value.update(block)
    return value.hexdigest()


def keep(folder: Path, code: Code) -> CodeSnapshot:
    """Store the folder under its content's hash, read-only, unless that content is there already."""
    target = settings.SNAPSHOTS_DIR / code.content_hash
    if not target.exists():
        for path in _files(folder):
            path.chmod(path.stat().st_mode & 0o555 | 0o444)
        folder.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else's copy of the same content was faster
            folder.rename(target)
        if not target.is_dir():
            raise CodeError(f"The snapshot could not be stored in {settings.SNAPSHOTS_DIR}. Free some space.")
    snapshot, _ = CodeSnapshot.objects.get_or_create(
        content_hash=code.content_hash,
        defaults={"file_count": len(code.tree), "size": code.size, "tree": code.tree},
    )
    return snapshot


def check_boot_file(folder: Path, boot_file: str, python: str) -> None:
    """Raise CodeError unless the boot file is in the folder and compiles under that interpreter."""
    path = folder / boot_file
    if PurePosixPath(boot_file).suffix != ".py":
        raise CodeError(f"The boot file {boot_file} does not end in .py. Choose a Python file.")
    if ".." in PurePosixPath(boot_file).parts or not path.is_file() or path.is_symlink():
        raise CodeError(
            f"The boot file {boot_file} is not in the code directory. {_python_files(folder)}"
            " Edit the algorithm or upload the file, then retry."
        )
    try:
        done = subprocess.run(
            [python, "-I", "-c", COMPILE, str(path)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMPILE_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise CodeError(
            f"The engine's interpreter {python} cannot be started: {error.strerror}."
            " Choose another engine, or ask an administrator to correct this one."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CodeError(
            f"The engine's interpreter {python} gave no answer in {COMPILE_SECONDS} s."
        ) from error
    if done.returncode == 3:
        raise CodeError(
            f"The boot file {boot_file} does not compile under this engine: {done.stdout.strip()}"
        )
    if done.returncode:
        raise CodeError(
            f"The engine's interpreter {python} failed with exit code {done.returncode}:"
            f" {done.stderr[-500:].strip()}"
        )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _python_files(folder: Path) -> str:
    names = sorted(path.relative_to(folder).as_posix() for path in _files(folder) if path.suffix == ".py")
    if not names:
        return "There is no .py file in it."
    return f"Its .py files: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}."
