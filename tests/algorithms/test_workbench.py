"""The regex workbench: patterns tried on samples, names found, and where samples come from."""

import pytest
from django.urls import reverse

from jobs.models import ResourcePool, TrainingJob, Trial

LOG = "".join(
    f"Epoch {epoch} train_loss={2 / epoch:.4f} val_acc={1 - 1 / epoch:.3f} checkpoint-best_val_acc=0.9.pt\n"
    for epoch in range(1, 9)
)


@pytest.fixture
def tried(client):
    def attempt(pattern, sample=LOG, indicator="train_loss"):
        data = {"pattern": pattern, "sample": sample, "indicator": indicator}
        answer = client.post(reverse("algorithms:attempt"), data)
        assert answer.status_code == 200
        return answer.json()

    return attempt


def test_every_match_is_marked_with_its_number(tried):
    row = tried(r"train_loss=(\S+)", "é train_loss=0.5 ok\n")["rows"][0]
    start, value_start, value_end, end = row["marks"][0]
    assert row["text"][start:end] == "train_loss=0.5"
    assert row["text"][value_start:value_end] == "0.5"


def test_values_are_listed_with_count_first_last_min_max_and_a_curve(tried):
    answer = tried(r"train_loss=(\S+)")
    assert answer["summary"] == {"count": "8", "first": "2", "last": "0.25", "min": "0.25", "max": "2"}
    assert answer["values"][:3] == ["2", "1", "0.6667"]
    assert answer["curve"][-1] == [7, 0.25]


def test_other_names_of_the_sample_are_found_with_count_trend_and_direction(tried):
    found = {one["name"]: one for one in tried("")["discovered"]}
    assert found["train_loss"]["direction"] == "min"
    assert found["train_loss"]["count"] == 8
    assert "falling" in found["train_loss"]["detail"]
    assert found["val_acc"]["direction"] == "max"


@pytest.mark.parametrize(
    ("pattern", "sample", "words"),
    [
        (r"nothing=(\S+)", LOG, "matches nothing"),
        (r"(?:loss|acc)=([0-9.]+)", LOG, "different quantities"),
        (r"best_val_acc=([0-9.]+)", LOG, "best-so-far"),
        (r"best_val_acc=([0-9.]+)", LOG, "file name"),
        (r"Epoch (\d+)", LOG, "look like a count"),
        (r"acc: (\S+)", "acc: 97%\nacc: 98%\n", "percents"),
        (r"loss: (\S+)", "loss: 12,345.6\nloss: 11,345.6\n", "commas"),
        (r"loss: (\S+)", "loss: 0.5\nloss: nan\n", "NaN or infinite"),
        (r"loss: (\S+)", "loss: 0.5\nloss: 0.5\n", "All 2 values are 0.5"),
        (r"loss: (\S+)", "loss: 0.5\n", "only one value"),
    ],
)
def test_what_speaks_against_a_pattern_is_told_in_words(tried, pattern, sample, words):
    assert any(words in warning for warning in tried(pattern, sample)["warnings"])


def test_a_pattern_re2_cannot_use_is_explained_and_the_sample_still_shown(tried):
    answer = tried(r"(?<=loss=)(\S+)")
    assert "look-around" in answer["problem"]
    assert len(answer["rows"]) == 8
    assert answer["values"] == []


def test_colours_and_redrawn_lines_are_read_as_a_terminal_shows_them(tried):
    answer = tried(r"loss=(\S+)", "\x1b[31mloss=1\x1b[0m\rloss=2\n")
    assert [row["text"] for row in answer["rows"]] == ["loss=1", "loss=2"]
    assert answer["values"] == ["1", "2"]


