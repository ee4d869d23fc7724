"""While a search runs, only what is new of a chart crosses the wire."""

import base64
import json

import numpy as np
import pytest

from jobs.models import Trial
from jobs.results import points

pytestmark = pytest.mark.django_db(transaction=True)


def rows(start, stop, height):
    return [(float(i + 1), height + 1 / (i + 1), i / 10, i, 0) for i in range(start, stop)]


def known(figure):
    """What a browser says it has, after this answer."""
    marks = [(trace["uid"], trace["meta"]) for trace in figure["data"] if "mark" in trace.get("meta", {})]
    return {"X-Chart-Known": " ".join(f"{uid}.{meta['stable']}.{meta['mark']}" for uid, meta in marks)}


def floats(data):
    return np.frombuffer(base64.b64decode(data["bdata"]), dtype=data["dtype"]).tolist()


@pytest.fixture
def job(make_job):
    """A running search of five ended trials and a sixth that runs."""
    job = make_job("steps.py", submit=False, status="Running", num_samples=9)
    for number in range(1, 7):
        status = "Running" if number == 6 else "Completed"
        trial = Trial.objects.create(
            job=job,
            number=number,
            status=status,
            value=number,
            point_count=30,
            parameters={"learning_rate": 0.1},
        )
        points.append(trial, 0, rows(0, 30, number))
    job.created_trials, job.completed_trials = 6, 5
    job.best_trial, job.best_value = job.trials.get(number=1), 1.0
    job.save()
    return job


def ask(page, job, headers=None):
    answer = page.get(f"{job.get_absolute_url()}charts/convergence/", headers=headers or {})
    return answer, json.loads(answer.content)


def test_curves_that_have_not_changed_are_sent_by_name(page, job):
    _, figure = ask(page, job)
    _, update = ask(page, job, known(figure))
    changes = {trace["uid"]: trace for trace in update["data"]}
    assert all(changes[f"t{number}"]["keep"] == 30 for number in range(1, 7))
    assert not any("x" in changes[f"t{number}"] for number in range(1, 7))


def test_a_curve_that_has_grown_is_sent_from_there_on(page, job):
    _, figure = ask(page, job)
    trial = job.trials.get(number=6)
    points.append(trial, 30, rows(30, 40, 6))
    Trial.objects.filter(pk=trial.pk).update(point_count=40)
    _, update = ask(page, job, known(figure))
    grown = next(trace for trace in update["data"] if trace["uid"] == "t6")
    assert grown["from"] == 30
    assert floats(grown["x"]) == list(range(31, 41))
    assert "hovertemplate" not in grown
    assert {"x", "y"} <= set(next(trace for trace in ask(page, job)[1]["data"] if trace["uid"] == "t6"))


def test_old_and_new_together_are_the_whole_curve(page, job):
    _, figure = ask(page, job)
    before = next(trace for trace in figure["data"] if trace["uid"] == "t6")
    trial = job.trials.get(number=6)
    points.append(trial, 30, rows(30, 1_500, 6))
    Trial.objects.filter(pk=trial.pk).update(point_count=1_500)
    _, long = ask(page, job, known(figure))
    first = next(t for t in long["data"] if t["uid"] == "t6")
    assert "x" in first
    assert "from" not in first  # so many more that the earlier points are thinned as well
    points.append(trial, 1_500, rows(1_500, 1_540, 6))
    Trial.objects.filter(pk=trial.pk).update(point_count=1_540)
    marked = {"data": [first if t["uid"] == "t6" else t for t in figure["data"]]}
    _, update = ask(page, job, known(marked))
    change = next(t for t in update["data"] if t["uid"] == "t6")
    whole = next(t for t in ask(page, job)[1]["data"] if t["uid"] == "t6")
    assert 0 < change["from"] == first["meta"]["stable"]
    assert floats(first["x"])[: change["from"]] + floats(change["x"]) == floats(whole["x"])
    assert len(floats(before["x"])) == 30


def test_a_trial_that_became_the_best_or_failed_is_sent_whole(page, job):
    _, figure = ask(page, job)
    Trial.objects.filter(job=job, number=6).update(status="Failed")
    job.failed_trials = 1
    job.save()
    _, update = ask(page, job, known(figure))
    assert next(t for t in update["data"] if t["uid"] == "t6")["line"]["dash"] == "dot"


def test_nonsense_about_what_is_known_gives_the_whole_chart(page, job):
    for text in ("t1", "t1.30.zzz t2..", "t1.99999.0 t1.x.y"):
        _, figure = ask(page, job, {"X-Chart-Known": text})
        assert all("x" in trace for trace in figure["data"])


def test_a_chart_that_is_current_costs_no_look_at_its_trials(page, job, django_assert_max_num_queries):
    answer, _ = ask(page, job)
    with django_assert_max_num_queries(4) as queries:  # session, user, job, sums
        again = page.get(
            f"{job.get_absolute_url()}charts/convergence/", headers={"If-None-Match": answer["ETag"]}
        )
    assert (again.status_code, again.content) == (304, b"")
    assert not any("jobs_pointbatch" in query["sql"] for query in queries.captured_queries)
    Trial.objects.filter(job=job, number=6).update(point_count=31)
    changed = page.get(
        f"{job.get_absolute_url()}charts/convergence/", headers={"If-None-Match": answer["ETag"]}
    )
    assert changed.status_code == 200


def test_another_search_space_makes_every_chart_new(page, job):
    address = f"{job.get_absolute_url()}charts/slice/"
    tag = page.get(address)["ETag"]
    assert page.get(address, headers={"If-None-Match": tag}).status_code == 304
    job.search_space["dimensions"][0]["upper"] = 2.0
    job.save()
    assert page.get(address, headers={"If-None-Match": tag}).status_code == 200
