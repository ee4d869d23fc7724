"""Jobs whose trials run in a custom image: arguments, files, indicator, stop and limits as with an engine."""

import os
import time

import pytest

from algorithms.images import take_image
from jobs.execution import lifecycle
from jobs.execution.states import JobStatus, TrialStatus
from storage.models import Bucket
from tests.images import file, needs_bubblewrap, save_root, system

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
read value < /opt/constant
echo "arguments $*, kind $KIND, in $(pwd)"
echo kept > "$2/model"
echo "loss=$value"
"""


@pytest.fixture
def run_image(make_job, work, data_dir, ana):
    """Run a job in a real image, with a boot command; returns the job."""
    needs_bubblewrap()
    Bucket.objects.get_or_create(name="ana", owner=ana)
    folder = data_dir / "buckets" / "ana"
    folder.mkdir(parents=True)
    save_root(folder / "own.tar.gz", *system(), file("opt/constant", "42\n"))

    def run(boot_command="sh train.py", program=SCRIPT, specification=None, **columns):
        digest = take_image(ana, "obs://ana/own.tar.gz", boot_command)
        image = {"image": "obs://ana/own.tar.gz", "image_digest": digest, "boot_command": boot_command}
        job = make_job(program, specification=image | (specification or {}), **columns)
        work()
        job.refresh_from_db()
        return job

    return run


def test_a_search_runs_in_an_image(run_image, data_dir):
    job = run_image(
        specification={"outputs": [{"name": "train_url"}]},
        environment={"KIND": "own"},
        outputs={"train_url": "obs://ana/results/"},
        num_samples=2,
    )
    assert job.status == JobStatus.COMPLETED, job.reason
    assert [trial.value for trial in job.trials.all()] == [42, 42]
    log = job.trials.first().log_path.read_text()
    assert "arguments --train_url " in log
    assert "--learning_rate " in log
    assert "kind own" in log
    assert "/user-job-dir/code" in log
    assert len(list((data_dir / "buckets/ana/results").rglob("model"))) == 2
    assert not any(path.name.startswith(".arriving") for path in (data_dir / "images").iterdir())


def test_an_image_that_is_not_on_this_machine_is_fetched_again(run_image, data_dir, make_job, work):
    run_image(search=False)
    place = next(path for path in (data_dir / "images").iterdir() if path.is_dir())
    place.rename(data_dir / "elsewhere")
    job = make_job(
        SCRIPT, search=False,
        specification={"image": "obs://ana/own.tar.gz", "image_digest": place.name, "boot_command": "sh train.py"},
    )  # fmt: skip
    work()
    kinds = list(job.events.order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if "image" in kind] == ["image being downloaded", "image downloaded"]
    assert job.trials.get().status == TrialStatus.COMPLETED
    (data_dir / "images" / place.name).rename(data_dir / "elsewhere-too")
    save_root(data_dir / "buckets/ana/own.tar.gz", *system())
    job = make_job(
        SCRIPT, search=False,
        specification={"image": "obs://ana/own.tar.gz", "image_digest": place.name, "boot_command": "sh train.py"},
    )  # fmt: skip
    work()
    assert "Update snapshot" in job.trials.get().reason


def test_what_a_killed_worker_left_of_an_image_is_removed_a_day_later(run_image, data_dir):
    old, new = (data_dir / "images" / f".arriving-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    run_image(search=False)
    assert (old.exists(), new.exists()) == (False, True)


def test_stopping_lets_the_command_save_what_it_has(run_image, meanwhile, data_dir):
    program = 'trap "echo saved; exit 0" TERM\necho loss=1\nwhile :; do sleep 0.1; done\n'
    meanwhile(lambda trial: lifecycle.stop(trial.job, trial.job.owner))
    job = run_image(program=program, search=False)
    trial = job.trials.get()
    assert (job.status, trial.status) == (JobStatus.TERMINATED, TrialStatus.STOPPED)
    assert "saved" in trial.log_path.read_text()


def test_the_time_limit_ends_what_ignores_being_asked(run_image):
    program = 'trap "" TERM\necho loss=1\nwhile :; do sleep 0.1; done\n'
    job = run_image(program=program, search=False, trial_time_limit_seconds=3)
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.STOPPED, 1)
    assert "killed with SIGKILL" in trial.log_path.read_text()


def test_a_command_that_fails_fails_the_trial_with_its_last_words(run_image):
    job = run_image(boot_command="no-such-program", search=False)
    trial = job.trials.get()
    assert trial.status == TrialStatus.FAILED
    assert trial.reason.startswith("Exit code 127: a command was not found")
    assert "no-such-program" in trial.reason
