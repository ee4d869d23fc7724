"""Every message of Create algorithm lies beside its field, at Submit as well as while typing."""

import pytest
from django.urls import reverse

from algorithms import lifecycle
from algorithms.models import Algorithm, Engine
from tests.algorithms.conftest import ACCURACY, LEARNING_RATE, RANGE, rows


def hyperparameter(**values) -> dict:
    return rows("hyperparameters", LEARNING_RATE | values)


def searched(**values) -> dict:
    return rows("ranges", RANGE | values)


LONG = "x" * 65
CASES = [
    ({"name": ""}, "id_name", "Enter a name."),
    ({"name": "no spaces"}, "id_name", "1 to 64 letters"),
    ({"name": LONG}, "id_name", "64"),
    ({"description": "x" * 257}, "id_description", "256"),
    ({"code_directory": ""}, "id_code_directory", "Choose the code directory."),
    ({"code_directory": "/etc/"}, "id_code_directory", "not an object address"),
    ({"code_directory": "obs://code/nowhere/"}, "id_code_directory", "does not exist"),
    ({"code_directory": "obs://code/digits/train.py"}, "id_code_directory", "is a file"),
    ({"boot_file": ""}, "id_boot_file", "Choose the boot file."),
    ({"boot_file": "train.sh"}, "id_boot_file", "does not end in .py"),
    ({"boot_file": "gone.py"}, "id_boot_file", "There is no file obs://code/digits/gone.py"),
    ({"boot_file": "obs://code/other/train.py"}, "id_boot_file", "is not inside obs://code/digits/"),
    ({"boot_file": "../train.py"}, "id_boot_file", "not allowed"),
    ({"engine": "999"}, "id_engine", "valid choice"),
    ({"extra_arguments": "--x 'open"}, "id_extra_arguments", "close the quotes"),
    ({"pythonpath": "src:../lib"}, "id_pythonpath", "../lib is not a folder inside"),
    ({"argument_style": "odd"}, "id_argument_style", "valid choice"),
    (rows("inputs", {"name": "a b"}), "id_inputs-0-name", "letters, digits"),
    (rows("inputs", {"name": "--data"}), "id_inputs-0-name", "without dashes"),
    (rows("inputs", {"name": "", "description": "images"}), "id_inputs-0-name", "Enter a name."),
    (
        rows("inputs", {"name": "9x", "obtained_from": "environment"}),
        "id_inputs-0-name",
        "environment variable",
    ),
    (
        rows("outputs", {"name": "MA_JOB_DIR", "obtained_from": "environment"}),
        "id_outputs-0-name",
        "sets MA_JOB_DIR",
    ),
    (rows("outputs", {"name": "learning_rate"}), "id_hyperparameters-0-name", "An output has the name"),
    (rows("outputs", {"name": "a"}, {"name": "a"}), "id_outputs-1-name", "An output has the name a already"),
    (hyperparameter(name="--lr"), "id_hyperparameters-0-name", "Leave out the leading dashes: lr"),
    (hyperparameter(name="l r"), "id_hyperparameters-0-name", "letters, digits, hyphens"),
    (hyperparameter(name=LONG), "id_hyperparameters-0-name", "64"),
    (hyperparameter(default="fast"), "id_hyperparameters-0-default", "fast is not a number"),
    (hyperparameter(default="nan"), "id_hyperparameters-0-default", "not a finite number"),
    (
        hyperparameter(type="Integer", default="1.5"),
        "id_hyperparameters-0-default",
        "1.5 is not a whole number",
    ),
    (
        hyperparameter(type="Boolean", default="maybe"),
        "id_hyperparameters-0-default",
        "neither True nor False",
    ),
    (hyperparameter(description="a & b"), "id_hyperparameters-0-description", "letters, digits, spaces"),
    (
        hyperparameter(restraint="range"),
        "id_hyperparameters-0-restraint",
        "lower bound, an upper bound or both",
    ),
    (hyperparameter(restraint="range", lower="a"), "id_hyperparameters-0-restraint", "have to be numbers"),
    (
        hyperparameter(restraint="range", lower="2", upper="1"),
        "id_hyperparameters-0-restraint",
        "lower bound is above",
    ),
    (
        hyperparameter(restraint="range", lower="1"),
        "id_hyperparameters-0-default",
        "The default 0.01 is below the lower bound 1",
    ),
    (
        hyperparameter(type="String", restraint="range", lower="1"),
        "id_hyperparameters-0-restraint",
        "needs type Integer or Float",
    ),
    (
        hyperparameter(type="Integer", default="1", restraint="range", lower="0.5"),
        "id_hyperparameters-0-restraint",
        "whole numbers",
    ),
    (
        hyperparameter(restraint="choices", choices=" \n"),
        "id_hyperparameters-0-restraint",
        "at least one value",
    ),
    (
        hyperparameter(restraint="choices", choices="1\nx"),
        "id_hyperparameters-0-restraint",
        "x is not a number",
    ),
    (
        hyperparameter(restraint="choices", choices="1\n2"),
        "id_hyperparameters-0-default",
        "0.01 is not one of 1.0",
    ),
    (
        rows("hyperparameters", LEARNING_RATE, LEARNING_RATE),
        "id_hyperparameters-1-name",
        "name learning_rate already",
    ),
]
SEARCH_CASES = [
    (rows("indicators"), "rows-indicators", "At least one search indicator"),
    (rows("ranges"), "rows-ranges", "At least one automatic search parameter"),
    ({"sampler-bayes_opt_search-ticked": ""}, "rows-samplers", "at least one search algorithm"),
    (rows("indicators", ACCURACY | {"name": ""}), "id_indicators-0-name", "Enter a name."),
    (rows("indicators", ACCURACY | {"pattern": ""}), "id_indicators-0-pattern", "Enter a pattern"),
    (rows("indicators", ACCURACY | {"pattern": "acc=[0-9"}), "id_indicators-0-pattern", ""),
    (
        rows("indicators", ACCURACY | {"pattern": "(?<=acc=)([0-9.]+)"}),
        "id_indicators-0-pattern",
        "look-around",
    ),
    (rows("indicators", ACCURACY | {"pattern": "(" + "x" * 500 + ")"}), "id_indicators-0-pattern", "500"),
    (
        rows("indicators", ACCURACY, ACCURACY),
        "id_indicators-1-name",
        "There is a search indicator accuracy already",
    ),
    (searched(name=""), "id_ranges-0-name", "Choose a hyperparameter."),
    (searched(name="gone"), "id_ranges-0-name", "There is no hyperparameter gone"),
    (searched(lower=""), "id_ranges-0-lower", "Enter the lower bound"),
    (searched(upper="much"), "id_ranges-0-upper", "much is not a number"),
    (searched(lower="0.2"), "id_ranges-0-upper", "above the lower bound"),
    (searched(lower="0"), "id_ranges-0-lower", "needs a lower bound above 0"),
    (rows("ranges", RANGE, RANGE), "id_ranges-1-name", "has a row already"),
    (searched(kind="choices", choices="0.1"), "id_ranges-0-choices", "at least two values"),
    (searched(kind="choices", choices="0.1\nx"), "id_ranges-0-choices", "x is not a number"),
    (hyperparameter(type="String"), "id_ranges-0-kind", "is a String"),
    (
        hyperparameter(restraint="range", lower="0.001", upper="1"),
        "id_ranges-0-lower",
        "below the lower bound 0.001",
    ),
    (
        hyperparameter(restraint="choices", choices="0.01\n0.1"),
        "id_ranges-0-kind",
        "restrained to an enumeration",
    ),
    (hyperparameter(type="Integer", default="1"), "id_ranges-0-lower", "is an Integer"),
    ({"sampler-bayes_opt_search-num_samples": "0"}, "id_sampler-bayes_opt_search-num_samples", "at least 1"),
    ({"sampler-bayes_opt_search-kind": "best"}, "id_sampler-bayes_opt_search-kind", "one of ucb, ei, poi"),
    ({"sampler-bayes_opt_search-kappa": "wide"}, "id_sampler-bayes_opt_search-kappa", "a number"),
]


