"""A script can be run without a saved algorithm."""

import pytest

from algorithms.models import Engine


@pytest.fixture
def code(data_dir, ana):
    folder = data_dir / "buckets" / "ana" / "code"
    folder.mkdir()
    (folder / "train.py").write_text("print('hello')\n")
    return folder


@pytest.fixture
def run_custom(submit, filled):
    def run(**changes):
        values = {
            "algorithm": "custom",
            "custom__engine": str(Engine.objects.first().pk),
            "custom__code_directory": "obs://ana/code/",
            "custom__boot_file": "obs://ana/code/train.py",
            "arg__TOTAL_FORMS": "1",
            "arg__INITIAL_FORMS": "0",
            "arg__0__name": "epochs",
            "arg__0__type": "Integer",
            "arg__0__value": "3",
        }
        return submit("/jobs/create/", **{**values, **changes})

    return run


def test_the_code_is_frozen_and_the_script_gets_its_arguments(run_custom, code):
    job = run_custom()
    assert job.algorithm is None
    assert job.hyperparameters == {"epochs": 3}
    assert job.specification.boot_file == "train.py"
    assert (job.snapshot.path / "train.py").read_text() == "print('hello')\n"
    code.joinpath("train.py").write_text("print('changed')\n")
    assert (job.snapshot.path / "train.py").read_text() == "print('hello')\n"


def test_a_boot_file_that_does_not_compile_is_refused(run_custom, code):
    code.joinpath("train.py").write_text("def broken(:\n")
    assert "does not compile" in run_custom()["custom-boot_file"]


def test_the_boot_file_lies_in_the_code_directory(run_custom, code):
    errors = run_custom(custom__boot_file="obs://ana/elsewhere/train.py")
    assert "not inside" in errors["custom-boot_file"]


def test_a_value_fits_its_type(run_custom, code):
    assert "not a whole number" in run_custom(arg__0__value="three")["arg-0-value"]


def test_custom_code_can_be_rebuilt(run_custom, code, submit):
    first = run_custom()
    second = submit(f"/jobs/create/?rebuild={first.pk}", **{"hp-epochs-value": "4"})
    assert second.snapshot == first.snapshot
    assert second.hyperparameters == {"epochs": 4}
