"""How a script ended is known and said in words."""

import sys

import pytest

from runtime.process import EXIT_UNKNOWN, Process, describe_exit


def test_good_metrics_do_not_hide_a_failure(run):
    finished = run("exits_1_after_metrics.py")
    assert finished.process.returncode == 1
    assert "step=2 loss=0.3333" in finished.lines
    assert "cannot save the model: no such folder" in finished.lines


def test_a_signal_is_a_negative_code(run):
    finished = run(sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert finished.process.returncode == -11


def test_the_code_is_known_before_all_output_was_read(start):
    process = start("exits_1_after_metrics.py")
    while process.poll() is None:
        pass
    assert process.returncode == 1
    assert b"step=0" in process.read(timeout=60)


def test_a_process_cannot_be_started_twice(run):
    process = run("steps.py").process
    with pytest.raises(RuntimeError, match="started before"):
        process.start()


def test_a_process_never_started_has_no_output_and_closes(tmp_path):
    process = Process(["true"], tmp_path, {})
    assert process.read(timeout=0) is None
    assert process.pid is None
    assert process.pids() == ()
    process.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "still running"),
        (0, "exit code 0"),
        (1, "exit code 1"),
        (2, "exit code 2: often an argument"),
        (127, "exit code 127: a command was not found"),
        (137, "exit code 137: killed by signal 9 (SIGKILL): often out of memory"),
        (255, "exit code 255"),
        (EXIT_UNKNOWN, "unknown exit code"),
        (-9, "killed by signal 9 (SIGKILL): often out of memory"),
        (-11, "killed by signal 11 (SIGSEGV): a crash inside a native library"),
        (-15, "killed by signal 15 (SIGTERM)"),
        (-7, "killed by signal 7 (SIGBUS): often shared memory"),
        (-63, "killed by signal 63"),
    ],
)
def test_an_exit_is_described_in_words(code, words):
    assert words in describe_exit(code)
