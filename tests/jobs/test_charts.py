"""The charts' data, and what their addresses answer."""

import numpy as np
import pytest

from jobs.models import Trial
from jobs.results import charts, charts_convergence, curves, points

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_convergence_chart_has_one_trace_per_trial_and_the_best_on_top(make_job, work, page):
    job = make_job("steps.py", num_samples=3)
    work()
    job.refresh_from_db()
    figure = page.get(f"{job.get_absolute_url()}charts/convergence/").json()
    drawn = [trace for trace in figure["data"] if "trial" in trace.get("meta", {})]
    trials = [trace["meta"]["trial"] for trace in drawn]
    assert sorted(trials) == [1, 2, 3]
    assert [trace["meta"]["best"] for trace in drawn] == [False, False, True]
    assert trials[-1] == job.best_trial.number
    assert figure["layout"]["xaxis"]["title"]["text"] == "Step"
    assert figure["layout"]["yaxis"]["title"]["text"] == "loss"


def test_the_chart_can_be_over_seconds(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    work()
    figure = page.get(f"{job.get_absolute_url()}charts/convergence/", {"axis": "seconds"}).json()
    assert figure["layout"]["xaxis"]["title"]["text"] == "Seconds since the trial started"


def test_failed_stopped_and_nan_trials_are_told_apart(make_job):
    job = make_job("steps.py", submit=False)
    ways = {"Failed": "", "Stopped": "ignore", "Completed": ""}
    for number, (status, request) in enumerate(ways.items(), start=1):
        trial = Trial.objects.create(
            job=job, number=number, status=status, stop_request=request, point_count=3
        )
        points.append(trial, 0, [(1, 0.5, 0, 1, 0), (2, float("nan"), 1, 2, 9), (3, 0.25, 2, 3, 18)])
    figure = charts_convergence.convergence(curves.convergence(job), "loss", "min")
    traces = {trace["uid"]: trace for trace in figure.data}
    assert [traces[f"t{n}"]["line"]["dash"] for n in (1, 2, 3)] == ["dot", "dash", "solid"]
    assert traces["failed"]["customdata"] == [1]
    assert traces["stopped"]["customdata"] == [2]
    assert traces["failed"]["marker"]["symbol"] != traces["stopped"]["marker"]["symbol"]
    assert traces["gaps"]["customdata"] == [1, 2, 3]
    nothing = charts.best_so_far(curves.course(job), "loss", "min")
    why = "No trial has a value of loss that counts: 1 failed, 1 stopped, 1 without a finite value."
    assert (nothing.data, nothing.layout["meta"]["empty"]) == ([], why)
    Trial.objects.create(job=job, number=4, status="Completed", value=0.25)
    names = [trace["name"] for trace in charts.best_so_far(curves.course(job), "loss", "min").data]
    assert names == ["Objective of the trial", "Best so far", "Failed", "Stopped", "No finite value"]


def test_the_course_chart_shows_every_objective_and_the_best(make_job, work):
    job = make_job("steps.py", num_samples=3)
    work()
    job.refresh_from_db()
    objective, best = charts.best_so_far(curves.course(job), "loss", "min").data
    assert list(objective["customdata"]) == [1, 2, 3]
    assert best["y"][-1] == job.best_value
    assert best["x"][-1] == 3


def test_an_unchanged_chart_is_not_sent_again(make_job, work, page):
    job = make_job("steps.py", num_samples=2, max_concurrent=1)
    address = f"{job.get_absolute_url()}charts/convergence/"
    empty = page.get(address)
    assert empty["X-Active"] == "1"
    work()
    first = page.get(address, headers={"If-None-Match": empty["ETag"]})
    assert (first.status_code, first["X-Active"]) == (200, "0")
    again = page.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = page.get(address, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert weak.status_code == 304


@pytest.mark.parametrize("name", ["curve", "usage"])
def test_every_trial_has_its_own_charts(make_job, work, page, name):
    job = make_job("steps.py", num_samples=1)
    work()
    figure = page.get(f"{job.get_absolute_url()}trials/1/{name}/").json()
    if name == "curve":
        assert len(figure["data"]) == 1
        assert figure["layout"]["yaxis"]["title"]["text"] == "loss"
    else:
        assert [trace["name"] for trace in figure["data"]] == ["cpuUsage (%)", "memUsage (MB)"]
        assert figure["layout"]["yaxis"]["domain"][0] > figure["layout"]["yaxis2"]["domain"][1]


def test_an_unknown_chart_is_not_found(make_job, page):
    assert page.get(f"{make_job('steps.py').get_absolute_url()}charts/nonsense/").status_code == 404


def test_names_in_hover_texts_are_no_markup():
    one = np.array([1.0])
    curve = curves.Curve(1, "Completed", 1.0, True, {"<b>x": "%{y}"}, one, one, one, 1)
    [trace] = charts_convergence.convergence(curves.Convergence([curve], 1), "<i>loss%{x}", "min").data
    assert "<b>x" not in trace["hovertemplate"]
    assert "%{y}<br>" not in trace["hovertemplate"].replace("%{y:.6g}", "")
    assert "<i>loss" not in trace["hovertemplate"]
    course = curves.Course(np.array([1]), one, one, [""], np.array([False]))
    drawn = charts.best_so_far(course, "<i>loss", "min").data
    assert all("<i>loss" not in trace["hovertemplate"] for trace in drawn)
    single = charts.single_curve(one, one, "<i>loss")
    assert "<i>loss" not in single.data[0].hovertemplate


def test_a_hover_text_names_a_dozen_hyperparameters():
    one = np.array([1.0])
    curve = curves.Curve(1, "Completed", 1.0, False, {f"name{i}": i for i in range(30)}, one, one, one, 1)
    assert charts.hover(curve, "loss").endswith("name11 11<br>and 18 more<extra></extra>")
