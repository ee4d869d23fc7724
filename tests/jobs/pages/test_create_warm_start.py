"""A search may learn from earlier ones over the same hyperparameters."""


def test_a_search_learns_from_the_ticked_jobs(submit, algorithm, make_job):
    earlier = make_job("earlier", best_value=0.9, completed_trials=10)
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        warm__jobs=[str(earlier.pk)],
    )
    assert list(job.warm_start_from.all()) == [earlier]


def test_a_job_can_be_chosen_by_the_address(submit, algorithm, make_job):
    earlier = make_job(
        "earlier",
        algorithm=algorithm,
        hyperparameters={"epochs": 5},
        specification_data=algorithm.specification().to_json(),
        best_value=0.9,
        completed_trials=10,
    )
    job = submit(f"/jobs/create/?warm_start={earlier.pk}")
    assert list(job.warm_start_from.all()) == [earlier]
    assert job.search_space == earlier.search_space


def test_other_hyperparameters_do_not_fit(submit, algorithm, make_job):
    earlier = make_job("earlier", best_value=0.9, completed_trials=10)
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}", hp__epochs__searched="on", warm__jobs=[str(earlier.pk)]
    )
    assert "earlier searched learning_rate" in errors["warm-jobs"]


def test_another_indicator_does_not_fit(submit, algorithm, make_job):
    earlier = make_job("earlier", best_value=0.9, completed_trials=10)
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        hp__learning_rate__searched="on",
        warm__jobs=[str(earlier.pk)],
        search__indicator="loss",
    )
    assert "earlier searched for accuracy" in errors["warm-jobs"]


def test_searches_without_results_and_those_of_strangers_are_not_offered(page, algorithm, make_job, ben):
    make_job("nothing-found")
    make_job("not-yours", owner=ben, best_value=0.9, completed_trials=10)
    html = page.get(f"/jobs/create/?algorithm={algorithm.pk}").content.decode()
    assert "nothing-found" not in html
    assert "not-yours" not in html
