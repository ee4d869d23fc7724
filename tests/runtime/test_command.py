"""Hyperparameter values become the arguments a script understands, without loss."""

import argparse
import math
import shlex
import subprocess
import sys

import numpy as np
import pytest

from runtime.command import CommandError, as_shell_line, build_command, format_value


def test_values_follow_the_boot_file_as_names_and_values():
    argv = build_command("train.py", {"learning_rate": 0.01, "epochs": 3, "optimizer": "sgd"})
    assert argv == ["python", "train.py", "--learning_rate", "0.01", "--epochs", "3", "--optimizer", "sgd"]


def test_equals_style_joins_name_and_value():
    assert build_command("t.py", {"a": 1, "b.c": "x y"}, argument_style="equals")[2:] == [
        "--a=1",
        "--b.c=x y",
    ]


def test_an_interpreter_may_have_arguments():
    assert build_command("t.py", {}, interpreter=["/venv/bin/python", "-X", "dev"]) == [
        "/venv/bin/python",
        "-X",
        "dev",
        "t.py",
    ]


@pytest.mark.parametrize(
    ("style", "expected"),
    [("value", ["--yes", "True", "--no", "False"]), ("flag", ["--yes"])],
)
def test_booleans_are_values_or_flags(style, expected):
    assert build_command("t.py", {"yes": True, "no": False}, boolean_style=style)[2:] == expected


def test_positional_values_come_first_in_their_own_order():
    argv = build_command("t.py", {"a": 1, "b": 2, "c": 3}, positional=["c", "a"], extra_arguments="--fast")
    assert argv[2:] == ["3", "1", "--b", "2", "--fast"]


def test_a_positional_value_that_is_missing_is_named():
    with pytest.raises(CommandError, match="positional hyperparameter b has no value"):
        build_command("t.py", {"a": 1}, positional=["b"])


def test_none_leaves_the_argument_out():
    assert build_command("t.py", {"a": None, "b": ""})[2:] == ["--b", ""]


def test_extra_arguments_are_split_like_a_shell_line():
    assert build_command("t.py", {}, extra_arguments="--name 'a b' $HOME;ls")[2:] == [
        "--name",
        "a b",
        "$HOME;ls",
    ]


def test_an_open_quote_in_extra_arguments_is_an_error():
    with pytest.raises(CommandError, match="close the quotes"):
        build_command("t.py", {}, extra_arguments="--name 'a b")


def test_a_missing_boot_file_is_an_error():
    with pytest.raises(CommandError, match="boot file is missing"):
        build_command("", {})


FLOATS = [
    0.1,
    1 / 3,
    1e-5,
    -1e-5,
    -1e-300,
    5e-324,
    -5e-324,
    1e22,
    -1e22,
    -1.7976931348623157e308,
    0.0,
    -0.0,
    -2.5,
]


@pytest.mark.parametrize("value", FLOATS)
def test_a_float_is_read_back_as_exactly_the_same_float(value):
    assert math.copysign(1, float(format_value(value))) == math.copysign(1, value)
    assert float(format_value(value)) == value


@pytest.mark.parametrize("value", [*FLOATS, -math.inf, math.inf])
@pytest.mark.parametrize("style", ["space", "equals"])
def test_argparse_accepts_every_float(value, style):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float)
    argv = build_command("t.py", {"rate": value}, argument_style=style)
    assert parser.parse_args(argv[2:]).rate == value


def test_argparse_accepts_a_text_that_looks_like_an_option():
    parser = argparse.ArgumentParser()
    parser.add_argument("--text")
    assert parser.parse_args(build_command("t.py", {"text": "-x --y"})[2:]).text == "-x --y"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float64(0.1), "0.1"),
        (np.float32(0.5), "0.5"),
        (np.int64(7), "7"),
        (np.bool_(True), "True"),
        (1.0, "1.0"),
        (10**30, "1" + "0" * 30),
        (math.nan, "nan"),
    ],
)
def test_numbers_of_numerical_libraries_look_like_plain_ones(value, text):
    assert format_value(value) == text


def test_a_script_that_reads_only_equals_gets_its_value(run, programs):
    argv = build_command(
        str(programs / "equals_only.py"),
        {"learning_rate": -1e-7},
        interpreter=sys.executable,
        argument_style="equals",
    )
    assert run(*argv).output == b"step=0 loss=-1e-07\n"


def test_a_script_with_places_and_flags_gets_its_values(run, programs):
    argv = build_command(
        str(programs / "positional.py"),
        {"nesterov": True, "learning_rate": 0.25},
        interpreter=sys.executable,
        positional=["learning_rate"],
        boolean_style="flag",
    )
    assert run(*argv).output == b"step=0 loss=0.25 nesterov=True\n"


def test_the_shell_line_does_the_same_when_pasted(tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    code = "import os, sys; print(os.getcwd(), os.environ['A'], sys.argv[1:])"
    line = as_shell_line([sys.executable, "-c", code, "it's", "$HOME", "a\nb"], {"A": "x; y"}, str(folder))
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout == f"{folder} x; y {['it' + chr(39) + 's', '$HOME', 'a' + chr(10) + 'b']}\n"


def test_the_shell_line_can_set_names_a_shell_cannot():
    line = as_shell_line(["python", "t.py"], {"my.name": "1 2"})
    assert shlex.split(line) == ["env", "my.name=1 2", "python", "t.py"]
    assert as_shell_line(["python", "t.py"]) == "python t.py"
