"""Create, edit and copy: what is typed is what is stored, and what a job will keep."""

import pytest
from django.urls import reverse

from algorithms.models import Algorithm
from jobs.models import ResourcePool, TrainingJob
from tests.algorithms.conftest import LEARNING_RATE, RANGE, rows

CREATE = reverse("algorithms:create")

EVERYTHING = (
    rows(
        "inputs",
        {"name": "data_url", "obtained_from": "hyperparameters", "constraint": "Data path"},
        {"name": "LABELS", "obtained_from": "environment"},
    ),
    rows("outputs", {"name": "train_url", "obtained_from": "hyperparameters", "description": "model"}),
    rows(
        "hyperparameters",
        {"name": "data.name", "type": "String", "default": "mnist", "passed_as": "position"},
        {
            "name": "learning_rate", "type": "Float", "default": "0.01", "required": "yes",
            "restraint": "range", "lower": "0", "upper": "1", "description": "Step size, at the start.",
        },
        {
            "name": "layers", "type": "Integer", "default": "2",
            "restraint": "choices", "choices": "1\n2\n4",
        },
        {"name": "nesterov", "type": "Boolean", "default": "true"},
        {"name": "seed", "type": "Integer", "default": ""},
    ),
    rows("ranges", RANGE, {"name": "layers", "kind": "choices", "choices": "1\n2"}),
)  # fmt: skip


@pytest.fixture
def created(client, typed):
    answer = client.post(
        CREATE,
        typed(
            *EVERYTHING, search=True, argument_style="equals", boolean_style="flag", pythonpath="src : lib",
            extra_arguments="--mode 'a b'", resource_types=["CPU", "GPU"], multi_card="yes",
            description="Digits.", working_directory="boot",
        ),
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["problems"]
    return Algorithm.objects.get()


def test_every_section_is_stored(created, person):
    assert (created.owner, created.status, created.description) == (person, "Creating", "Digits.")
    assert (created.code_directory, created.boot_file) == ("obs://code/digits/", "train.py")
    assert (created.argument_style, created.boolean_style) == ("equals", "flag")
    assert (created.extra_arguments, created.pythonpath) == ("--mode 'a b'", "src:lib")
    assert created.working_directory == "boot"
    assert created.inputs[0] == {
        "name": "data_url", "obtained_from": "hyperparameters", "description": "", "constraint": "Data path",
    }  # fmt: skip
    assert [row["name"] for row in created.outputs] == ["train_url"]
    assert created.constraints == {"resource_types": ["CPU", "GPU"], "multi_card": True, "distributed": False}
    assert created.indicators == [{"name": "accuracy", "direction": "max", "pattern": "accuracy=([0-9.]+)"}]
    assert created.search_algorithms == {
        "bayes_opt_search": {"num_samples": 20, "seed": 1, "kind": "ucb", "kappa": 2.5, "xi": 0.0}
    }


def test_hyperparameters_have_the_values_of_their_types(created):
    by_name = {row.name: row for row in created.specification().hyperparameters}
    assert list(by_name) == ["data.name", "learning_rate", "layers", "nesterov", "seed"]
    assert by_name["data.name"].position == 1
    rate = by_name["learning_rate"]
    assert (rate.default, rate.required, rate.restraint.lower, rate.restraint.upper) == (0.01, True, 0.0, 1.0)
    assert by_name["layers"].restraint.choices == (1, 2, 4)
    assert by_name["nesterov"].default is True
    assert by_name["seed"].default is None


def test_ranges_and_enumerations_can_be_searched(created):
    rate, layers = created.specification().search_ranges
    assert (rate.lower, rate.upper, rate.log) == (1e-4, 0.1, True)
    assert layers.choices == (1, 2)


def test_editing_without_a_change_changes_nothing(created, client):
    page = client.get(reverse("algorithms:edit", args=[created.pk])).context["page"]
    assert _as_typed(page)["hyperparameters-1-upper"] == "1.0"
    before = Algorithm.objects.values().get()
    answer = client.post(reverse("algorithms:edit", args=[created.pk]), _as_typed(page))
    assert answer.status_code == 302, answer.context["problems"]
    after = Algorithm.objects.values().get()
    moving = {"updated", "revision", "queued"}
    assert {k: v for k, v in before.items() if k not in moving} == {
        k: v for k, v in after.items() if k not in moving
    }


def _as_typed(page) -> dict:
    """What a browser would send for a page nobody has touched."""
    sets = [page.inputs, page.outputs, page.hyperparameters, page.indicators, page.ranges]
    forms = [
        page.form,
        *page.samplers,
        *(form for formset in sets for form in [*formset, formset.management_form]),
    ]
    data = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in data.items() if value not in (None, False)}


