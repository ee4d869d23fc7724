"""The command line that runs a boot command inside an image: bubblewrap, which needs no daemon and no root."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.images.paths import make_mount_point
from runtime.images.unpacked import SHELL, Image
from runtime.launch import Limits

BUBBLEWRAP = "bwrap"
CHECK_SECONDS = 20
ISOLATION = ("--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--uid", "0", "--gid", "0")
"""Namespaces of its own for all but the network; the worker's user is root inside, and nowhere else."""
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PASSED_ON = ("TZ", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
"""What an image needs of the worker's variables; the others name things that are not in it."""
HOST_FILES = ("/etc/resolv.conf", "/etc/hosts")
"""How names are found on the network is the machine's affair."""
GPU_DEVICES = ("nvidia*", "kfd", "dri")
ARGUMENTS = '"$@"'
ON_SIGTERM = "trap 'exit 143' TERM;"
"""Asked to end, the shell waits for the command that runs, which was asked too, and starts no further one.

Without it the shell would end at once, and with it, as the first process of the sandbox, everything else.
"""

_works = False


def obstacle() -> str:
    """Say why this machine cannot run images, and the remedy; empty where it can."""
    global _works
    if _works:
        return ""
    program = shutil.which(BUBBLEWRAP)
    if program is None:
        return "Custom images are run by bubblewrap, which is missing on this machine: apt-get install bubblewrap."
    mounts = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    trial = [program, *ISOLATION, *mounts, "--", "/bin/true"]
    try:
        done = subprocess.run(
            trial, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CHECK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Custom images are run by bubblewrap, which cannot be started on this machine: {error}."
    if done.returncode:
        return (
            f"Custom images are run by bubblewrap, which this machine does not allow: {done.stderr.strip()}."
            " Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; in a container, more rights)."
        )
    _works = True
    return ""


def boot_argv(boot_command: str, arguments: Sequence[str]) -> list[str]:
    """Return the argument list that lets the image's shell run the boot command.

    The arguments stand at its end, or where it says "$@" itself. They are handed over, never put into its text.
    """
    script = boot_command if "$@" in boot_command else f"{boot_command.rstrip().rstrip(';')} {ARGUMENTS}"
    return [SHELL, "-c", script, "boot", *arguments]


def image_environment(image: Image, worker: Mapping[str, str]) -> dict[str, str]:
    """The variables a process in the image starts from: the image's own, and a few of the worker's."""
    few = {name: worker[name] for name in PASSED_ON if name in worker}
    return {"PATH": DEFAULT_PATH} | few | image.environment


def sandboxed(
    image: Image,
    boot: Sequence[str],
    *,
    work: Path,
    anchor: Path,
    tmp: Path,
    cwd: str,
    limits: Limits | None = None,
) -> list[str]:
    """Return the command that runs `boot`, made by `boot_argv`, in the image; variables are passed on as they are.

    `work` is seen at the same path and may be written, as may /tmp, which is `tmp`; everything else is
    read-only. `anchor` is a folder above `work` that is the same for all runs. Raises ImageError.
    """
    shell, option, script, *arguments = boot
    for path in (anchor, *map(Path, ("/dev", "/proc", "/tmp", "/run"))):  # noqa: S108
        make_mount_point(image.root, path)
    return [
        *_limited(limits),
        shutil.which(BUBBLEWRAP) or BUBBLEWRAP,
        *ISOLATION,
        *("--ro-bind", str(image.root), "/"),
        *("--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"),
        *_devices(),
        *_host_files(image.root),
        *("--bind", str(tmp), "/tmp"),  # noqa: S108
        *("--tmpfs", str(anchor), "--bind", str(work), str(work)),
        *("--chdir", cwd or "/"),
        *("--", shell, option, f"{ON_SIGTERM} {script}", *arguments),
    ]


def check_syntax(image: Image, boot_command: str) -> str:
    """Say what the image's shell finds wrong with the boot command, without running it; empty if nothing."""
    argv = [
        *(shutil.which(BUBBLEWRAP) or BUBBLEWRAP, *ISOLATION, "--ro-bind", str(image.root), "/", "--"),
        *(SHELL, "-n", *boot_argv(boot_command, [])[1:]),
    ]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", env={},
            timeout=CHECK_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{SHELL} of the image gave no answer in {CHECK_SECONDS} s"
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def _limited(limits: Limits | None) -> list[str]:
    """Limits from the start: bubblewrap forks before its parent could set them from outside."""
    program = shutil.which("prlimit")
    if limits is None or limits.memory is None or program is None:
        return []
    return [program, f"--data={limits.memory}:{limits.memory}", "--core=0:0", "--"]


def _devices() -> list[str]:
    found = [str(path) for pattern in GPU_DEVICES for path in sorted(Path("/dev").glob(pattern))]
    return [word for path in found for word in ("--dev-bind", path, path)]


def _host_files(root: Path) -> list[str]:
    words = []
    for name in HOST_FILES:
        if Path(name).is_file() and not (root / name[1:]).is_symlink():
            make_mount_point(root, Path(name), folder=False)
            words += ["--ro-bind", name, name]
    return words