@pytest.mark.parametrize(("changes", "anchor", "message"), CASES)
def test_a_wrong_entry_is_told_beside_its_field(client, typed, changes, anchor, message):
    refused(client, typed(changes), anchor, message)


@pytest.mark.parametrize(("changes", "anchor", "message"), SEARCH_CASES)
def test_a_wrong_search_entry_is_told_beside_its_field(client, typed, changes, anchor, message):
    refused(client, typed(changes, search=True), anchor, message)


def refused(client, data, anchor, message):
    answer = client.post(reverse("algorithms:create"), data)
    assert answer.status_code == 422
    assert Algorithm.objects.count() == 0
    told = {problem.anchor: problem.message for problem in answer.context["problems"]}
    assert anchor in told, told
    assert message in told[anchor]
    assert f'id="{anchor}"' in answer.content.decode()
    live = client.post(reverse("algorithms:check"), data).json()
    assert message in live["errors"][anchor][0]


def test_everything_wrong_is_listed_in_the_order_of_the_page(client, typed):
    wrong = {
        "name": "",
        "boot_file": "",
        "code_directory": "",
        "extra_arguments": "'open",
        "resource_types": "TPU",
        **rows("hyperparameters", LEARNING_RATE | {"default": "fast", "name": "a b"}),
        **rows("ranges", RANGE | {"name": "", "lower": ""}),
        "sampler-bayes_opt_search-num_samples": "0",
    }
    page = client.post(reverse("algorithms:create"), typed(wrong, search=True))
    anchors = [problem.anchor for problem in page.context["problems"]]
    text = page.content.decode()
    assert len(anchors) == 10
    assert anchors == sorted(anchors, key=lambda anchor: text.index(f'id="{anchor}"'))


