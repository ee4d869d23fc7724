"""Pre-flight runs a script once with its defaults and tells what came of it, without any job on a page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from algorithms.models import Algorithm, AlgorithmStatus, Engine
from jobs.execution import preflight
from jobs.forms import remaining_quota
from jobs.models import Flavor, TrainingJob, Trial
from jobs.results.preflight import report as preflight_report
from storage.models import Bucket
from tests.jobs.pages.forms import read_form

pytestmark = pytest.mark.django_db(transaction=True)

TRAINS = """
import argparse, os, time
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--epochs", type=int)
options = parser.parse_args()
print("token", os.environ.get("TOKEN"), "rate", options.learning_rate, flush=True)
for epoch in range(options.epochs):
    print(f"loss={options.learning_rate / (epoch + 1):.4f}", flush=True)
    time.sleep(0.1)
"""


def row(name, type, default):
    return {
        "name": name, "type": type, "default": default, "required": True, "description": "",
        "restraint": {"kind": "", "lower": None, "upper": None, "choices": []}, "position": None,
    }  # fmt: skip


@pytest.fixture
def make_algorithm(make_snapshot, ana):
    def make(program=TRAINS, epochs=4, **columns):
        values = {
            "name": "trains",
            "owner": ana,
            "status": AlgorithmStatus.AVAILABLE,
            "engine": Engine.objects.first(),
            "code_directory": "obs://ana/code/",
            "boot_file": "train.py",
            "snapshot": make_snapshot(program),
            "hyperparameters": [row("learning_rate", "Float", 0.5), row("epochs", "Integer", epochs)],
            "auto_search": True,
            "indicators": [{"name": "loss", "direction": "min", "pattern": r"loss=(\S+)"}],
            "search_ranges": [
                {"name": "learning_rate", "lower": 0.01, "upper": 1.0, "log": True, "choices": []}
            ],
            "search_algorithms": {"random_search": {"num_samples": 10, "seed": 3}},
        }
        return Algorithm.objects.create(**{**values, **columns})

    return make


@pytest.fixture
def check(page):
    """`check(algorithm, **changes)` presses the button; names are written with `__` for `-`."""

    def press(algorithm, **changes):
        address = f"/jobs/create/?algorithm={algorithm.pk}"
        data = read_form(page.get(address).content.decode(), "data-create-job")
        data |= {"hp-learning_rate-searched": "on", "search-max_concurrent": "2"}
        data |= {name.replace("__", "-"): value for name, value in changes.items()}
        return page.post("/jobs/create/preflight/", {k: v for k, v in data.items() if v is not None})

    return press


def report_of(page):
    job = TrainingJob.objects.exclude(preflight=None).get()
    response = page.get(f"/jobs/create/preflight/{-job.pk}/")
    return response, response.context["report"], response.content.decode()


def test_a_script_that_runs_is_ready_with_values_pace_and_estimate(make_algorithm, check, work, page):
    answer = check(make_algorithm())
    assert "Waiting for a free worker of resource pool default." in answer.content.decode()
    assert work() == 1
    response, report, text = report_of(page)
    assert (response.status_code, report.ended, report.started) == (286, True, True)
    assert (report.arguments, report.count, report.problem) == ("accepted", 4, "")
    assert (report.first, report.latest) == ([0.5, 0.25, 0.1667, 0.125], [])
    assert 0.05 < report.seconds_per_line < 5
    assert not report.at_least
    trial = Trial.objects.get()
    assert report.estimate == (trial.ended - trial.started) * 5
    assert "10 trials, 2 at once" in text
    assert "hx-get" not in text


def test_the_script_gets_its_default_though_its_range_is_searched(make_algorithm, check, work, page):
    check(make_algorithm())
    work()
    assert "rate 0.5" in Trial.objects.get().log_path.read_text()


def test_a_script_that_goes_on_is_ended_and_its_whole_run_estimated(make_algorithm, check, work, page):
    check(make_algorithm(epochs=100_000))
    job = TrainingJob.objects.get()
    TrainingJob.objects.filter(pk=job.pk).update(trial_time_limit_seconds=3)
    work()
    _, report, text = report_of(page)
    assert (report.ended, report.problem, report.arguments) == (True, "", "accepted")
    assert report.assumption == "if each of 100000 epochs prints one indicator line"
    assert report.estimate.total_seconds() > 5 * 100_000 * 0.05
    assert "about" in text


def test_an_argument_that_the_script_does_not_know_is_named(make_algorithm, check, work, page):
    program = TRAINS.replace('parser.add_argument("--epochs", type=int)', "")
    check(make_algorithm(program))
    work()
    _, report, text = report_of(page)
    assert (report.arguments, report.started, report.estimate) == ("refused", True, None)
    assert "unrecognized arguments" in report.problem
    assert "<details open><summary>Last lines" in text


def test_a_script_without_the_indicator_is_not_ready_and_shows_its_last_lines(
    make_algorithm, check, work, page
):
    check(make_algorithm("print('accuracy: 1')\nprint('<b>done</b>')\n"))
    work()
    _, report, text = report_of(page)
    assert (report.arguments, report.count) == ("accepted", 0)
    assert report.problem == "No line matched the search indicator loss, 2 lines read."
    assert report.last_lines == ["accuracy: 1", "<b>done</b>"]
    assert "&lt;b&gt;done" in text


def test_an_exception_is_told_with_its_last_line(make_algorithm, check, work, page):
    check(make_algorithm("import no_such_module\n"))
    work()
    _, report, text = report_of(page)
    assert "No module named 'no_such_module'" in report.problem
    assert report.arguments == ""
    assert "cannot be told: the script failed before it printed a value" in text


def test_a_plain_job_needs_no_value(make_algorithm, check, work, page):
    check(make_algorithm("print('accuracy: 1')\n\n"), hp__learning_rate__searched=None)
    work()
    _, report, text = report_of(page)
    assert (report.problem, report.count) == ("", 0)
    assert "0 values: no line matched its regular expression" in text


def test_what_is_left_out_is_told_and_as_many_run_at_once_as_there_are_workers(
    make_algorithm, check, work, page
):
    check(make_algorithm(epochs=10))
    work()
    _, report, text = report_of(page)
    assert (report.first, len(report.latest), report.latest[-1]) == ([0.5, 0.25, 0.1667, 0.125], 4, 0.05)
    assert "…" in text
    trial = Trial.objects.get()
    alone = preflight_report(trial.job, workers=1)
    assert (alone.at_once, alone.estimate) == (1, (trial.ended - trial.started) * 10)


def test_a_refused_submission_keeps_what_the_check_has_found(make_algorithm, check, work, page):
    algorithm = make_algorithm()
    check(algorithm)
    work()
    number = -TrainingJob.objects.get().pk
    answer = page.post(
        f"/jobs/create/?algorithm={algorithm.pk}", {"preflight": number, "algorithm": algorithm.pk}
    )
    text = answer.content.decode()
    assert "The job was not created" in text
    assert "The script runs." in text
    assert f'name="preflight" value="{number}"' in text


def test_a_check_takes_no_id_from_jobs(make_algorithm, check, make_job):
    first = make_job("steps.py", submit=False)
    check(make_algorithm())
    assert make_job("steps.py", submit=False).pk == first.pk + 1


def test_what_is_wrong_with_the_form_is_told_and_nothing_is_run(make_algorithm, check):
    text = check(make_algorithm(), hp__learning_rate__lower="").content.decode()
    assert "The script was not run" in text
    assert "Enter the lower bound." in text
    assert not TrainingJob.objects.exists()


def test_no_page_lists_a_check_and_no_quota_counts_it(make_algorithm, check, work, page, settings, ana):
    before = remaining_quota(ana)
    check(make_algorithm())
    work()
    job = TrainingJob.objects.get()
    assert remaining_quota(ana) == before
    for user in (ana, type(ana).objects.create_superuser("root", password="a-long-password")):
        page.force_login(user)
        for address in ("/jobs/", "/"):
            assert job.name not in page.get(address).content.decode()
        for rest in ("", "trials/1/", "logs/download/"):
            assert page.get(f"/jobs/{job.pk}/{rest}").status_code == 404
        assert page.post(f"/jobs/{job.pk}/delete/").status_code == 404


def test_only_who_started_a_check_reads_it(make_algorithm, check, client, ana):
    check(make_algorithm())
    job = TrainingJob.objects.get()
    client.force_login(type(ana).objects.create_superuser("root", password="a-long-password"))
    assert client.get(f"/jobs/create/preflight/{-job.pk}/").status_code == 404
    assert client.post(f"/jobs/create/preflight/{-job.pk}/stop/").status_code == 404


def test_another_check_or_stop_ends_the_one_before_with_its_files(make_algorithm, check, work, page):
    algorithm = make_algorithm()
    check(algorithm)
    work()
    first = TrainingJob.objects.get()
    assert first.directory.exists()
    check(algorithm)
    second = TrainingJob.objects.get()
    assert second.pk != first.pk
    assert not first.directory.exists()
    assert page.post(f"/jobs/create/preflight/{-second.pk}/stop/").content == b""
    assert not TrainingJob.objects.exists()


def test_old_checks_are_forgotten_and_jobs_are_not(make_algorithm, check, make_job):
    kept = make_job("steps.py", submit=False)
    check(make_algorithm())
    preflight.forget_old()
    assert TrainingJob.objects.count() == 2
    TrainingJob.objects.update(created=timezone.now() - timedelta(hours=2))
    preflight.forget_old()
    assert TrainingJob.objects.get() == kept


def test_the_chosen_time_pool_and_specification_are_used(make_algorithm, check):
    flavor = Flavor.objects.create(name="small", cpu_count=1)
    check(make_algorithm(), preflight_seconds="60", flavor=str(flavor.pk))
    job = TrainingJob.objects.get()
    assert (job.trial_time_limit_seconds, job.flavor, job.pool.name) == (60, flavor, "default")
    check(job.algorithm, preflight_seconds="99999")
    assert TrainingJob.objects.get().trial_time_limit_seconds == 20


def test_nothing_is_uploaded(make_algorithm, check, work, ana, data_dir):
    Bucket.objects.create(name="ana", owner=ana)
    (data_dir / "buckets" / "ana").mkdir(parents=True)
    program = """
import argparse, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--train_url")
options, _ = parser.parse_known_args()
(pathlib.Path(options.train_url) / "model.txt").write_text("weights")
print("loss=1")
"""
    output = {"name": "train_url", "description": "", "obtained_from": "hyperparameters"}
    algorithm = make_algorithm(program, outputs=[output])
    check(algorithm, output__train_url__path="obs://ana/models/", log_path_uri="obs://ana/logs/")
    job = TrainingJob.objects.get()
    assert job.outputs == {"train_url": "obs://ana/models/"}
    work()
    assert Trial.objects.get().value == 1.0
    assert not [path for path in (data_dir / "buckets" / "ana").rglob("*") if path.is_file()]