def test_of_a_long_log_all_values_count_and_the_rows_around_matches_are_shown(tried):
    lines = ["filler"] * 5000
    lines[4000] = "loss=1"
    lines[4999] = "loss=2"
    answer = tried(r"loss=(\S+)", "\n".join(lines))
    assert answer["values"] == ["1", "2"]
    assert 4001 in [row["number"] for row in answer["rows"] if row["marks"]]
    assert sum(max(1, row["skipped"]) for row in answer["rows"]) == 5000
    assert len(answer["rows"]) < 100
    assert any("first 2,000 of 5,000 lines" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("pattern", ["", "(", "(" * 300, "x" * 600, "(a+)+$", "\x00"])
@pytest.mark.parametrize("sample", ["", "\n", "a" * 100_000, "\ud800", "\x00\x1b[", "loss=1e999"])
def test_nothing_typed_breaks_it(tried, pattern, sample):
    tried(pattern, sample.encode("utf-8", "replace").decode())


def generated(client, **data) -> dict:
    return client.post(reverse("algorithms:pattern"), data).json()


def test_a_pattern_is_generated_from_the_name_alone_with_a_direction(client, tried):
    answer = generated(client, indicator="val_accuracy")
    assert answer["direction"] == "max"
    assert tried(answer["pattern"], "epoch 3 val_accuracy=0.91\n", "val_accuracy")["values"] == ["0.91"]


def test_a_pattern_is_generated_from_a_sample(client, tried):
    answer = generated(client, indicator="val_acc", sample=LOG)
    assert tried(answer["pattern"], indicator="val_acc")["summary"]["count"] == "8"
    assert answer["explanation"]


def test_the_boot_file_can_be_the_sample(client, code, tried):
    folder = code({"train.py": "for epoch in range(3):\n    print(f'epoch {epoch}: loss={loss:.3f}')\n"})
    data = {"code_directory": folder, "boot_file": "train.py"}
    sample = client.post(reverse("algorithms:boot_sample"), data).json()["text"]
    assert "loss" in {one["name"] for one in tried("", sample)["discovered"]}


@pytest.mark.parametrize("boot_file", ["", "gone.py", "../x.py", "obs://other/train.py"])
def test_a_boot_file_that_cannot_be_read_is_told(client, code, boot_file):
    answer = client.post(
        reverse("algorithms:boot_sample"), {"code_directory": code(), "boot_file": boot_file}
    )
    assert "cannot be read" in answer.json()["problem"]


def test_a_boot_file_that_prints_nothing_is_told(client, code):
    data = {"code_directory": code({"train.py": "loss = 1\n"}), "boot_file": "train.py"}
    answer = client.post(reverse("algorithms:boot_sample"), data)
    assert "No print" in answer.json()["problem"]


@pytest.fixture
def trial(person, settings, tmp_path):
    settings.JOBS_DIR = tmp_path / "jobs"
    job = TrainingJob.objects.create(name="earlier", owner=person, pool=ResourcePool.objects.get())
    trial = Trial.objects.create(job=job, number=1, line_count=8, attempt=1)
    trial.directory.mkdir(parents=True)
    trial.log_path.write_text(LOG)
    return trial


def test_the_log_of_an_earlier_trial_can_be_the_sample(client, trial):
    offered = client.get(reverse("algorithms:workbench_trials")).json()["trials"]
    assert offered[0]["label"].startswith("earlier, trial 1")
    assert client.get(offered[0]["url"]).content.decode() == LOG


def test_logs_of_others_are_out_of_reach(browser_of, stranger, trial):
    other = browser_of(stranger)
    assert other.get(reverse("algorithms:workbench_trials")).json() == {"trials": []}
    assert other.get(reverse("algorithms:workbench_log", args=[trial.pk])).status_code == 404


def test_a_log_that_is_gone_is_empty(client, trial):
    trial.log_path.unlink()
    assert client.get(reverse("algorithms:workbench_log", args=[trial.pk])).content == b""


def test_hyperparameters_are_proposed_from_the_code_directory(client, code):
    folder = code(
        {"train.py": "import args\n", "args.py": "import argparse\np.add_argument('--lr', type=float)\n"}
    )
    data = {"code_directory": folder, "boot_file": "train.py"}
    text = client.post(reverse("algorithms:arguments"), data).content.decode()
    assert "<code>lr</code>" in text
    assert "args.py, line 2" in text


def test_code_of_others_is_not_read(browser_of, stranger, code):
    data = {"code_directory": code(), "boot_file": "train.py"}
    other = browser_of(stranger)
    assert (
        "no bucket code that you can read"
        in other.post(reverse("algorithms:arguments"), data).content.decode()
    )
    assert other.post(reverse("algorithms:boot_sample"), data).json()["text"] == ""
