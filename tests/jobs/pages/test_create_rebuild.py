"""Rebuild opens the form as a job was filled in."""

from django.contrib.auth import get_user_model

from jobs.models import Flavor, TrainingJob, Trial

COPIED = [
    "description", "algorithm", "algorithm_name", "specification_data", "snapshot", "hyperparameters",
    "search_space", "indicator_name", "direction", "pattern", "objective", "search_algorithm",
    "search_parameters", "num_samples", "max_concurrent", "inputs", "outputs", "predownload", "environment",
    "log_path_uri", "pool", "flavor", "priority", "auto_restart", "auto_stop_hours",
    "trial_time_limit_seconds", "max_failed_trials", "target_value", "patience_trials", "early_stopping",
    "hang_minutes", "stop_when_hanging",
]  # fmt: skip


def searched(submit, algorithm, **changes):
    flavor = Flavor.objects.create(name="small")
    return submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        **{
            "description": "first",
            "hp__learning_rate__searched": "on",
            "hp__learning_rate__lower": "2e-5",
            "hp__optimizer__searched": "on",
            "hp__optimizer__choices": ["adam", "sgd"],
            "hp__epochs__value": "8",
            "search__search_algorithm": "bayes_opt_search",
            "search__num_samples": "7",
            "search__indicator": "loss",
            "search__patience_trials": "3",
            "search__early_stopping": "median",
            "sampler-bayes_opt_search-kind": "poi",
            "env__TOTAL_FORMS": "1",
            "env__0__name": "A",
            "env__0__value": "1",
            "flavor": str(flavor.pk),
            "auto_stop": "custom",
            "auto_stop_hours": "5",
            "time_limit": "90",
            "time_limit_unit": "1",
            "auto_restart": "2",
            "hang_minutes": "",
            **changes,
        },
    )


def test_a_rebuilt_job_is_the_same_but_for_its_name(submit, algorithm):
    first = searched(submit, algorithm)
    second = submit(f"/jobs/create/?rebuild={first.pk}")
    assert second.name != first.name
    assert {name: getattr(second, name) for name in COPIED} == {name: getattr(first, name) for name in COPIED}


def test_a_hyperparameter_that_was_removed_stays_removed(submit, algorithm):
    first = submit(f"/jobs/create/?algorithm={algorithm.pk}", hp__optimizer__removed="True")
    second = submit(f"/jobs/create/?rebuild={first.pk}")
    assert "optimizer" not in second.hyperparameters


def test_a_job_whose_algorithm_is_gone_is_rebuilt_from_what_it_kept(submit, algorithm):
    first = searched(submit, algorithm)
    algorithm.delete()
    second = submit(f"/jobs/create/?rebuild={first.pk}")
    assert second.specification_data == first.specification_data
    assert second.snapshot == first.snapshot
    assert second.algorithm is None
    assert second.search_space == first.search_space


def test_the_values_of_a_trial_make_a_plain_job(submit, algorithm):
    job = searched(submit, algorithm)
    Trial.objects.create(
        job=job, number=4, value=0.25, parameters={"learning_rate": 0.003, "optimizer": "adam"}
    )
    again = submit(f"/jobs/create/?rebuild={job.pk}&trial=4")
    assert not again.is_search
    assert (again.indicator_name, again.direction, again.pattern) == ("loss", "min", r"loss=(\S+)")
    assert again.description == f"Trains again with the values of trial 4 of {job.name}, whose loss is 0.25."
    assert again.hyperparameters == {"learning_rate": 0.003, "epochs": 8, "optimizer": "adam"}


def test_a_job_whose_indicator_was_read_anew_is_rebuilt_with_that_one(submit, algorithm):
    first = searched(submit, algorithm)
    changed = {"direction": "max", "pattern": r"validation loss=(\S+)"}
    TrainingJob.objects.filter(pk=first.pk).update(**changed)
    second = submit(f"/jobs/create/?rebuild={first.pk}")
    assert {name: getattr(second, name) for name in changed} == changed
    assert [row.name for row in second.specification.indicators] == ["accuracy", "loss"]
    TrainingJob.objects.filter(pk=first.pk).update(indicator_name="other")
    assert submit(f"/jobs/create/?rebuild={first.pk}").indicator_name == "other"


def test_the_job_of_a_stranger_cannot_be_rebuilt(client, algorithm, submit):
    job = searched(submit, algorithm)
    client.force_login(get_user_model().objects.create_user("eve"))
    assert client.get(f"/jobs/create/?rebuild={job.pk}").status_code == 404
    assert client.get(f"/jobs/create/?warm_start={job.pk}").status_code == 404
    html = client.get(f"/jobs/create/sections/?algorithm=job-{job.pk}").content.decode()
    assert "learning_rate" not in html
