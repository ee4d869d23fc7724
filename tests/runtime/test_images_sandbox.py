"""A boot command inside a real image: its own files, the trial's folder at the same path, and a polite end."""

import os
import shlex
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.images.paths import ImageError
from runtime.images.sandbox import boot_argv, check_syntax, image_environment, sandboxed
from runtime.images.unpacked import Image, unpack
from runtime.launch import Limits
from runtime.process import Process
from tests.images import file, link, needs_bubblewrap, save_docker, save_root, system
from tests.images import layer as make_layer


@dataclass
class Sandbox:
    image: Image
    anchor: Path
    work: Path

    def process(self, boot_command, *arguments, limits=None, **env):
        argv = sandboxed(
            self.image, boot_argv(boot_command, arguments), work=self.work, anchor=self.anchor,
            tmp=self.work / "tmp", cwd=str(self.work), limits=limits,
        )  # fmt: skip
        return Process(argv, self.work, image_environment(self.image, {}) | env, sandboxed=True)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    needs_bubblewrap()
    place = tmp_path_factory.mktemp("image")
    layers = make_layer(*system()), make_layer(file("opt/own", "from the image\n"))
    return unpack(
        save_docker(place / "image.tar", *layers, Env=["KIND=own"], WorkingDir="/opt"), place / "out"
    )


@pytest.fixture
def sandbox(image, tmp_path):
    work = tmp_path / "jobs" / "1"
    (work / "tmp").mkdir(parents=True)
    return Sandbox(image, tmp_path / "jobs", work)


def test_the_command_sees_the_image_and_the_work_folder_and_nothing_else(sandbox, finish):
    (sandbox.work / "data").write_text("shared\n")
    command = (
        "cat /opt/own data; echo made > result; echo t > /tmp/t; cat /tmp/t; echo $KIND $OWN; pwd;"
        f" ls {sandbox.anchor} {shlex.quote(__file__)}; echo x > /opt/x || echo read-only; cat /proc/self/uid_map"
    )
    with sandbox.process(command, OWN="variable") as process:
        found = finish(process)
    assert found.lines[:5] == ["from the image", "shared", "t", "own variable", str(sandbox.work)]
    assert "1" in found.lines, "of the folder above, only the own one is there"
    assert f"cannot access '{Path(__file__)}'" in found.output.decode()
    assert "read-only" in found.lines
    assert found.lines[-1].split()[0] == "0", "root inside"
    assert (sandbox.work / "result").read_text() == "made\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("echo", ["--lr 0.1 --text $(touch planted); `x` 'y'"]),
        ("echo first; echo second;", ["first", "second --lr 0.1 --text $(touch planted); `x` 'y'"]),
        ('echo first "$@" && echo last', ["first --lr 0.1 --text $(touch planted); `x` 'y'", "last"]),
        ("false && echo never || echo", ["--lr 0.1 --text $(touch planted); `x` 'y'"]),
    ],
)
def test_arguments_are_handed_over_and_never_interpreted(sandbox, finish, command, expected):
    with sandbox.process(command, "--lr", "0.1", "--text", "$(touch planted); `x` 'y'") as process:
        assert finish(process).lines == expected
    assert not (sandbox.work / "planted").exists()


def test_a_command_asked_to_end_may_say_goodbye(sandbox, read_until):
    script = 'trap "sleep 0.3; echo saved > result; exit 3" TERM\necho ready\nwhile :; do sleep 0.1; done\n'
    (sandbox.work / "train.sh").write_text(script)
    with sandbox.process('sh train.sh "$@"; echo next > next') as process:
        read_until(process, b"ready")
        report = process.stop(grace=20)
    assert (report.killed, process.returncode) == ((), 143)
    assert (sandbox.work / "result").read_text() == "saved\n"
    assert not (sandbox.work / "next").exists()


def test_what_does_not_end_is_killed_with_all_it_has_started(sandbox, read_until, all_gone):
    command = 'trap "" TERM; (sleep 1000 &); sleep 1000 & echo ready; sleep 1000'
    with sandbox.process(command) as process:
        read_until(process, b"ready")
        pids = process.pids()
        assert len(pids) >= 5
        report = process.stop(grace=0.3)
    assert report.killed
    assert all_gone(pids)


def test_the_exit_of_the_command_is_told_and_nothing_is_left_running(sandbox, finish, read_until, all_gone):
    command = "sleep 1000 & echo ready; until [ -e seen ]; do sleep 0.02; done; exit 7"
    with sandbox.process(command) as process:
        read_until(process, b"ready")
        pids = process.pids()
        (sandbox.work / "seen").touch()
        found = finish(process)
    assert (found.process.returncode, found.process.leftovers) == (7, ())
    assert all_gone(pids)
    with sandbox.process("kill -SEGV $$") as process:
        finish(process)
    assert process.returncode == 128 + signal.SIGSEGV


def test_the_memory_limit_holds_inside(sandbox, finish):
    limit = 256 * 1024 * 1024
    with sandbox.process("ulimit -d; ulimit -c", limits=Limits(memory=limit)) as process:
        assert finish(process).lines == [str(limit // 1024), "0"]


def test_the_shell_of_the_image_checks_the_boot_command_without_running_it(sandbox, tmp_path):
    assert check_syntax(sandbox.image, f"touch {tmp_path}/x; sh train.sh") == ""
    assert "quot" in check_syntax(sandbox.image, "echo 'open")
    assert "word" in check_syntax(sandbox.image, "for x in a; do echo $x; done")
    assert not (tmp_path / "x").exists()


def test_nothing_is_mounted_through_a_link_of_the_image(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    root = save_root(tmp_path / "root.tar", file("bin/sh"), link(str(tmp_path / "jobs"), str(outside)))
    image = unpack(root, tmp_path / "out")
    with pytest.raises(ImageError, match="is no folder, but the console has to put"):
        sandboxed(
            image,
            boot_argv("x", []),
            work=tmp_path / "jobs/1",
            anchor=tmp_path / "jobs",
            tmp=tmp_path,
            cwd="/",
        )
    assert not any(outside.iterdir())


def test_a_command_dies_with_its_owner(sandbox, all_gone, read_until):
    process = sandbox.process("echo ready; sleep 1000").start()
    read_until(process, b"ready")
    pids = process.pids()
    os.kill(process.pid, signal.SIGKILL)  # what the kernel does when the worker dies
    assert all_gone(pids)
    process.close()
