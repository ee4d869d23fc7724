"""The log holds what the script printed and what the platform says, and never costs the trial its life."""

import subprocess
import sys

from runtime.log import SYSTEM_PREFIX, LogWriter


def test_what_is_written_can_be_read_at_once(tmp_path):
    path = tmp_path / "new" / "log.txt"
    with LogWriter(path, 1000) as log:
        log.write(b"step=0 lo")
        assert path.read_bytes() == b"step=0 lo"
        log.write(b"ss=1\n\xff\x00")
        assert path.read_bytes() == b"step=0 loss=1\n\xff\x00"
        assert log.size == path.stat().st_size
        assert log.failed is None


def test_platform_lines_are_marked_and_never_inside_a_line_of_the_script(tmp_path):
    with LogWriter(tmp_path / "log.txt", 1000) as log:
        log.system("started")
        log.write(b"half a line")
        log.system("exit code 1\nretried")
    assert (tmp_path / "log.txt").read_text() == (
        f"{SYSTEM_PREFIX}started\nhalf a line\n{SYSTEM_PREFIX}exit code 1\n{SYSTEM_PREFIX}retried\n"
    )


def test_the_first_part_is_kept_when_the_limit_is_reached_with_one_notice(tmp_path):
    with LogWriter(tmp_path / "log.txt", 20) as log:
        for number in range(10):
            log.write(b"line %d\n" % number)
        log.system("exit code 0")
        assert log.truncated
        assert log.lost_bytes == 10 * 7 - 20
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert lines[:3] == ["line 0", "line 1", "line 2"]
    assert lines[3].startswith(f"{SYSTEM_PREFIX}The log has reached its limit of 20 bytes")
    assert lines[4:] == [f"{SYSTEM_PREFIX}exit code 0"]


def test_a_log_exactly_at_its_limit_is_whole(tmp_path):
    with LogWriter(tmp_path / "log.txt", 7) as log:
        log.write(b"line 0\n")
        assert not log.truncated
    assert (tmp_path / "log.txt").read_bytes() == b"line 0\n"


def test_a_log_that_exists_is_continued_within_the_same_limit(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"earlier\n")
    with LogWriter(path, 12) as log:
        log.write(b"later line\n")
        assert log.truncated
    assert path.read_bytes().startswith(b"earlier\nlate\n" + SYSTEM_PREFIX.encode())


def test_a_full_disk_is_reported_and_survived():
    with LogWriter("/dev/full", 1000) as log:
        log.write(b"step=0 loss=1\n")
        log.write(b"step=1 loss=1\n")
        log.system("still running")
        assert log.failed == "the disk that holds /dev/full is full: free some space"
        assert log.lost_bytes == 28
        assert not log.truncated


def test_a_place_that_cannot_be_opened_is_reported_and_survived(tmp_path):
    (tmp_path / "file").touch()
    with LogWriter(tmp_path / "file" / "log.txt", 1000) as log:
        log.write(b"step=0 loss=1\n")
        assert "cannot be written" in log.failed
        assert log.lost_bytes == 14


def test_writing_goes_on_when_there_is_room_again_and_names_the_gap(tmp_path, root):
    # A soft limit on the file size fails as a full disk does, and can be lifted again.
    code = f"""
import resource
import runtime.log
runtime.log.RETRY_SECONDS = 0.0
log = runtime.log.LogWriter({str(tmp_path / "log.txt")!r}, 10_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))
log.write(b"0123456789abcd\\n")
log.write(b"half of this is lost\\n")
log.write(b"lost\\n")
print(log.lost_bytes, log.failed)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.write(b"again\\n")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("21 ")
    assert "file size limit" in done.stdout
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert lines[:2] == ["0123456789abcd", "half "]
    assert lines[2].startswith(f"{SYSTEM_PREFIX}21 bytes of output are missing here")
    assert lines[3:] == ["again"]
