"""Without a range the form makes a plain job: one run with fixed values."""

import pytest

from tests.jobs.pages.forms import read_form


def test_no_range_makes_a_job_of_one_trial(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}")
    assert job.num_samples == 1
    assert not job.is_search
    assert job.search_algorithm == ""
    assert (job.indicator_name, job.direction, job.pattern) == ("accuracy", "max", r"accuracy=(\S+)")
    assert job.hyperparameters == {"learning_rate": 0.01, "epochs": 5, "optimizer": "sgd"}


def test_the_job_keeps_a_copy_of_its_algorithm(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}")
    algorithm.boot_file = "other.py"
    algorithm.save()
    job.refresh_from_db()
    assert job.specification.boot_file == "train.py"
    assert job.snapshot == algorithm.snapshot
    assert (job.algorithm, job.algorithm_name) == (algorithm, "digits")


def test_a_removed_hyperparameter_is_not_passed(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", hp__optimizer__removed="True")
    assert "optimizer" not in job.hyperparameters


def test_a_required_hyperparameter_cannot_be_removed(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", hp__epochs__removed="True")
    assert job.hyperparameters["epochs"] == 5


@pytest.mark.parametrize(
    ("control", "value", "message"),
    [
        ("learning_rate", "2", "above the upper bound"),
        ("learning_rate", "fast", "not a number"),
        ("learning_rate", "nan", "not a finite number"),
        ("learning_rate", "", "required"),
        ("epochs", "2.5", "not a whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_beside_its_field(submit, algorithm, control, value, message):
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", **{f"hp__{control}__value": value})
    assert message in errors[f"hp-{control}-value"]


def test_a_restraint_of_choices_offers_exactly_them(page, make_algorithm):
    rows = make_algorithm().hyperparameters
    rows[1]["restraint"] = {"kind": "choices", "lower": None, "upper": None, "choices": [5, 10]}
    algorithm = make_algorithm(name="chosen", hyperparameters=rows)
    response = page.get(f"/jobs/create/?algorithm={algorithm.pk}")
    field = response.context["job_form"].hyperparameters[1].fields["value"]
    assert field.choices == [("5", "5"), ("10", "10")]


def test_nothing_typed_is_lost_when_something_is_wrong(page, filled, algorithm):
    address = f"/jobs/create/?algorithm={algorithm.pk}"
    typed = filled(
        address,
        name="not a name",
        description="why",
        hp__learning_rate__value="1e-3",
        hp__epochs__searched="on",
        hp__epochs__lower="3",
        auto_stop="custom",
        auto_stop_hours="100",
    )
    html = page.post(address, typed).content.decode()
    again = read_form(html, "data-create-job")
    typed = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    for fields in (typed, again):
        fields.pop("csrfmiddlewaretoken")
    assert again == typed


def test_a_name_is_generated_and_differs_each_time(filled, algorithm):
    names = {filled()["name"][0] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("job-") for name in names)


def test_without_an_algorithm_nothing_is_created(submit, algorithm):
    assert submit("/jobs/create/") == {"algorithm": "Choose an algorithm."}


def test_the_algorithm_of_a_stranger_is_not_offered(page, make_algorithm, ben, submit):
    theirs = make_algorithm(owner=ben, name="theirs")
    assert "theirs" not in page.get("/jobs/create/").content.decode()
    errors = submit("/jobs/create/", algorithm=str(theirs.pk))
    assert "no longer available" in errors["algorithm"]


def test_an_algorithm_that_is_not_available_is_not_offered(page, make_algorithm):
    make_algorithm(status="Failed", name="broken")
    assert "broken" not in page.get("/jobs/create/").content.decode()


def test_another_algorithm_brings_its_own_sections(page, make_algorithm):
    make_algorithm()
    plain = make_algorithm(name="plain", auto_search=False)
    html = page.get(f"/jobs/create/sections/?algorithm={plain.pk}").content.decode()
    assert "learning_rate value" in html
    assert "data-range-toggle" not in html
    assert 'name="description"' not in html


def test_a_full_quota_stops_the_submission(settings, submit, algorithm, make_job):
    settings.JOB_QUOTA = 1
    make_job()
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}")
    assert "quota of 1" in errors[""]
