"""A search that is warm-started knows the trials of earlier searches from its first suggestion on."""

from jobs.models import Trial
from jobs.results.history import earlier, history, sampler_of, suggest
from search import Categorical, Float, SearchSpace


def observed(job, *rows):
    for number, (parameters, value, status) in enumerate(rows, 1):
        Trial.objects.create(job=job, number=number, parameters=parameters, value=value, status=status)


def test_the_sampler_starts_with_the_trials_of_the_earlier_search(make_job):
    first = make_job("prints_nan.py", submit=False, name="first")
    observed(first, *[({"learning_rate": 0.1 + i / 100}, abs(i - 6) + 1.0, "Completed") for i in range(20)])
    settings = {"search_algorithm": "tpe_search", "num_samples": 5}
    cold = make_job("prints_nan.py", submit=False, name="cold", **settings)
    warm = make_job("prints_nan.py", submit=False, name="warm", **settings)
    warm.warm_start_from.add(first)
    assert suggest(warm) == sampler_of(warm).ask(history=history(first))
    assert suggest(warm) != suggest(cold)
    assert history(warm) == []


def test_trials_that_this_search_cannot_read_are_left_out(make_job):
    def space(*choices):
        return SearchSpace({"rate": Float(0, 1), "kind": Categorical(choices)}).to_json()

    first = make_job("prints_nan.py", submit=False, name="first", search_space=space("a", "b"))
    observed(
        first,
        ({"rate": 0.5, "kind": "a"}, 1.0, "Completed"),
        ({"rate": 0.5, "kind": "b"}, 2.0, "Completed"),
        ({"rate": 0.7, "kind": "a"}, None, "Failed"),
    )
    warm = make_job("prints_nan.py", submit=False, name="warm", search_space=space("a", "c"))
    warm.warm_start_from.add(first)
    assert [(row.params["rate"], row.value) for row in earlier(warm)] == [(0.5, 1.0), (0.7, None)]
    assert suggest(warm)["kind"] in ("a", "c")
