"""The values of secret environment variables never stand in a trial's log or reason."""

import itertools

import pytest

from jobs.execution.masking import MASK, Mask
from jobs.execution.states import TrialStatus
from jobs.results import points
from jobs.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "s3cret-värde"


def masked(secrets, *chunks):
    mask = Mask(secrets)
    return b"".join([*map(mask.feed, chunks), mask.close()]).decode()


def test_a_secret_split_anywhere_is_masked():
    data = f"a {SECRET} b {SECRET}{SECRET} s3cret s3cret-".encode()
    whole = f"a {MASK} b {MASK}{MASK} s3cret s3cret-"
    for first, second in itertools.combinations(range(len(data) + 1), 2):
        assert masked([SECRET], data[:first], data[first:second], data[second:]) == whole
    assert masked([SECRET], *(bytes([byte]) for byte in data)) == whole


def test_of_two_secrets_the_longer_one_is_masked_whole():
    data = b"key-1234 and key-1234-5678!"
    for at in range(len(data)):
        assert masked(["key-1234", "key-1234-5678"], data[:at], data[at:]) == f"{MASK} and {MASK}!"


def test_short_values_and_no_secrets_leave_the_text_alone():
    assert masked(["abc", ""], b"abc abc") == "abc abc"
    assert masked([], b"abc abc") == "abc abc"


def test_a_secret_of_several_lines_is_masked_line_by_line():
    assert (
        masked(["first-line\nsecond-line"], b"> first-line\r\n> second-line\r\n")
        == f"> {MASK}\r\n> {MASK}\r\n"
    )


def test_what_cannot_be_a_secret_is_not_held_back():
    mask = Mask([SECRET])
    assert mask.feed(b"loss=1\n") == b"loss=1\n"
    assert mask.feed(b"progress s3") == b"progress "
    assert mask.feed(b" x") == b"s3 x"


LEAKS = """
import os, sys, time
token = os.environ["TOKEN"]
print("start", token, flush=True)
for step in range(3):
    sys.stdout.write(f"{token} loss=0.{step + 1} " + token[:5])
    sys.stdout.flush()
    time.sleep(0.3)
    sys.stdout.write(token[5:] + " end\\n")
sys.exit(f"cannot log in with {token}")
"""


def test_neither_log_nor_reason_nor_event_holds_the_secret(make_job, work):
    job = make_job(LEAKS, num_samples=1, sealed_environment=seal({"TOKEN": "p4ssphrase"}))
    work()
    trial = job.trials.get()
    log = trial.log_path.read_text()
    assert "p4ssphrase" not in log
    assert f"start {MASK}\n" in log
    assert log.count(MASK) >= 8
    assert trial.status == TrialStatus.FAILED
    assert trial.reason == f"Exit code 1: cannot log in with {MASK}"
    assert not job.events.filter(message__contains="p4ssphrase").exists()


def test_points_keep_their_place_in_the_masked_log(make_job, work):
    job = make_job(LEAKS, num_samples=1, sealed_environment=seal({"TOKEN": "p4ssphrase"}))
    work()
    trial = job.trials.get()
    data = trial.log_path.read_bytes()
    rows = points.read(trial)
    assert rows["value"].tolist() == [0.1, 0.2, 0.3]
    for row in rows:
        line = data[row["offset"] :].split(b"\n")[0]
        assert line.startswith(MASK.encode()) and f"loss={row['value']}".encode() in line
        assert line == data.split(b"\n")[row["line"] - 1]


def test_the_secret_reaches_the_script_unmasked(make_job, work):
    script = "import os\nprint(f'loss={len(os.environ[\"TOKEN\"])}')\n"
    job = make_job(script, num_samples=1, sealed_environment=seal({"TOKEN": "p4ssphrase"}))
    work()
    assert job.trials.get().value == 10


def test_a_beginning_of_a_secret_at_the_very_end_is_kept(make_job, work):
    script = "import sys\nsys.stdout.write('loss=1 p4ss')\n"
    job = make_job(script, num_samples=1, sealed_environment=seal({"TOKEN": "p4ssphrase"}))
    work()
    log = job.trials.get().log_path.read_text()
    assert "\nloss=1 p4ss\n[Argmax Service Log] Trial completed." in log
