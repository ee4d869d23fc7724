"""Switching ranges on makes a search of the job."""

from search import SAMPLERS, SearchSpace


def test_a_range_that_is_on_becomes_a_dimension_and_the_rest_stays_fixed(submit, algorithm):
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        hp__learning_rate__lower="1e-4",
        hp__epochs__value="7",
    )
    assert job.search_space == {
        "dimensions": [{"name": "learning_rate", "type": "float", "lower": 1e-4, "upper": 0.1, "log": True}]
    }
    assert job.hyperparameters == {"epochs": 7, "optimizer": "sgd"}
    assert job.status == "Pending"


def test_whole_numbers_and_choices_are_searched_as_such(submit, algorithm):
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__epochs__searched="on",
        hp__epochs__upper="20",
        hp__optimizer__searched="on",
        hp__optimizer__choices=["sgd", "rmsprop"],
    )
    assert SearchSpace.from_json(job.search_space).to_json()["dimensions"] == [
        {"name": "epochs", "type": "integer", "lower": 2, "upper": 20, "log": False},
        {"name": "optimizer", "type": "categorical", "choices": ["sgd", "rmsprop"]},
    ]


def test_the_policy_is_that_of_the_chosen_search_algorithm(submit, algorithm):
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        **{
            "hp__learning_rate__searched": "on",
            "search__indicator": "loss",
            "search__search_algorithm": "bayes_opt_search",
            "search__num_samples": "9",
            "search__max_concurrent": "3",
            "search__seed": "11",
            "search__objective": "latest",
            "search__target_value": "0.05",
            "search__patience_trials": "4",
            "search__max_failed_trials": "5",
            "sampler-bayes_opt_search-kind": "ei",
            "sampler-bayes_opt_search-xi": "0.1",
        },
    )
    assert (job.indicator_name, job.direction, job.pattern) == ("loss", "min", r"loss=(\S+)")
    assert (job.search_algorithm, job.num_samples, job.max_concurrent) == ("bayes_opt_search", 9, 3)
    assert (job.target_value, job.patience_trials, job.max_failed_trials) == (0.05, 4, 5)
    assert job.objective == "latest"
    declared = {parameter.name for parameter in SAMPLERS["bayes_opt_search"].parameters}
    assert set(job.search_parameters) == declared | {"seed"}
    assert job.search_parameters["kind"] == "ei"
    assert job.search_parameters["xi"] == 0.1
    assert job.search_parameters["seed"] == 11


def test_the_form_starts_with_what_the_algorithm_was_created_with(filled, algorithm):
    fields = filled(f"/jobs/create/?algorithm={algorithm.pk}")
    assert fields["search-search_algorithm"] == ["tpe_search"]
    assert fields["search-num_samples"] == ["12"]
    assert fields["search-seed"] == ["3"]
    assert fields["hp-learning_rate-lower"] == ["1e-05"]
    assert fields["hp-learning_rate-scale"] == ["log"]
    assert fields["search-max_concurrent"] == ["2"]


def test_only_the_search_algorithms_of_the_algorithm_are_offered(page, algorithm):
    html = page.get(f"/jobs/create/?algorithm={algorithm.pk}").content.decode()
    assert 'value="tpe_search"' in html
    assert 'value="bayes_opt_search"' in html
    assert 'value="anneal_search"' not in html


def test_bounds_in_the_wrong_order_are_refused_beside_the_upper_one(submit, algorithm):
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        hp__learning_rate__lower="0.5",
        hp__learning_rate__upper="0.5",
    )
    assert "above the lower bound 0.5" in errors["hp-learning_rate-upper"]


def test_a_logarithmic_scale_needs_a_lower_bound_above_0(submit, make_algorithm):
    rows = make_algorithm().hyperparameters
    rows[0]["restraint"] = {"kind": "", "lower": None, "upper": None, "choices": []}
    algorithm = make_algorithm(name="free", hyperparameters=rows)
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        hp__learning_rate__lower="0",
    )
    assert "above 0" in errors["hp-learning_rate-lower"]


def test_bounds_stay_inside_the_restraint(submit, algorithm):
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        hp__learning_rate__upper="2",
    )
    assert "upper bound 1.0" in errors["hp-learning_rate-upper"]


def test_one_ticked_choice_is_no_search(submit, algorithm):
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__optimizer__searched="on",
        hp__optimizer__choices=["sgd"],
    )
    assert "at least two" in errors["hp-optimizer-choices"]


def test_more_trials_than_different_settings_are_refused(submit, make_algorithm):
    algorithm = make_algorithm(search_algorithms={"random_search": {}})
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__optimizer__searched="on",
        search__num_samples="4",
    )
    assert "only 3 different settings" in errors["search-num_samples"]


def test_values_behind_a_range_that_is_off_are_not_looked_at(submit, algorithm):
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__lower="nonsense",
        search__num_samples="-3",
    )
    assert not job.search_space
