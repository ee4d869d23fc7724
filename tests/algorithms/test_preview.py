"""The preview tells exactly what a trial would be started with, and its copied command really runs."""

import subprocess
import sys

import pytest

from algorithms.preview import preview
from algorithms.specification import AlgorithmSpecification, Channel, Hyperparameter

PROGRAM = "import os, sys\nprint(sys.argv[1:], os.environ.get('LABELS'), os.environ.get('PYTHONPATH'))\n"


def specification(**values) -> AlgorithmSpecification:
    return AlgorithmSpecification(**{"boot_file": "train.py", "code_directory": "obs://b/digits/", **values})


HYPERPARAMETERS = (
    Hyperparameter("lr", "Float", 0.1),
    Hyperparameter("data", "String", "set one", position=1),
    Hyperparameter("fast", "Boolean", True),
    Hyperparameter("own", "Float"),
)


@pytest.mark.parametrize(
    ("style", "booleans", "expected"),
    [
        ("space", "value", "python train.py 'set one' --lr 0.1 --fast True --x 1"),
        ("equals", "flag", "python train.py 'set one' --lr=0.1 --fast --x 1"),
    ],
)
def test_the_boot_command_follows_the_arguments_section(style, booleans, expected):
    shown = preview(
        specification(
            hyperparameters=HYPERPARAMETERS,
            argument_style=style,
            boolean_style=booleans,
            extra_arguments="--x 1",
        ),
        "python",
    )
    assert shown.command == expected


def test_a_required_value_without_a_default_is_shown_by_name():
    shown = preview(specification(hyperparameters=(Hyperparameter("lr", "Float", required=True),)), "python")
    assert shown.command == "python train.py --lr '<lr>'"


def test_inputs_and_outputs_have_their_documented_paths_and_variables():
    shown = preview(
        specification(
            inputs=(Channel("data_url"), Channel("LABELS", "environment")), outputs=(Channel("out"),)
        ),
        "python",
    )
    assert "--data_url ${MA_HOME}/modelarts/inputs/data_url_0" in shown.command
    assert "--out ${MA_HOME}/modelarts/outputs/out_0" in shown.command
    assert dict(shown.variables)["LABELS"] == "${MA_HOME}/modelarts/inputs/LABELS_1"
    assert dict(shown.variables)["MA_JOB_DIR"] == "${MA_HOME}/modelarts/user-job-dir"
    assert {"data_url_0", "LABELS_1", "out_0", "digits", "train.py"} <= {node.name for node in shown.tree}


def test_the_folder_of_the_boot_file_can_be_the_working_directory(tmp_path):
    (tmp_path / "digits" / "src" / "app").mkdir(parents=True)
    (tmp_path / "digits" / "src" / "app" / "train.py").write_text(PROGRAM + "print(os.getcwd())\n")
    shown = preview(
        specification(
            boot_file="src/app/train.py",
            working_directory="boot",
            inputs=(Channel("data_url"),),
            pythonpath="lib",
        ),
        sys.executable,
    )
    assert " train.py --data_url " in shown.command
    assert [(node.name, node.note) for node in shown.tree if node.depth >= 3] == [
        ("src/app", "working directory"),
        ("train.py", "boot file"),
    ]
    done = subprocess.run(["/bin/sh", "-c", shown.shell_line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == (
        f"['--data_url', '../../../inputs/data_url_0'] None ../../lib\n{tmp_path}/digits/src/app\n"
    ), done.stderr


def test_what_cannot_be_a_command_is_told():
    assert "close the quotes" in preview(specification(extra_arguments="'open"), "python").problem


def test_the_copied_command_runs_beside_a_copy_of_the_code(tmp_path):
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "train.py").write_text(PROGRAM)
    shown = preview(
        specification(
            hyperparameters=HYPERPARAMETERS,
            inputs=(Channel("data_url"), Channel("LABELS", "environment")),
            pythonpath="src:lib",
        ),
        sys.executable,
    )
    done = subprocess.run(["/bin/sh", "-c", shown.shell_line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == (
        "['set one', '--data_url', '../inputs/data_url_0', '--lr', '0.1', '--fast', 'True'] "
        "../inputs/LABELS_1 src:lib\n"
    ), done.stderr
