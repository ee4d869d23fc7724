"""Scripts that misbehave are recorded outcomes, with a reason in words."""

import pytest

from jobs.execution.states import JobStatus, TrialStatus
from jobs.results import history, points

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def only_trial(make_job, work):
    """Run a plain job of the script and return its trial."""

    def run(program, **columns):
        job = make_job(program, search=False, **{"hyperparameters": {"learning_rate": 0.1}, **columns})
        work()
        job.refresh_from_db()
        assert not job.is_active
        return job.trials.get()

    return run


def test_exit_code_1_after_good_metrics_fails_with_the_last_line(only_trial):
    trial = only_trial("exits_1_after_metrics.py")
    assert (trial.status, trial.exit_code) == (TrialStatus.FAILED, 1)
    assert trial.reason.startswith("Exit code 1: ")
    assert trial.value is not None and trial.job.best_value is None


def test_nan_is_stored_and_never_the_objective(only_trial):
    trial = only_trial("print('loss=nan')\nprint('loss=0.5')\nprint('loss=inf')\n")
    assert (trial.status, trial.value, trial.nonfinite_count) == (TrialStatus.COMPLETED, 0.5, 2)
    assert str(points.read(trial)["value"].tolist()) == "[nan, 0.5, inf]"


def test_only_nan_leaves_a_completed_trial_without_objective(only_trial):
    trial = only_trial("print('loss=nan')\n\n")
    assert (trial.status, trial.value) == (TrialStatus.COMPLETED, None)
    assert "1 of 1 values are NaN" in trial.reason
    assert history.history(trial.job)[0].value is None


def test_a_trial_of_a_search_without_a_match_fails_and_shows_what_it_printed(make_job, work):
    job = make_job("print('starting')\nprint('accuracy 0.9')\n", num_samples=1)
    work()
    trial = job.trials.get()
    assert trial.status == TrialStatus.FAILED
    assert "2 lines read" in trial.reason and trial.reason.endswith("accuracy 0.9")


def test_a_plain_job_without_a_match_completes_without_a_value(only_trial):
    trial = only_trial("print('accuracy 0.9')\n\n")
    assert (trial.status, trial.value, trial.job.status) == (TrialStatus.COMPLETED, None, "Completed")
    assert trial.reason.startswith("No line matched the search indicator loss")


def test_a_metric_on_stderr_is_read(only_trial):
    assert only_trial("metric_on_stderr.py").value is not None


def test_output_that_a_script_does_not_flush_is_read_while_it_runs(only_trial):
    trial = only_trial("buffered.py", trial_time_limit_seconds=4)
    assert trial.status == TrialStatus.STOPPED and trial.value is not None


def test_junk_does_not_hide_the_indicator(only_trial):
    trial = only_trial("prints_junk.py")
    assert trial.status == TrialStatus.COMPLETED and trial.value is not None


def test_a_trial_that_exceeds_its_time_limit_is_stopped_and_keeps_its_value(only_trial):
    trial = only_trial("never_ends.py", trial_time_limit_seconds=3)
    assert trial.status == TrialStatus.STOPPED
    assert "3 s, the time limit" in trial.reason
    assert trial.value is not None and trial.job.best_trial == trial


def test_auto_restart_tries_a_failed_script_again(only_trial):
    trial = only_trial("exits_1_after_metrics.py", auto_restart=2)
    assert (trial.status, trial.attempt, trial.restarts) == (TrialStatus.FAILED, 3, 2)
    assert trial.job.events.filter(kind="restarted").count() == 2
    assert trial.point_count == len(points.read(trial))


def test_a_job_whose_trials_all_fail_has_failed(make_job, work):
    job = make_job("import sys; sys.exit('no data')\n\n", num_samples=3)
    work()
    job.refresh_from_db()
    assert (job.status, job.failed_trials) == (JobStatus.FAILED, 3)
    assert "no data" in job.reason


def test_a_missing_interpreter_is_named(make_job, work):
    job = make_job("print('loss=1')\n\n", search=False, specification={"interpreter": "/no/such/python"})
    work()
    assert "/no/such/python" in job.trials.get().reason


def test_the_working_folder_is_removed_and_the_log_kept(only_trial):
    trial = only_trial("print('loss=1')\n\n")
    assert [path.name for path in trial.directory.iterdir()] == ["output.log"]
