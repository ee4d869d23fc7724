"""What people do to a job while it runs or after it has ended."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from jobs.execution import lifecycle, steering
from jobs.execution.lifecycle import NotPossible
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import Event, TrainingJob, TrialOrigin
from search import Float, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

FAILS_ONCE = """
import argparse, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
rate = parser.parse_args().learning_rate
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    sys.exit(3)
print(f"loss={{rate}}")
"""


@pytest.fixture
def fails_once(tmp_path):
    """A script whose first run fails, and no other."""
    return FAILS_ONCE.format(mark=str(tmp_path / "failed-once"))


def test_a_trial_stopped_with_its_value_kept_counts(make_job, work, ana, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    meanwhile(lambda trial: steering.stop_trial(trial, ana, keep=True))
    work()
    job.refresh_from_db()
    trial = job.trials.get()
    assert (trial.status, trial.reason) == (TrialStatus.STOPPED, "Stopped early by ana, its value kept.")
    assert (job.best_trial, job.best_value) == (trial, trial.value)
    assert job.best_value is not None


def test_a_trial_stopped_with_its_value_ignored_does_not_count(make_job, work, ana, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    meanwhile(lambda trial: steering.stop_trial(trial, ana, keep=False))
    work()
    job.refresh_from_db()
    assert job.trials.get().status == TrialStatus.STOPPED
    assert (job.best_trial, job.best_value, job.stopped_trials) == (None, None, 1)


def test_a_trial_that_has_ended_cannot_be_stopped(make_job, work, ana):
    job = make_job("steps.py", num_samples=1)
    work()
    with pytest.raises(NotPossible, match="Trial 1 has ended"):
        steering.stop_trial(job.trials.get(), ana, keep=True)


def test_dropping_the_only_pending_trial_ends_its_job(make_job, ana):
    job = make_job("steps.py", num_samples=1)
    lifecycle.step(job)
    steering.stop_trial(job.trials.get(), ana, keep=False)
    job.refresh_from_db()
    assert (job.is_active, job.stopped_trials) == (False, 1)


def test_a_failed_trial_that_is_retried_completes_its_job(make_job, work, ana, fails_once):
    job = make_job(fails_once, num_samples=1)
    work()
    job.refresh_from_db()
    assert (job.status, job.failed_trials) == (JobStatus.FAILED, 1)
    assert steering.retry(job, [1], ana) == 1
    work()
    job.refresh_from_db()
    trial = job.trials.get()
    assert (trial.status, trial.attempt, trial.exit_code) == (TrialStatus.COMPLETED, 2, 0)
    assert (job.status, job.failed_trials, job.completed_trials) == (JobStatus.COMPLETED, 0, 1)
    assert (job.best_trial, job.reason) == (trial, "")


def test_retrying_runs_the_failed_trials_and_no_others(make_job, work, ana, fails_once):
    job = make_job(fails_once, num_samples=10, max_failed_trials=1)
    work()
    job.refresh_from_db()
    assert (job.created_trials, job.failed_trials) == (1, 1)
    steering.retry(job, [1], ana)
    assert work() == 1
    job.refresh_from_db()
    assert (job.status, job.created_trials) == (JobStatus.COMPLETED, 1)


def test_nothing_is_retried_where_nothing_failed(make_job, work, ana):
    job = make_job("steps.py", num_samples=1)
    work()
    with pytest.raises(NotPossible, match="None of these trials has failed"):
        steering.retry(job, [1], ana)
    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED


def test_an_extended_search_goes_on_with_its_history(make_job, work, ana):
    whole = make_job("steps.py", num_samples=5)
    work()
    job = make_job("steps.py", num_samples=3)
    work()
    steering.extend(job, 2, ana)
    job.refresh_from_db()
    assert (job.status, job.num_samples) == (JobStatus.PENDING, 5)
    assert work() == 2
    job.refresh_from_db()
    assert (job.status, job.completed_trials) == (JobStatus.COMPLETED, 5)
    assert [trial.parameters for trial in job.trials.order_by("number")] == [
        trial.parameters for trial in whole.trials.order_by("number")
    ]


def test_a_plain_job_cannot_be_extended(make_job, ana):
    with pytest.raises(NotPossible, match="rebuild"):
        steering.extend(make_job("steps.py", search=False), 1, ana)


def test_a_configuration_chosen_by_hand_is_run(make_job, work, ana):
    job = make_job("steps.py", num_samples=1)
    work()
    trial = steering.queue_configuration(job, {"learning_rate": 0.25}, ana)
    assert work() == 1
    trial.refresh_from_db()
    assert (trial.number, trial.origin, trial.status) == (2, TrialOrigin.HAND, TrialStatus.COMPLETED)
    assert trial.value == pytest.approx(1 / 1.5)


def test_a_configuration_after_an_early_end_adds_only_itself(make_job, work, ana):
    job = make_job("steps.py", num_samples=10, target_value=1.0)
    work()
    job.refresh_from_db()
    assert job.created_trials < 10
    known = job.created_trials
    TrainingJob.objects.filter(pk=job.pk).update(target_value=None)
    steering.queue_configuration(job, {"learning_rate": 0.25}, ana)
    work()
    job.refresh_from_db()
    assert job.created_trials == known + 1


def test_a_configuration_out_of_range_is_refused_by_name(make_job, ana):
    job = make_job("steps.py")
    before = job.trials.count()
    with pytest.raises(ValueError, match="learning_rate"):
        steering.queue_configuration(job, {"learning_rate": 5.0}, ana)
    assert job.trials.count() == before


def test_a_paused_job_starts_no_trial_until_it_is_resumed(make_job, work, ana):
    job = make_job("steps.py", num_samples=2)
    steering.pause(job, ana)
    with pytest.raises(NotPossible):
        steering.pause(job, ana)
    assert work() == 0
    steering.resume(job, ana)
    with pytest.raises(NotPossible, match="not paused"):
        steering.resume(job, ana)
    assert work() == 2


def test_changed_ranges_hold_from_the_next_trial_on(make_job, work, ana):
    job = make_job("steps.py", num_samples=2)
    work()
    old = job.search_space
    narrow = SearchSpace({"learning_rate": Float(0.5, 0.6)})
    steering.change_ranges(job, narrow, ana)
    job.refresh_from_db()
    assert job.phases == [
        {"first_trial": 1, "search_space": old},
        {"first_trial": 3, "search_space": narrow.to_json()},
    ]
    steering.extend(job, 3, ana)
    work()
    assert all(0.5 <= trial.parameters["learning_rate"] <= 0.6 for trial in job.trials.filter(number__gte=3))
    assert job.trials.count() == 5


def test_other_hyperparameters_are_no_change_of_ranges(make_job, ana):
    with pytest.raises(NotPossible, match="which hyperparameters"):
        steering.change_ranges(make_job("steps.py"), SearchSpace({"momentum": Float(0, 1)}), ana)


def test_the_pages_buttons_do_what_they_say(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    base = job.get_absolute_url()
    page.post(f"{base}pause/")
    job.refresh_from_db()
    assert job.paused
    assert f'action="{base}resume/"' in page.get(base).content.decode()
    page.post(f"{base}resume/")
    page.post(f"{base}extend/", {"count": "1"})
    page.post(f"{base}change/", {"max_concurrent": "4", "priority": "2"})
    job.refresh_from_db()
    assert (job.paused, job.num_samples, job.max_concurrent, job.priority) == (False, 2, 4, 2)


def test_a_configuration_is_queued_from_its_page(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    work()
    address = f"{job.get_absolute_url()}configuration/"
    best = job.trials.get().parameters["learning_rate"]
    assert f'value="{best!r}"' in page.get(address).content.decode()
    response = page.post(address, {"hp-learning_rate": "5"})
    text = response.content.decode()
    assert (response.status_code, job.trials.count()) == (422, 1)
    assert "Enter a number of at most 1." in text and 'value="5"' in text
    response = page.post(address, {"hp-learning_rate": "0.25"})
    assert response.url == f"{job.get_absolute_url()}trials/2/"
    assert work() == 1
    assert job.trials.get(number=2).parameters == {"learning_rate": 0.25}


def test_a_configuration_is_filled_in_from_the_trial_in_the_address(make_job, work, page):
    job = make_job("steps.py", num_samples=3)
    work()
    for trial in job.trials.all():
        text = page.get(f"{job.get_absolute_url()}configuration/?trial={trial.number}").content.decode()
        assert f'value="{trial.parameters["learning_rate"]!r}"' in text


def test_ranges_are_changed_on_their_page_and_shown_as_phases(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    address = f"{job.get_absolute_url()}ranges/"
    wish = {"hp-learning_rate-lower": "0.6", "hp-learning_rate-upper": "0.5", "hp-learning_rate-scale": "log"}
    response = page.post(address, wish)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Enter an upper bound above the lower bound 0.6." in text and 'value="0.6"' in text
    page.post(address, {**wish, "hp-learning_rate-upper": "0.7"})
    page.post(f"{job.get_absolute_url()}extend/", {"count": "2"})
    assert work() == 2
    job.refresh_from_db()
    assert all(0.6 <= trial.parameters["learning_rate"] <= 0.7 for trial in job.trials.filter(number__gt=2))
    text = page.get(job.get_absolute_url()).content.decode()
    assert "Trials 1 to 2" in text
    assert "From trial 3 on" in text
    assert "learning_rate: 0.6 to 0.7, log" in text


@pytest.mark.parametrize("algorithm", ["bayes_opt_search", "tpe_search", "anneal_search", "grid_search"])
def test_every_search_algorithm_goes_on_in_narrower_ranges(make_job, work, ana, algorithm):
    parameters = {"seed": 1, **({"n_initial_points": 2} if algorithm == "tpe_search" else {})}
    space = SearchSpace({"learning_rate": Float(0.0, 1.0, points=3)}).to_json()
    job = make_job(
        "steps.py",
        search_algorithm=algorithm,
        search_parameters=parameters,
        num_samples=3,
        search_space=space,
    )
    work()
    steering.change_ranges(job, SearchSpace({"learning_rate": Float(0.2, 0.3)}), ana)
    steering.extend(job, 3, ana)
    work()
    job.refresh_from_db()
    assert (job.status, job.completed_trials) == (JobStatus.COMPLETED, 6)
    assert all(0.2 <= trial.parameters["learning_rate"] <= 0.3 for trial in job.trials.filter(number__gt=3))


FAILS_IN_TWO_WAYS = """
import sys
rate = float(sys.argv[-1].rpartition("=")[2])
sys.exit("no data" if rate < 0.5 else "no memory")
"""


def test_failed_trials_are_retried_by_their_last_line(make_job, work, page):
    job = make_job(
        FAILS_IN_TWO_WAYS, num_samples=4, search_space=SearchSpace({"learning_rate": Float(0, 1)}).to_json()
    )
    work()
    by_line = {}
    for trial in job.trials.all():
        by_line.setdefault(trial.reason, []).append(trial.number)
    assert set(by_line) == {"Exit code 1: no data", "Exit code 1: no memory"}
    address = f"{job.get_absolute_url()}retry/"
    text = page.get(address).content.decode()
    assert "Retry all 4" in text
    for reason, numbers in by_line.items():
        assert f'value="{reason}"' in text and f"Retry {len(numbers)}<" in text
    page.post(address, {"reason": "Exit code 1: no data"})
    assert work() == len(by_line["Exit code 1: no data"])
    attempts = dict(job.trials.values_list("number", "attempt"))
    assert attempts == {
        number: 2 if reason.endswith("no data") else 1
        for reason, group in by_line.items()
        for number in group
    }
    page.post(address)
    assert work() == 4


def test_a_failed_trial_is_retried_from_its_page(make_job, work, page, fails_once):
    job = make_job(fails_once, num_samples=1)
    work()
    address = f"{job.get_absolute_url()}trials/1/"
    assert f'action="{address}retry/"' in page.get(address).content.decode()
    page.post(f"{address}retry/")
    work()
    assert job.trials.get().status == TrialStatus.COMPLETED


def test_the_highest_priority_needs_its_permission(make_job, page, ana):
    job = make_job("steps.py")
    wish = {"max_concurrent": "2", "priority": "3"}
    response = page.post(f"{job.get_absolute_url()}change/", wish, follow=True)
    assert "Priority 3 needs a permission" in response.content.decode()
    job.refresh_from_db()
    assert job.priority == 1
    ana.user_permissions.add(Permission.objects.get(codename="use_highest_priority"))
    page.post(f"{job.get_absolute_url()}change/", wish)
    job.refresh_from_db()
    assert job.priority == 3


@pytest.mark.parametrize("count", ["", "0", "-1", "ten", "1000000"])
def test_a_nonsensical_number_of_trials_is_refused_in_words(make_job, page, count):
    job = make_job("steps.py")
    response = page.post(f"{job.get_absolute_url()}extend/", {"count": count}, follow=True)
    assert "Trials to add:" in response.content.decode()
    job.refresh_from_db()
    assert job.num_samples == 3


def test_what_is_not_possible_is_told_on_the_page(make_job, work, page, ana):
    job = make_job("steps.py", num_samples=1)
    work()
    response = page.post(f"{job.get_absolute_url()}pause/", follow=True)
    assert "cannot be paused" in response.content.decode()
    response = page.post(
        f"{job.get_absolute_url()}reread/",
        {"indicator_name": "accuracy", "direction": "max", "pattern": "loss=("},
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert 'value="accuracy"' in text and 'value="loss=("' in text
    assert "field-error" in text or "invalid-feedback" in text
    job.refresh_from_db()
    assert job.pattern != "("


@pytest.mark.parametrize(
    "rest",
    [
        "pause/",
        "resume/",
        "extend/",
        "retry/",
        "change/",
        "reread/",
        "ranges/",
        "configuration/",
        "trials/1/stop/",
        "trials/1/retry/",
    ],
)
def test_strangers_cannot_steer(make_job, client, rest):
    job = make_job("steps.py")
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    before = TrainingJob.objects.values().get(pk=job.pk)
    assert client.post(f"{job.get_absolute_url()}{rest}", {"count": "3"}).status_code == 404
    assert TrainingJob.objects.values().get(pk=job.pk) == before


def test_a_job_being_stopped_is_not_steered(make_job, work, ana, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    refused = []

    def act(trial):
        lifecycle.stop(TrainingJob.objects.get(pk=job.pk), ana)
        try:
            steering.extend(job, 1, ana)
        except NotPossible as error:
            refused.append(str(error))

    meanwhile(act)
    work()
    assert refused == ["Job job is being stopped. Try again once it is terminated."]
    assert Event.objects.filter(job=job, kind="continued").count() == 0
