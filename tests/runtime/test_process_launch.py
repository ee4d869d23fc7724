"""What a script finds around itself when it starts, and what is said when it cannot start."""

import json
import os
import signal
import sys

import pytest

from runtime.process import LaunchError, Limits, Process


@pytest.fixture
def surroundings(run):
    def surroundings(*argv, **options):
        return json.loads(run("shows_surroundings.py", *argv, **options).output)

    return surroundings


def test_it_runs_in_a_session_of_its_own(surroundings):
    seen = surroundings()
    assert seen["session"] == seen["group"] == seen["pid"] != os.getsid(0)


def test_it_cannot_gain_privileges(surroundings):
    assert surroundings()["no_new_privileges"]


def test_it_inherits_no_open_file_and_no_input(surroundings, tmp_path):
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        seen = surroundings()
    assert seen["files"] == [0, 1, 2, 3]  # 3 is the folder being listed
    assert seen["stdin"] == ""


def test_it_gets_exactly_the_environment_given_and_its_mark(surroundings):
    seen = surroundings(env={"ONLY": "this"}, token="abc")["environment"]
    assert {name: seen[name] for name in seen if name != "LC_CTYPE"} == {
        "ONLY": "this",
        "ARGMAX_PROCESS": "abc",
    }


def test_arguments_are_passed_as_they_are_and_seen_by_no_shell(surroundings):
    arguments = ["a b", "$HOME", "; touch x", "*", "", "ünï", "it's"]
    assert surroundings(*arguments)["arguments"] == arguments


def test_it_runs_in_the_folder_given(surroundings, tmp_path):
    assert surroundings(cwd=tmp_path)["cwd"] == str(tmp_path.resolve())


def test_ignored_signals_of_the_owner_are_not_inherited(surroundings):
    before = [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        seen = surroundings()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
    assert not seen["sigint_ignored"]
    assert not seen["sigterm_ignored"]


def test_core_dumps_are_off_and_memory_is_limited(surroundings):
    seen = surroundings(limits=Limits(memory=500_000_000))
    assert seen["core_limit"] == 0
    assert seen["data_limit"] == 500_000_000


def test_a_script_that_takes_too_much_memory_is_refused_it(run):
    within = run("allocates.py", "--megabytes", "50", limits=Limits(memory=300_000_000))
    beyond = run("allocates.py", "--megabytes", "500", limits=Limits(memory=300_000_000))
    assert within.process.returncode == 0
    assert "MemoryError" in beyond.lines
    assert beyond.process.returncode == 1


def test_a_limit_that_cannot_be_set_is_noted_and_the_script_runs(run):
    finished = run("steps.py", limits=Limits(memory=2**70))
    assert finished.process.returncode == 0
    assert "memory limit" in finished.process.notes[0]
    assert "advisory" in finished.process.notes[0]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "boot command is empty"),
        (["no-such-python", "train.py"], "no-such-python was not found on PATH"),
        (["/no/such/python", "train.py"], "/no/such/python does not exist"),
        (["/tmp", "train.py"], "is a folder, not a program"),  # noqa: S108
        (["python", "a\0b"], "not valid"),
        (["python", "x" * 4_000_000], "too long"),
    ],
)
def test_a_command_that_cannot_start_names_the_thing(tmp_path, argv, words):
    process = Process(argv, tmp_path, {"PATH": os.environ["PATH"]})
    with pytest.raises(LaunchError, match=words):
        process.start()
    process.close()


def test_a_program_that_is_not_executable_is_named(tmp_path):
    program = tmp_path / "python3.99"
    program.write_text("#!/bin/sh\n")
    with pytest.raises(LaunchError, match=r"Permission denied for .*python3\.99.*chmod"):
        Process([str(program)], tmp_path, {}).start()


def test_a_first_line_that_names_a_missing_interpreter_is_named(tmp_path):
    program = tmp_path / "tool"
    program.write_text("#!/opt/gone/bin/python\n")
    program.chmod(0o755)
    with pytest.raises(LaunchError, match="/opt/gone/bin/python, which does not exist"):
        Process([str(program)], tmp_path, {}).start()


def test_a_missing_working_directory_is_named(tmp_path):
    with pytest.raises(LaunchError, match="gone does not exist"):
        Process([sys.executable], tmp_path / "gone", {}).start()


def test_a_program_relative_to_the_working_directory_is_found(tmp_path, run):
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    assert run("./tool", cwd=tmp_path).output == b"here\n"


def test_a_launch_that_fails_leaves_no_guard(tmp_path):
    children = f"/proc/self/task/{os.getpid()}/children"
    with open(children) as file:  # noqa: PTH123
        before = file.read()
    with pytest.raises(LaunchError):
        Process(["no-such-program"], tmp_path, {}).start()
    with open(children) as file:  # noqa: PTH123
        assert file.read() == before
