"""The directories of one attempt of a trial, laid out as the documentation says."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file until one of the two changes
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SHORT_TMP_PREFIX = "argmax-"
_LONGEST_TMP = 60
"""Unix socket paths have at most 107 bytes; Python's multiprocessing adds some 40 to this directory."""


class WorkdirError(Exception):
    """The directories cannot be prepared; the message names the path and the remedy."""


@dataclass(frozen=True, slots=True)
class TrialDirectories:
    """Where everything of one attempt lies. `code_name` is the last folder name of the code directory."""

    root: Path
    code_name: str

    def __post_init__(self) -> None:
        if not self.root.is_absolute():
            raise ValueError(f"{self.root} must be an absolute path.")
        if self.code_name in ("", ".", "..") or "/" in self.code_name or "\0" in self.code_name:
            raise WorkdirError(f"{self.code_name!r} is no folder name: choose another code directory.")

    @property
    def home(self) -> Path:
        """HOME and MA_HOME."""
        return self.root / "home"

    @property
    def mount(self) -> Path:
        """MA_MOUNT_PATH, the parent of inputs and outputs."""
        return self.home / "modelarts"

    @property
    def job_dir(self) -> Path:
        """MA_JOB_DIR, the parent of the code folder."""
        return self.mount / "user-job-dir"

    @property
    def code(self) -> Path:
        """The script's own copy of the code directory, and its working directory."""
        return self.job_dir / self.code_name

    @property
    def inputs(self) -> Path:
        """The parent of all inputs."""
        return self.mount / "inputs"

    @property
    def outputs(self) -> Path:
        """The parent of all outputs."""
        return self.mount / "outputs"

    @property
    def log(self) -> Path:
        """MA_LOG_DIR, for logs that the script writes by itself."""
        return self.mount / "log"

    @property
    def tmp(self) -> Path:
        """The temporary directory, or a link to a short one made by `prepare`; TMPDIR is where it leads."""
        return self.root / "tmp"

    def input(self, name: str, index: int = 0) -> Path:
        """Return the documented default path of an input, `inputs/<name>_<i>`."""
        return self.inputs / _numbered(name, index)

    def output(self, name: str, index: int = 0) -> Path:
        """Return the documented default path of an output, `outputs/<name>_<i>`."""
        return self.outputs / _numbered(name, index)

    def boot_file(self, relative: str) -> Path:
        """Return the boot file's path in the copied code; raises `WorkdirError` if it is not in there."""
        parts = PurePosixPath(relative).parts
        path = self.code.joinpath(*parts)
        outside = not parts or parts[0] == "/" or ".." in parts
        if outside or not path.resolve().is_relative_to(self.code.resolve()):
            raise WorkdirError(f"The boot file {relative} is not inside the code directory: choose another.")
        if not path.is_file():
            raise WorkdirError(f"The boot file {relative} is not in the code directory: was it renamed?")
        return path

    def prepare(self, snapshot: Path) -> None:
        """Make all directories and give the script its own copy of the code snapshot.

        What an earlier attempt left here is removed first. Files are cloned where the file system shares
        blocks, else copied; never hard-linked, since a script that rewrites its own files would change the
        snapshot of all later trials. Raises `WorkdirError`.
        """
        try:
            self.remove()
            for path in (self.home, self.job_dir, self.inputs, self.outputs, self.log):
                path.mkdir(parents=True, mode=0o700, exist_ok=True)
            _make_tmp(self.tmp)
            copy_code(snapshot, self.code)
        except OSError as error:
            raise WorkdirError(_problem(error)) from error

    def remove(self) -> None:
        """Remove everything of this attempt; links are removed, never followed. Missing is fine."""
        target = _short_tmp(self.tmp)
        if target is not None:
            remove_tree(target)
        remove_tree(self.root)


def _numbered(name: str, index: int) -> str:
    if not _NAME.match(name):
        raise ValueError(
            f"{name!r} cannot name an input or output: use letters, digits, - and _ (at most 64)."
        )
    return f"{name}_{index}"


