"""What is typed is checked as Submit would check it, and nothing is stored by that."""

import pytest

from jobs.models import TrainingJob


@pytest.fixture
def check(page, filled, algorithm):
    """`check(**changes)` is the answer to the form with those changes."""

    def send(**changes):
        data = filled(f"/jobs/create/?algorithm={algorithm.pk}", **changes)
        return page.post("/jobs/create/check/", data).json()

    return send


def test_every_error_is_told_by_the_id_of_its_field(check):
    answer = check(
        name="a b",
        time_limit="-1",
        hp__learning_rate__searched="on",
        hp__learning_rate__lower="5",
        search__num_samples="abc",
        env__TOTAL_FORMS="2",
        env__0__name="1",
        env__1__name="2",
    )
    places = ["id_name", "id_hp-learning_rate-lower", "id_hp-learning_rate-upper", "id_search-num_samples"]
    places += ["id_env-0-name", "id_env-1-name", "id_time_limit"]
    assert list(answer["errors"]) == places
    assert [problem["anchor"] for problem in answer["problems"]] == places
    assert answer["problems"][2]["label"] == "learning_rate upper bound"
    assert not TrainingJob.objects.exists()


def test_a_sound_form_has_no_problem(check):
    assert check() == {"errors": {}, "problems": [], "warnings": {}}


def test_a_search_that_would_be_random_is_warned_of(check):
    answer = check(
        hp__learning_rate__searched="on",
        search__search_algorithm="tpe_search",
        search__num_samples="12",
        sampler__tpe_search__n_initial_points="12",
    )
    assert answer["errors"] == {}
    assert "so are all of these" in answer["warnings"]["id_search-num_samples"][0]


def test_the_secret_values_of_a_rebuilt_job_count_as_given(page, filled, submit, algorithm):
    variables = {"env__TOTAL_FORMS": "1", "env__0__name": "TOKEN", "env__0__secret": "on"}
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables, env__0__value="hunter2")
    address = f"/jobs/create/?rebuild={job.pk}"
    assert page.post(f"/jobs/create/check/?rebuild={job.pk}", filled(address)).json()["errors"] == {}
    errors = page.post("/jobs/create/check/", filled(address)).json()["errors"]
    assert errors == {"id_env-0-value": ["Enter the secret value of TOKEN again."]}
