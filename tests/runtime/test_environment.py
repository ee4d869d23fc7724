"""A script sees the documented variables and what it needs, and none of the console's secrets."""

import json
import os
import sys
from pathlib import Path

import pytest

from runtime.environment import RESERVED, Machine, script_environment
from runtime.workdir import TrialDirectories


@pytest.fixture
def directories(tmp_path):
    code = tmp_path / "snapshot"
    code.mkdir()
    directories = TrialDirectories(tmp_path / "attempt", "code")
    directories.prepare(code)
    yield directories
    directories.remove()


def test_secrets_of_the_console_do_not_reach_the_script(run, directories, monkeypatch):
    secrets = {
        "SECRET_KEY": "s3cret",
        "DATABASE_URL": "postgres://argmax:s3cret@db/argmax",
        "REDIS_URL": "redis://:s3cret@queue",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "DJANGO_SETTINGS_MODULE": "console.settings s3cret",
        "PYTHONPATH": "/s3cret",
        "https_proxy": "http://me:s3cret@proxy",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    env = script_environment(directories, interpreter=sys.executable)
    finished = run("shows_surroundings.py", env=env)
    assert b"s3cret" not in finished.output
    assert not secrets.keys() & json.loads(finished.output)["environment"].keys()


def test_the_documented_variables_are_there(directories):
    env = script_environment(
        directories,
        interpreter="/opt/engine/bin/python",
        machine=Machine(instance_name="job-1-worker-0", gpus=["2", "3"]),
    )
    root = directories.root
    assert RESERVED - env.keys() == {"ARGMAX_PROCESS"}  # added by the process itself
    assert env["MA_JOB_DIR"] == f"{root}/home/modelarts/user-job-dir"
    assert env["WORKSPACE"] == f"{env['MA_JOB_DIR']}/code"
    assert env["MA_MOUNT_PATH"] == f"{root}/home/modelarts"
    assert env["MA_HOME"] == env["HOME"] == f"{root}/home"
    assert env["MA_NUM_GPUS"] == "2"
    assert env["CUDA_VISIBLE_DEVICES"] == "2,3"
    assert env["MA_TASK_NAME"] == "worker"
    assert (env["MA_NUM_HOSTS"], env["VC_TASK_INDEX"], env["VC_WORKER_NUM"]) == ("1", "0", "1")
    assert env["MA_CURRENT_INSTANCE_NAME"] == "job-1-worker-0"
    assert env["MA_SCRIPT_INTERPRETER"] == "/opt/engine/bin/python"
    assert env["MA_CURRENT_IP"].count(".") == 3


def test_the_folders_named_exist_and_can_be_written(directories):
    env = script_environment(directories, interpreter=sys.executable)
    for name in ("HOME", "TMPDIR", "MA_HOME", "MA_JOB_DIR", "MA_MOUNT_PATH", "MA_LOG_DIR", "WORKSPACE"):
        (Path(env[name]) / "probe").write_text("x")


def test_what_a_script_needs_of_the_machine_is_kept(directories):
    base = {
        "PATH": "/usr/bin:/bin",
        "LD_LIBRARY_PATH": "/usr/local/cuda/lib64",
        "CUDA_HOME": "/usr/local/cuda",
        "CUDA_VISIBLE_DEVICES": "1",
        "TZ": "Europe/Berlin",
        "LANG": "de_DE.UTF-8",
    }
    env = script_environment(directories, interpreter="python3", base=base)
    assert {name: env[name] for name in base} == base


def test_no_gpu_means_none_is_visible(directories):
    base = {"CUDA_VISIBLE_DEVICES": "0,1"}
    env = script_environment(directories, interpreter="python3", base=base, machine=Machine(gpus=()))
    assert env["CUDA_VISIBLE_DEVICES"] == ""
    assert env["MA_NUM_GPUS"] == "0"


def test_python_of_the_engine_comes_first_on_the_path(run, directories):
    env = script_environment(directories, interpreter=sys.executable, base={"PATH": "/usr/bin:/bin"})
    code = "import subprocess; subprocess.run(['python', '-c', 'import sys; print(sys.prefix)'])"
    assert env["PATH"].endswith(":/usr/bin:/bin")
    assert run(sys.executable, "-c", code, env=env).lines == [sys.prefix]


def test_a_virtual_environment_is_named(directories, tmp_path):
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    env = script_environment(directories, interpreter=str(tmp_path / "venv" / "bin" / "python"))
    assert env["VIRTUAL_ENV"] == str(tmp_path / "venv")
    assert "VIRTUAL_ENV" not in script_environment(directories, interpreter="/usr/bin/python3")


def test_the_users_variables_win_except_over_reserved_names(directories):
    variables = {"LANG": "C", "PYTHONUNBUFFERED": "", "MINE": "1", "MA_JOB_DIR": "/elsewhere"}
    env = script_environment(directories, interpreter="python3", variables=variables)
    assert (env["LANG"], env["PYTHONUNBUFFERED"], env["MINE"]) == ("C", "", "1")
    assert env["MA_JOB_DIR"] == str(directories.job_dir)


def test_numerical_libraries_are_told_the_number_of_cores(directories):
    env = script_environment(directories, interpreter="python3", machine=Machine(cores=2))
    assert env["OMP_NUM_THREADS"] == env["MKL_NUM_THREADS"] == "2"
    env = script_environment(
        directories, interpreter="python3", machine=Machine(cores=2), variables={"OMP_NUM_THREADS": "1"}
    )
    assert env["OMP_NUM_THREADS"] == "1"
    assert "OMP_NUM_THREADS" not in script_environment(directories, interpreter="python3", base={})


def test_further_variables_are_inherited_only_when_named(directories):
    base = {"https_proxy": "http://proxy:3128", "OTHER": "x"}
    env = script_environment(directories, interpreter="python3", base=base, inherit=["https_proxy"])
    assert env["https_proxy"] == "http://proxy:3128"
    assert "OTHER" not in env
    assert env["PATH"] == os.defpath
