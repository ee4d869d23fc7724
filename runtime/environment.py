"""The environment variables of a running script: the documented ones, the user's, and little else."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runtime.family import MARK_VARIABLE
from runtime.workdir import TrialDirectories

INHERITED = frozenset(
    {
        "PATH",
        "LD_LIBRARY_PATH",
        "LANG",
        "LC_ALL",
        "TZ",
        "NVIDIA_VISIBLE_DEVICES",
        "NVIDIA_DRIVER_CAPABILITIES",
        "HIP_VISIBLE_DEVICES",
        "ROCR_VISIBLE_DEVICES",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
    }
)
"""What a script needs of the worker's own environment; everything else may be a secret and stays behind."""

INHERITED_PREFIXES = ("CUDA_",)

RESERVED = frozenset(
    {
        "MA_HOME",
        "MA_JOB_DIR",
        "MA_MOUNT_PATH",
        "MA_LOG_DIR",
        "WORKSPACE",
        "MA_CURRENT_IP",
        "MA_NUM_GPUS",
        "MA_TASK_NAME",
        "MA_NUM_HOSTS",
        "VC_TASK_INDEX",
        "VC_WORKER_NUM",
        "MA_CURRENT_INSTANCE_NAME",
        "MA_SCRIPT_INTERPRETER",
        MARK_VARIABLE,
    }
)
"""Names that the platform sets itself: a user's variable of such a name has no effect."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the trial may use. `gpus` are device numbers or UUIDs, None for whatever the worker sees.

    `visible_gpus` is how many the worker sees, counted where `gpus` is None. `cores` keeps numerical libraries
    from starting a thread per core of the whole machine.
    """

    instance_name: str = "worker-0"
    hosts: int = 1
    host_index: int = 0
    gpus: Sequence[str] | None = None
    visible_gpus: int = 0
    cores: int | None = None


def script_environment(
    directories: TrialDirectories,
    *,
    interpreter: str,
    variables: Mapping[str, str] | None = None,
    machine: Machine | None = None,
    inherit: Iterable[str] = (),
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the script's whole environment; `variables` are the user's, `base` defaults to `os.environ`.

    The user's variables win over everything but the `RESERVED` names and the devices assigned. `inherit` names
    further variables of the worker to pass on, for example a proxy. The directories must have been prepared.
    """
    machine = machine or Machine()
    base = os.environ if base is None else base
    env = _inherited(base, frozenset(inherit))
    env |= {
        "PATH": _path(interpreter, env.get("PATH") or os.defpath),
        "HOME": str(directories.home),
        "TMPDIR": str(directories.tmp.resolve()),
        "LANG": env.get("LANG", "C.UTF-8"),
        "PYTHONUNBUFFERED": "1",
    }
    if environment := _virtual_environment(interpreter):
        env["VIRTUAL_ENV"] = environment
    if machine.cores is not None:
        env |= dict.fromkeys(_THREAD_VARIABLES, str(machine.cores))
    env |= variables or {}
    return env | _gpu_variables(machine) | documented_variables(directories, interpreter, machine)


def _gpu_variables(machine: Machine) -> dict[str, str]:
    """Return what makes CUDA see the assigned devices only, numbered as `nvidia-smi` numbers them."""
    if machine.gpus is None:
        return {}
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": ",".join(machine.gpus)}


def documented_variables(directories: TrialDirectories, interpreter: str, machine: Machine) -> dict[str, str]:
    """Return the documented variables of the training environment."""
    return {
        "MA_HOME": str(directories.home),
        "MA_JOB_DIR": str(directories.job_dir),
        "MA_MOUNT_PATH": str(directories.mount),
        "MA_LOG_DIR": str(directories.log),
        "WORKSPACE": str(directories.code),
        "MA_CURRENT_IP": current_ip(),
        "MA_NUM_GPUS": str(machine.visible_gpus if machine.gpus is None else len(machine.gpus)),
        "MA_TASK_NAME": "worker",
        "MA_NUM_HOSTS": str(machine.hosts),
        "VC_TASK_INDEX": str(machine.host_index),
        "VC_WORKER_NUM": str(machine.hosts),
        "MA_CURRENT_INSTANCE_NAME": machine.instance_name,
        "MA_SCRIPT_INTERPRETER": interpreter,
    }


def _inherited(base: Mapping[str, str], further: frozenset[str]) -> dict[str, str]:
    names = INHERITED | further
    return {key: value for key, value in base.items() if key in names or key.startswith(INHERITED_PREFIXES)}


def _path(interpreter: str, path: str) -> str:
    """Return PATH with the interpreter's folder first: `python` and its tools are to mean the engine's."""
    if "/" not in interpreter:
        return path
    folder = str(Path(interpreter).parent)
    return os.pathsep.join([folder, *(part for part in path.split(os.pathsep) if part != folder)])


def _virtual_environment(interpreter: str) -> str | None:
    folder = Path(interpreter).parent.parent
    return str(folder) if "/" in interpreter and (folder / "pyvenv.cfg").is_file() else None


@cache
def current_ip() -> str:
    """Return this machine's address on the way out; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documentation only
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