def test_a_taken_name_is_refused_for_the_same_person_only(algorithm, client, typed, browser_of, stranger):
    answer = client.post(reverse("algorithms:create"), typed())
    assert "There is an algorithm digits already" in answer.context["problems"][0].message
    theirs = browser_of(stranger).post(reverse("algorithms:create"), typed())
    assert "id_name" not in {problem.anchor for problem in theirs.context["problems"]}


def test_an_engine_without_auto_search_refuses_it_with_the_reason(client, typed):
    plain = Engine.objects.create(framework="Plain", version="1", supports_auto_search=False)
    answer = client.post(reverse("algorithms:create"), typed(search=True, engine=str(plain.pk)))
    assert [problem.anchor for problem in answer.context["problems"]] == ["id_auto_search"]
    assert "Plain-1 does not support autoSearch(S)" in answer.content.decode()
    page = client.get(reverse("algorithms:create")).content.decode()
    assert 'data-no-search="The engine Plain-1 does not support' in page


def test_inactive_engines_are_not_offered(client, typed, engine):
    Engine.objects.create(framework="Old", version="1", active=False)
    Engine.objects.create(framework="Half", version="1", build_status="Building")
    assert list(client.get(reverse("algorithms:create")).context["form"].fields["engine"].queryset) == [
        engine
    ]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        (hyperparameter(default="0.5"), "id_ranges-0-upper", "The default 0.5 is above this range"),
        (hyperparameter(default="1e-6"), "id_ranges-0-lower", "The default 1e-06 is below this range"),
        (searched(kind="choices", choices="1\n2"), "id_ranges-0-choices", "is not among the values"),
    ],
)
def test_a_default_outside_of_the_range_is_a_warning_only(client, typed, changes, field, message):
    data = typed(changes, search=True)
    assert message in client.post(reverse("algorithms:check"), data).json()["warnings"][field][0]
    assert client.post(reverse("algorithms:create"), data).status_code == 302


def test_the_limits_of_a_code_directory_are_told(client, typed, code):
    code({f"file{number}.txt": "" for number in range(1001)} | {"train.py": ""}, folder="large")
    words = "holds 1,002 files and folders; a code directory holds at most 1,000"
    refused(client, typed(code_directory="obs://code/large/"), "id_code_directory", words)
    told = client.post(reverse("algorithms:check"), typed(code_directory="obs://code/large/")).json()
    assert words in told["errors"]["id_code_directory"][0]


def test_a_code_directory_that_grows_after_it_was_submitted_fails_with_what_was_found(client, typed, code):
    client.post(reverse("algorithms:create"), typed())
    code({f"file{number}.txt": "" for number in range(1000)})
    algorithm = Algorithm.objects.get()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert algorithm.status == "Failed"
    assert "holds 1,001 files and folders; a code directory holds at most 1,000" in algorithm.reason


def test_the_resource_types_of_an_engine_hold(client, typed, engine):
    engine.resource_types = ["CPU"]
    engine.save()
    words = f"The engine {engine} runs on CPU only. Untick GPU."
    refused(client, typed(resource_types=["CPU", "GPU"]), "id_resource_types", words)
    client.post(reverse("algorithms:create"), typed())
    assert Algorithm.objects.get().constraints["resource_types"] == ["CPU"]
