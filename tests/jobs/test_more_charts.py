"""The charts of a search by their names: what is drawn, what is downloaded, what they cost."""

import csv
import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Trial
from jobs.views.charts import CHARTS
from search import Categorical, Float, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = sorted(CHARTS)
START = datetime(2026, 1, 1, tzinfo=UTC)
SPACE = SearchSpace({"rate": Float(1e-4, 1.0, log=True), "kind": Categorical(["a", "b"])})


def add(job, count):
    rng = np.random.default_rng(1)
    first = job.created_trials + 1
    trials = [
        Trial(
            job=job,
            number=number,
            parameters={"rate": float(10 ** rng.uniform(-4, 0)), "kind": "ab"[number % 2]},
            status="Failed" if number % 10 == 0 else "Completed",
            worker=f"worker-{number % 2}",
            started=START + timedelta(seconds=number),
            ended=START + timedelta(seconds=number + 2),
            value=None if number % 10 == 0 else float(rng.random() + number % 2),
        )
        for number in range(first, first + count)
    ]
    Trial.objects.bulk_create(trials)
    job.created_trials = job.completed_trials = first + count - 1
    job.best_trial = job.trials.scored().order_by("value").first()
    job.best_value = job.best_trial.value
    job.save()


@pytest.fixture
def job(make_job):
    job = make_job(
        "steps.py",
        submit=False,
        status="Completed",
        search_space=SPACE.to_json(),
        search_algorithm="bayes_opt_search",
        num_samples=40,
    )
    add(job, 30)
    return job


def chart(page, job, name, **query):
    return page.get(reverse("jobs:chart", args=[job.pk, name]), query)


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_has_a_title_and_data(page, job, name):
    figure = chart(page, job, name).json()
    assert figure["layout"]["title"]["text"]
    if name != "convergence":  # these trials have no points
        assert figure["data"]


@pytest.mark.parametrize("name", NAMES)
def test_a_search_without_trials_has_charts_that_are_empty(page, make_job, name):
    job = make_job("steps.py", submit=False, search_algorithm="bayes_opt_search")
    assert chart(page, job, name).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_is_a_table_too(page, job, name):
    text = chart(page, job, name, format="table").content.decode()
    assert "<caption>" in text
    if name != "convergence":
        assert text.count("<tr>") > 2


def test_the_table_of_a_slice_has_every_trial_with_a_link_to_it(page, job):
    text = chart(page, job, "slice", x="rate", format="table").content.decode()
    links = [reverse("jobs:trial", args=[job.pk, number]) for number in range(1, 31)]
    assert all(f'href="{link}"' in text for link in links)
    best = job.best_trial.number
    assert text.index(f"/trials/{best}/") == min(text.index(f"/trials/{n}/") for n in range(1, 31))


@pytest.mark.parametrize("name", ["slice", "contour", "marginal", "sampler"])
def test_an_unknown_hyperparameter_is_not_found(page, job, name):
    assert chart(page, job, name, x="nonsense").status_code == 404


def test_importance_knows_what_matters(page, job):
    bars = chart(page, job, "importance").json()["data"][0]
    assert bars["y"][-1] == "kind"
    assert bars["x"][-1] > 0.5


def test_importance_is_analysed_once_for_the_same_trials(page, job, monkeypatch):
    chart(page, job, "importance")
    monkeypatch.setattr("jobs.results.landscape.analyse", lambda *_, **__: pytest.fail("analysed again"))
    assert chart(page, job, "marginal", x="rate").status_code == 200


def test_the_data_of_a_chart_are_those_it_draws(page, job):
    answer = chart(page, job, "slice", x="rate", format="csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    drawn = {row["trial"]: (float(row["x"]), float(row["y"])) for row in rows if row["series"] == "Trials"}
    assert "attachment" in answer["Content-Disposition"]
    stored = job.trials.scored().values_list("number", "parameters", "value")
    assert drawn == {str(number): (parameters["rate"], value) for number, parameters, value in stored}


@pytest.mark.parametrize("name", ["parallel", "slice", "contour", "timeline", "distribution"])
def test_more_trials_cost_no_more_queries(page, job, name):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            chart(page, job, name)
        counts.append(len(queries))
        add(job, 20)
    assert counts[0] == counts[1]


def test_a_forest_is_fitted_to_an_even_sample_of_many_trials(page, job, monkeypatch):
    monkeypatch.setattr("jobs.results.landscape.MOST_ANALYSED", 10)
    subtitle = chart(page, job, "importance").json()["layout"]["title"]["subtitle"]["text"]
    assert "fitted to 10 trials. It explains" in subtitle


def test_a_pair_of_hyperparameters_is_drawn_with_its_names_and_known_values(page, job):
    figure = chart(page, job, "pairs").json()
    assert figure["layout"]["meta"]["options"] == {"1": "rate × kind"}
    rows = list(csv.DictReader(io.StringIO(chart(page, job, "pairs", format="csv").text)))
    mean = {kind: np.mean([float(row["z"]) for row in rows if row["y"] == kind]) for kind in "ab"}
    assert mean["b"] - mean["a"] > 0.5  # trials with b are 1 worse
    table = chart(page, job, "pairs", format="table").text
    assert table.count("<tr>") == len(rows) + 1
    assert chart(page, job, "pairs", rank="2").status_code == 404


def test_a_pair_that_cannot_be_analysed_says_why(page, make_job):
    job = make_job("steps.py", submit=False)
    assert "searches one" in chart(page, job, "pairs").json()["layout"]["meta"]["empty"]
    assert chart(page, job, "pairs", format="table").status_code == 200


def test_no_error_bar_of_importance_leaves_the_shares_there_are(page, job):
    bars = chart(page, job, "importance").json()["data"][0]
    shares = zip(bars["x"], bars["error_x"]["array"], bars["error_x"]["arrayminus"], strict=True)
    assert all(share - down >= -1e-12 and share + up <= 1 + 1e-12 for share, up, down in shares)


def test_new_ranges_are_marked_where_they_begin(page, job):
    narrow = SearchSpace({"rate": Float(1e-3, 0.1, log=True), "kind": Categorical(["a", "b"])})
    job.phases = [
        {"first_trial": 1, "search_space": SPACE.to_json()},
        {"first_trial": 12, "search_space": narrow.to_json()},
    ]
    job.save()
    figure = chart(page, job, "best-so-far").json()
    marks = next(trace for trace in figure["data"] if trace["name"] == "Ranges changed")
    assert marks["customdata"] == [12]
    assert marks["hovertext"] == ["rate: 0.0001 to 1, log → 0.001 to 0.1, log"]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [11.5]