def test_an_edit_that_leaves_the_code_alone_keeps_the_snapshot(available, client, typed):
    client.post(reverse("algorithms:edit", args=[available.pk]), typed(description="Better."))
    available.refresh_from_db()
    assert (available.description, available.status) == ("Better.", "Available")


def test_an_edit_of_the_boot_file_takes_a_new_snapshot(available, client, typed, code):
    code({"train.py": "x = 1", "other.py": "y = 1"})
    client.post(reverse("algorithms:edit", args=[available.pk]), typed(boot_file="other.py"))
    available.refresh_from_db()
    assert (available.boot_file, available.status) == ("other.py", "Creating")


def test_an_edit_after_a_failure_tries_again(algorithm, client, typed):
    Algorithm.objects.update(status="Failed", reason="It did not compile.")
    client.post(reverse("algorithms:edit", args=[algorithm.pk]), typed())
    algorithm.refresh_from_db()
    assert (algorithm.status, algorithm.reason) == ("Creating", "")


def test_a_copy_starts_from_everything_under_a_name_of_its_own(created, client):
    answer = client.get(f"{CREATE}?copy={created.pk}")
    data = _as_typed(answer.context["page"])
    assert data["name"] == "digits-copy"
    assert client.post(CREATE, data).status_code == 302
    copy = Algorithm.objects.get(name="digits-copy")
    for field in (
        "hyperparameters",
        "inputs",
        "indicators",
        "search_ranges",
        "search_algorithms",
        "constraints",
    ):
        assert getattr(copy, field) == getattr(created, field)
    assert (copy.argument_style, copy.pythonpath) == ("equals", "src:lib")


def test_bayes_opt_search_is_ticked_at_first(client):
    samplers = client.get(CREATE).context["page"].samplers
    assert [sampler.name for sampler in samplers if sampler.is_ticked] == ["bayes_opt_search"]


def test_without_auto_search_what_it_opens_is_not_checked(client, typed):
    answer = client.post(CREATE, typed(rows("ranges", {"name": "", "lower": "abc"})))
    assert answer.status_code == 302
    assert Algorithm.objects.get().search_ranges == []


def test_a_row_nobody_has_typed_into_is_left_out(client, typed):
    client.post(
        CREATE, typed(rows("hyperparameters", LEARNING_RATE, {"name": "", "type": "String", "default": ""}))
    )
    assert [row["name"] for row in Algorithm.objects.get().hyperparameters] == ["learning_rate"]


def test_nothing_typed_is_lost_on_an_error(client, typed):
    data = typed(
        *EVERYTHING, search=True, name="not a name", description="Keep me.", extra_arguments="--x 'y z'"
    )
    answer = client.post(CREATE, data)
    assert answer.status_code == 422
    kept = _as_typed(answer.context["page"])
    assert {
        name: value for name, value in data.items() if value and kept.get(name) not in (value, True)
    } == {}


def test_a_job_can_be_saved_as_an_algorithm(created, client, person):
    job = TrainingJob.objects.create(
        name="search-7",
        owner=person,
        pool=ResourcePool.objects.get(),
        hyperparameters={"learning_rate": 0.05},
        specification_data=created.specification().to_json(),
    )
    data = _as_typed(client.get(f"{CREATE}?job={job.pk}").context["page"])
    assert data["name"] == "search-7"
    assert data["hyperparameters-1-default"] == "0.05"
    assert client.post(CREATE, data).status_code == 302
    saved = Algorithm.objects.get(name="search-7")
    assert (saved.boot_file, saved.search_ranges, saved.engine) == (
        "train.py",
        created.search_ranges,
        created.engine,
    )
