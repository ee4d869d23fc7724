"""A search that is warm-started knows the trials of earlier searches from its first suggestion on."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

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


def test_the_page_lists_the_earlier_trials_with_links_and_marks_them(make_job, client, ana):
    first = make_job("prints_nan.py", submit=False, name="first")
    observed(
        first,
        ({"learning_rate": 0.5}, 0.25, "Completed"),
        ({"other": 1}, 0.5, "Completed"),
        ({"learning_rate": 0.1}, None, "Failed"),
    )
    warm = make_job("prints_nan.py", submit=False, name="warm")
    warm.warm_start_from.add(first)
    client.force_login(ana)
    text = client.get(warm.get_absolute_url()).content.decode()
    assert (
        f'2 trials of <a href="/jobs/{first.pk}/">first</a> <span class="pill pill-info">earlier job' in text
    )
    for number in (1, 3):
        assert f'<a href="/jobs/{first.pk}/trials/{number}/">Trial {number}</a>' in text
    assert "1 more cannot be used" in text
    assert "Warm start" not in client.get(first.get_absolute_url()).content.decode()


def test_a_job_that_the_reader_may_not_see_is_named_without_links(make_job, client, ana):
    team = Group.objects.create(name="team")
    ben = get_user_model().objects.create_user("ben", password="a-long-password")
    ana.groups.add(team)
    ben.groups.add(team)
    stranger = get_user_model().objects.create_user("eve", password="a-long-password")
    first = make_job("prints_nan.py", submit=False, name="first", owner=stranger)
    observed(first, ({"learning_rate": 0.5}, 0.25, "Completed"))
    warm = make_job("prints_nan.py", submit=False, name="warm")
    warm.warm_start_from.add(first)
    client.force_login(ben)
    text = client.get(warm.get_absolute_url()).content.decode()
    assert "1 trial of first" in text
    assert f"/jobs/{first.pk}/" not in text