def _problem(error: OSError) -> str:
    place = error.filename or "the trial's directory"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"No space left while preparing {place}: free some, for example by deleting old jobs."
    return f"{place} could not be prepared: {error.strerror}. Check that the worker may write there."


def _make_tmp(path: Path) -> None:
    if len(os.fsencode(path)) <= _LONGEST_TMP:
        path.mkdir(mode=0o700)
        return
    path.symlink_to(tempfile.mkdtemp(prefix=_SHORT_TMP_PREFIX))


def _short_tmp(link: Path) -> Path | None:
    """Return the short temporary directory a link leads to, if it is one that `_make_tmp` made."""
    try:
        target = link.readlink()
        found = target.lstat()
    except OSError:
        return None
    ours = target.name.startswith(_SHORT_TMP_PREFIX) and target.parent == Path(tempfile.gettempdir())
    # The script can change the link: only a directory of this user, made for this purpose, is removed.
    return target if ours and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() else None


def copy_code(source: Path, target: Path) -> int:
    """Copy a code snapshot with modes and times; return the number of files.

    A link is kept when it stays inside the snapshot; one that leads outside, and anything that is neither
    file, folder nor link, raises `WorkdirError`.
    """
    if not source.is_dir():
        raise WorkdirError(f"The code snapshot {source} does not exist: was the job's data removed?")
    return _copy_folder(source, target, source.resolve(), _clone_or_copy())


def _copy_folder(source: Path, target: Path, top: Path, copy: Callable[[str, str], None]) -> int:
    target.mkdir(mode=0o700)
    count = 0
    with os.scandir(source) as entries:
        for entry in entries:
            to = target / entry.name
            if entry.is_symlink():
                _copy_link(Path(entry.path), to, top)
            elif entry.is_dir():
                count += _copy_folder(Path(entry.path), to, top, copy)
            elif entry.is_file():
                _copy_file(entry, str(to), copy)
                count += 1
            else:
                raise WorkdirError(f"{entry.path} is neither a file nor a folder: remove it from the code.")
    return count


def _copy_file(entry: os.DirEntry[str], target: str, copy: Callable[[str, str], None]) -> None:
    found = entry.stat(follow_symlinks=False)
    copy(entry.path, target)
    # Snapshots may be read-only; the script's own copy is its to change.
    Path(target).chmod(stat.S_IMODE(found.st_mode) | stat.S_IRUSR | stat.S_IWUSR)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _copy_link(link: Path, target: Path, top: Path) -> None:
    leads_to = link.resolve()
    if not leads_to.is_relative_to(top):
        raise WorkdirError(f"The link {link} leads outside the code directory: replace it by what it names.")
    # Written relative, so that it leads into the copy and not back into the snapshot.
    target.symlink_to(os.path.relpath(leads_to, link.parent.resolve()))


def _clone_or_copy() -> Callable[[str, str], None]:
    """Return a copier that shares blocks until the file system says that it cannot."""
    can_clone = True

    def copy(source: str, target: str) -> None:
        nonlocal can_clone
        if can_clone:
            try:
                with open(source, "rb") as old, open(target, "wb") as new:  # noqa: PTH123
                    fcntl.ioctl(new, _FICLONE, old.fileno())
                return
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise
                can_clone = False
        shutil.copyfile(source, target)

    return copy


def remove_tree(path: Path) -> None:
    """Remove a folder with all it holds, also folders without write permission; missing is fine.

    Tried again a few times: a process that is just dying may still change what is being removed.
    """
    if path.is_symlink():
        path.unlink()
        return
    for patience in (True, True, False):
        try:
            shutil.rmtree(path)
        except OSError:
            if not path.exists():
                return
            if not patience:
                raise
            _unlock_folders(path)
        else:
            return


def _unlock_folders(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.chmod(0o700)
    for folder, names, _ in os.walk(path):
        for name in names:
            inner = Path(folder, name)
            if not inner.is_symlink():
                with contextlib.suppress(OSError):
                    inner.chmod(0o700)
