"""Hyperparameters are read from click's decorators as click itself understands them."""

import pytest

from tests.algorithms.test_argparse_reader import read

SCRIPT = '''
import click

RATES = 0.5

@click.command()
@click.argument("data")
@click.option("--learning-rate", "-l", "lr", default=RATES / 5, show_default=True, help="Shrinkage (0 to 1)")
@click.option("--max-depth", type=click.IntRange(1, 20), default=3)
@click.option("--subsample", type=click.FloatRange(0, 1), required=True)
@click.option("--booster", type=click.Choice(["gbtree", "dart"]), default="gbtree")
@click.option("--name", "title")
@click.option("--early", type=bool, default=False)
@click.option("--verbose", is_flag=True)
@click.option("--shuffle/--no-shuffle", default=False)
def main(**values):
    """Trains."""
'''
TYPES = {
    "float": "Float",
    "float range": "Float",
    "integer": "Integer",
    "integer range": "Integer",
    "boolean": "Boolean",
}


def test_names_types_and_defaults_are_those_click_takes():
    scope = {}
    exec(SCRIPT, scope)  # noqa: S102 - the script above
    wanted = {}
    for one in scope["main"].params:
        name = one.name if one.param_type_name == "argument" else max(one.opts, key=len).lstrip("-")
        default = one.to_info_dict()["default"]
        flag = getattr(one, "is_flag", False)
        wanted[name] = (
            TYPES.get(one.type.name, "String"),
            default if isinstance(default, str | int | float) else None,
            one.required,
            one.param_type_name == "argument",
            flag,
            tuple(getattr(one.type, "choices", ())),
        )
    found = read(SCRIPT).proposals
    assert len(found) == 9
    assert {
        one.name: (one.type, one.default, one.required, one.positional, one.flag, one.choices)
        for one in found
    } == wanted
    assert found[1].description == "Shrinkage 0 to 1"


@pytest.mark.parametrize(
    ("option", "note"),
    [
        ('@click.option("--layer", multiple=True)', "Takes several values; one is passed."),
        ('@click.option("-v", "--verbose", count=True)', "verbose is left out: it is counted."),
        ('@click.option("-q")', "-q is left out: it has no long form (--name)."),
    ],
)
def test_what_cannot_be_passed_as_one_value_is_told(option, note):
    found = read(f"import click\n{option}\ndef main(**values): ...\n")
    assert note in " ".join([*found.notes, *(one.note for one in found.proposals)])


def test_decorators_of_other_packages_are_no_options():
    assert read('import shop\n@shop.option("--colour")\ndef main(): ...\n').proposals == []
