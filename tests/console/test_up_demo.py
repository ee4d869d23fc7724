"""`up --demo` proves the main job from start to end, and its exit status can be believed."""

import shutil
from pathlib import Path

import pytest

from tests.up import ROOT

pytestmark = pytest.mark.stack


@pytest.fixture
def temporary(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def console(tmp_path):
    """The console in a folder with a blank in its name, whose example a test may change."""
    left_out = shutil.ignore_patterns(".*", "var", "tests", "benchmarks")
    return Path(shutil.copytree(ROOT, tmp_path / "my console", ignore=left_out))


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_demo_searches_prints_the_best_trial_and_leaves_nothing(start_up, console, temporary, tmp_path):
    replace(console / "console" / "stack" / "example.py", "NUM_SAMPLES = 20", "NUM_SAMPLES = 8")
    up = start_up("--demo", root=console, data_dir=tmp_path / "untouched", TMPDIR=str(temporary), WORKERS="2")
    assert up.process.wait(240) == 0, up.output
    assert "digits-search: trial 8 of 8, best val_accuracy 0.9" in up.output
    assert "digits-search: Completed, 8 of 8 trials completed." in up.output
    after = up.output.partition("Best val_accuracy: 0.9")[2]
    assert [name in after for name in ("learning_rate", "weight_decay", "momentum", "/jobs/1/")] == [True] * 4
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "untouched").exists()


def test_a_search_that_fails_fails_the_demo(start_up, console, temporary):
    (console / "examples" / "digits" / "train.py").write_text("raise SystemExit('no data here')\n")
    replace(console / "console" / "stack" / "example.py", "NUM_SAMPLES = 20", "NUM_SAMPLES = 4")
    up = start_up("--demo", root=console, TMPDIR=str(temporary))
    assert up.process.wait(240) == 1, up.output
    assert "digits-search: Failed, 0 of 4 trials completed, 4 failed." in up.output
    assert "The demo failed. Its data and logs are kept in" in up.output
    assert list(temporary.glob("argmax-demo-*/logs/worker-1.log"))
