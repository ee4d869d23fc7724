"""On a terminal the search is a bar below calm lines; elsewhere it is plain lines."""

import io
import os

import pytest

from console.stack.progress import JobProgress
from console.stack.terminal import ERASE_LINE, Terminal
from jobs.models import Trial


@pytest.fixture
def tty():
    """A terminal of 80 columns, and a function that returns what it has been sent."""
    ours, theirs = os.openpty()
    stream = os.fdopen(theirs, "w", encoding="utf-8")

    def sent() -> str:
        stream.flush()
        return os.read(ours, 65_536).decode()

    yield Terminal(stream), sent
    stream.close()
    os.close(ours)


@pytest.fixture
def plain():
    """A file instead of a terminal, and a function that returns what it holds."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    return Terminal(stream), lambda: stream.buffer.getvalue().decode()


@pytest.fixture
def job(make_job):
    return make_job(name="digits-search", completed_trials=5, best_value=0.912345678, num_samples=20)


def test_a_terminal_shows_a_bar_that_is_redrawn_in_place(tty, job):
    terminal, sent = tty
    JobProgress(job, terminal).look()
    assert "█" in (bar := sent())
    assert "trial 5 of 20, best val_accuracy 0.91235" in bar
    assert "\n" not in bar
    assert len(bar) < 80
    terminal.say("A line above.")
    assert sent() == f"{ERASE_LINE}A line above.\r\n{bar}"


def test_elsewhere_every_change_is_a_plain_line(plain, job, monkeypatch):
    monkeypatch.setattr("console.stack.progress.LOOK_AGAIN_SECONDS", 0)
    terminal, written = plain
    progress = JobProgress(job, terminal)
    progress.look()
    progress.look()
    type(job).objects.update(completed_trials=6)
    progress.look()
    assert written().splitlines() == [
        "digits-search: trial 5 of 20, best val_accuracy 0.91235",
        "digits-search: trial 6 of 20, best val_accuracy 0.91235",
    ]


def test_the_end_tells_the_best_trial(plain, job):
    terminal, written = plain
    best = Trial.objects.create(job=job, number=3, parameters={"learning_rate": 0.0123456789, "layers": 2})
    type(job).objects.update(status="Completed", best_trial=best, completed_trials=19, failed_trials=1)
    progress = JobProgress(job, terminal)
    progress.look()
    assert progress.ended
    assert written().splitlines()[-4:] == [
        "digits-search: Completed, 19 of 20 trials completed, 1 failed.",
        "Best val_accuracy: 0.91235, by trial 3 with",
        "    learning_rate  0.012346",
        "    layers         2",
    ]


def test_a_deleted_job_ends_the_progress(plain, job):
    terminal, written = plain
    progress = JobProgress(job, terminal)
    type(job).objects.all().delete()
    progress.look()
    assert progress.ended
    assert written() == "digits-search was deleted.\n"


def test_a_terminal_that_has_gone_away_disturbs_nobody(tty):
    terminal, _ = tty
    terminal._stream.close()
    terminal.say("Is anybody there?")
