"""Each attempt has its own directories and its own copy of the code; the snapshot is never touched."""

import os
import socket
import stat
import subprocess
import sys

import pytest

from runtime.environment import script_environment
from runtime.workdir import TrialDirectories, WorkdirError, copy_code


@pytest.fixture
def snapshot(tmp_path, programs):
    snapshot = tmp_path / "snapshot"
    copy_code(programs, snapshot)
    return snapshot


@pytest.fixture
def directories(tmp_path):
    directories = TrialDirectories(tmp_path / "attempt", "my-code")
    yield directories
    directories.remove()


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def run_boot_file(run, directories):
    """Return a function that runs a boot file in the prepared code folder, as a worker does."""

    def run_boot_file(name):
        env = script_environment(directories, interpreter=sys.executable)
        return run(sys.executable, directories.boot_file(name), cwd=directories.code, env=env)

    return run_boot_file


def test_the_code_lies_in_a_folder_of_its_name_under_the_job_directory(directories, snapshot):
    directories.prepare(snapshot)
    assert directories.code == directories.job_dir / "my-code"
    assert contents(directories.code) == contents(snapshot)


def test_a_script_that_reads_a_relative_path_finds_its_data(directories, snapshot, run_boot_file):
    directories.prepare(snapshot)
    assert run_boot_file("reads_relative_data.py").lines == [
        "step=0 loss=0.9",
        "step=1 loss=0.5",
        "step=2 loss=0.25",
    ]


@pytest.mark.parametrize("program", ["edits_itself.py", "deletes_files.py"])
def test_a_script_that_damages_its_code_leaves_the_snapshot_whole(
    directories, snapshot, run_boot_file, program
):
    before = contents(snapshot)
    directories.prepare(snapshot)
    assert run_boot_file(program).process.returncode == 0
    assert contents(directories.code) != before
    assert contents(snapshot) == before


def test_an_attempt_never_sees_the_checkpoint_of_another(directories, snapshot, run_boot_file):
    for _ in range(2):
        directories.prepare(snapshot)
        assert run_boot_file("resumes_checkpoint.py").lines[0].startswith("step=0 ")
    assert run_boot_file("resumes_checkpoint.py").lines[0].startswith("step=3 ")


def test_modes_and_times_are_kept_and_the_copy_can_be_written(directories, snapshot):
    tool = snapshot / "tool.sh"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o555)
    os.utime(tool, (1000, 2000))
    directories.prepare(snapshot)
    found = (directories.code / "tool.sh").stat()
    assert stat.S_IMODE(found.st_mode) == 0o755
    assert found.st_mtime == 2000


def test_a_link_inside_the_code_leads_into_the_copy(directories, snapshot):
    (snapshot / "sub").mkdir()
    (snapshot / "sub" / "near").symlink_to("../data/values.txt")
    (snapshot / "sub" / "far").symlink_to(snapshot / "data")
    directories.prepare(snapshot)
    copy = directories.code
    assert (copy / "sub" / "near").resolve() == (copy / "data" / "values.txt").resolve()
    assert (copy / "sub" / "far").resolve() == (copy / "data").resolve()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "data/../../x"])
def test_a_link_out_of_the_code_is_refused_by_name(directories, snapshot, target):
    (snapshot / "escape").symlink_to(target)
    with pytest.raises(WorkdirError, match="escape leads outside the code directory"):
        directories.prepare(snapshot)


def test_a_socket_in_the_code_is_refused_by_name(directories, snapshot, monkeypatch):
    monkeypatch.chdir(snapshot)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("listener")
        with pytest.raises(WorkdirError, match="listener is neither a file nor a folder"):
            directories.prepare(snapshot)


def test_a_missing_snapshot_is_named(directories, tmp_path):
    with pytest.raises(WorkdirError, match="gone does not exist"):
        directories.prepare(tmp_path / "gone")


@pytest.mark.parametrize("name", ["../steps.py", "/etc/passwd", "", "data/../../x.py", "link.py"])
def test_a_boot_file_outside_the_code_is_refused(directories, snapshot, name):
    directories.prepare(snapshot)
    (directories.code / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(WorkdirError, match="not inside the code directory"):
        directories.boot_file(name)


def test_a_boot_file_that_is_missing_is_named(directories, snapshot):
    directories.prepare(snapshot)
    with pytest.raises(WorkdirError, match=r"The boot file trian\.py is not in the code directory"):
        directories.boot_file("trian.py")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b"])
def test_a_code_name_that_is_no_folder_name_is_refused(tmp_path, name):
    with pytest.raises(WorkdirError, match="no folder name"):
        TrialDirectories(tmp_path, name)


def test_inputs_and_outputs_have_the_documented_paths(directories):
    assert directories.input("data_url", 0) == directories.mount / "inputs" / "data_url_0"
    assert directories.output("train_url", 1) == directories.mount / "outputs" / "train_url_1"
    with pytest.raises(ValueError, match="cannot name an input"):
        directories.input("../x")


def test_removing_takes_everything_and_follows_no_link(directories, snapshot, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    directories.prepare(snapshot)
    (directories.code / "link").symlink_to(precious)
    directories.remove()
    assert not directories.root.exists()
    assert (precious / "file").exists()
    directories.remove()


def test_folders_without_write_permission_are_removed_by_an_ordinary_user(tmp_path, root):
    """Root may write anywhere, so the removal runs as another user where that is possible."""
    place = tmp_path / "locked"
    (place / "a" / "b").mkdir(parents=True)
    (place / "a" / "b" / "file").touch()
    for folder in (place / "a" / "b", place / "a", place):
        folder.chmod(0o500)
    code = f"import pathlib, runtime.workdir as w; w.remove_tree(pathlib.Path({str(place)!r}))"
    argv = [sys.executable, "-c", code]
    if os.geteuid() == 0:
        for path in (place, *place.rglob("*")):
            os.chown(path, 65534, 65534)
        for folder in (tmp_path, *tmp_path.parents[:3]):
            folder.chmod(folder.stat().st_mode | 0o777)
        argv = ["setpriv", "--reuid", "65534", "--clear-groups", *argv]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not place.exists()


def test_a_deep_root_still_has_a_temporary_directory_short_enough_for_sockets(tmp_path, run, snapshot):
    directories = TrialDirectories(tmp_path / ("deep" * 20) / "attempt", "code")
    directories.prepare(snapshot)
    env = script_environment(directories, interpreter=sys.executable)
    code = "from multiprocessing import Manager\nwith Manager() as m: print(m.list([1]))"
    assert run(sys.executable, "-c", code, env=env, cwd=directories.code).lines == ["[1]"]
    assert os.path.isdir(env["TMPDIR"])  # noqa: PTH112
    directories.remove()
    assert not os.path.exists(env["TMPDIR"])  # noqa: PTH110


def test_a_temporary_link_changed_by_the_script_removes_nothing_else(tmp_path, snapshot):
    precious = tmp_path / "argmax-precious"
    precious.mkdir()
    directories = TrialDirectories(tmp_path / ("deep" * 20), "code")
    directories.prepare(snapshot)
    short = directories.tmp.resolve()
    directories.tmp.unlink()
    directories.tmp.symlink_to(precious)
    directories.remove()
    assert precious.exists()
    short.rmdir()


def test_a_place_that_cannot_be_written_is_named(tmp_path, snapshot):
    (tmp_path / "file").touch()
    with pytest.raises(WorkdirError, match=r"file.* could not be prepared"):
        TrialDirectories(tmp_path / "file" / "attempt", "code").prepare(snapshot)
