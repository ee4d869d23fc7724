"""Hyperparameters are read from argparse calls of many styles, without running anything."""

from pathlib import Path

import pytest

from algorithms.argparse_reader import Proposal, read_arguments

HEAD = "import argparse\nparser = argparse.ArgumentParser()\n"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def read(files, boot_file="train.py", folders=()):
    files = {"train.py": files} if isinstance(files, str) else files
    return read_arguments(boot_file, files.get, folders)


def one(line, before="") -> Proposal:
    found = read(f"{before}{HEAD}{line}\n")
    assert len(found.proposals) == 1, found
    return found.proposals[0]


@pytest.mark.parametrize(
    ("line", "name", "type_", "default"),
    [
        ('parser.add_argument("--lr", type=float, default=1e-3)', "lr", "Float", 1e-3),
        ('parser.add_argument("--batch-size", type=int, default=64)', "batch-size", "Integer", 64),
        ('parser.add_argument("--optim.lr", type=float, default=1)', "optim.lr", "Float", 1.0),
        ('parser.add_argument("--weight_decay", default=0, type=float)', "weight_decay", "Float", 0.0),
        ('parser.add_argument("-e", "--epochs", type=int)', "epochs", "Integer", None),
        ('parser.add_argument("--out", default="runs")', "out", "String", "runs"),
        ('parser.add_argument("--path", type=pathlib.Path, default="x")', "path", "String", "x"),
        ('parser.add_argument("--debug", action="store_true")', "debug", "Boolean", False),
        ('parser.add_argument("--no-cuda", action="store_false", dest="cuda")', "no-cuda", "Boolean", False),
        (
            'parser.add_argument("--amp", action=argparse.BooleanOptionalAction, default=True)',
            "amp",
            "Boolean",
            True,
        ),
        ('parser.add_argument("--x", type=lambda s: float(eval(s)), default=0.5)', "x", "Float", 0.5),
        ('parser.add_argument("--n", type=lambda s: int(s, 0), default=16)', "n", "Integer", 16),
        ('parser.add_argument("--y", type=lambda s: s.split(","), default="a,b")', "y", "String", "a,b"),
        ('parser.add_argument("--p", type=np.float32, default=2**-3)', "p", "Float", 0.125),
        ('parser.add_argument("--steps", type=int, default=10 * 1000)', "steps", "Integer", 10_000),
        ('parser.add_argument("--neg", type=float, default=-1.5)', "neg", "Float", -1.5),
        ('parser.add_argument("--frac", type=float, default=1 / 4)', "frac", "Float", 0.25),
        ('parser.add_argument("--none", type=float, default=None)', "none", "Float", None),
        ('parser.add_argument("--hid" "den", type=int, default=3)', "hidden", "Integer", 3),
        ('parser.add_argument("--s", type=str, default=argparse.SUPPRESS)', "s", "String", None),
        ('parser.add_argument("--guess", default=0.1)', "guess", "Float", 0.1),
        ('parser.add_argument("--out", type=Path, default=Path("runs"))', "out", "String", "runs"),
        ('parser.add_argument("-l", "--lr", "--rate", type=float, default=1e-3)', "lr", "Float", 0.001),
        (
            'parser.add_argument("--model.hidden_dim", type=int, default=2**7)',
            "model.hidden_dim",
            "Integer",
            128,
        ),
    ],
)
def test_name_type_and_default_are_read(line, name, type_, default):
    found = one(line)
    assert (found.name, found.type, found.default) == (name, type_, default)


def test_flags_are_marked_as_passed_without_a_value():
    assert one('parser.add_argument("--debug", action="store_true")').flag
    assert not one('parser.add_argument("--debug", type=bool, default=False)').flag


@pytest.mark.parametrize(
    ("choices", "before", "expected"),
    [
        ('["sgd", "adam"]', "", ("sgd", "adam")),
        ('("sgd", "adam")', "", ("sgd", "adam")),
        ("NAMES", 'NAMES = ["sgd", "adam"]\n', ("sgd", "adam")),
        ("list(TABLE.keys())", 'TABLE = {"sgd": 1, "adam": 2}\n', ("sgd", "adam")),
        ("sorted(TABLE)", 'TABLE = {"sgd": 1, "adam": 2}\n', ("adam", "sgd")),
        ("TABLE", 'TABLE = {"sgd": 1, "adam": 2}\n', ("sgd", "adam")),
        ("dir(models)", "", ()),
    ],
)
def test_choices_are_read(choices, before, expected):
    found = one(f'parser.add_argument("--opt", choices={choices})', before)
    assert (found.type, found.choices) == ("String", expected)
    assert bool(found.note) == (not expected)


def test_choices_of_numbers_take_the_type():
    found = one('parser.add_argument("--depth", type=int, choices=range(2, 5), default=3)')
    assert (found.type, found.choices, found.default) == ("Integer", (2, 3, 4), 3)


def test_flags_beside_booleans_with_a_value_are_told():
    found = read(
        f'{HEAD}parser.add_argument("--amp", action="store_true")\nparser.add_argument("--cuda", type=bool)\n'
    )
    assert [proposal.name for proposal in found.proposals] == ["amp", "cuda"]
    assert "amp are flags and cuda take a value" in found.notes[0]


def test_help_becomes_a_description_in_the_allowed_characters():
    found = one(
        'parser.add_argument("--lr", type=float, help="Step size (default: %(default)s); try 1e-3 & 50%% (naïve)")'
    )
    assert found.description == "Step size try 1e-3 50 percent naive"


def test_a_required_argument_is_required():
    assert one('parser.add_argument("--data", required=True)').required


def test_a_positional_argument_is_positional_and_required():
    found = one('parser.add_argument("data", help="folder")')
    assert (found.name, found.positional, found.required) == ("data", True, True)


def test_a_named_function_used_as_a_type_is_looked_into():
    before = (
        "def ratio(text):\n    return float(text) / 100\ndef str2bool(v):\n    return v.lower() == 'true'\n"
    )
    assert one('parser.add_argument("--keep", type=ratio, default=50)', before).type == "Float"
    assert one('parser.add_argument("--fast", type=str2bool, default=False)', before).type == "Boolean"


def test_a_parser_made_in_a_function_is_read_in_order():
    found = read(
        "import argparse\ndef get_args():\n    p = argparse.ArgumentParser()\n"
        "    g = p.add_argument_group('a')\n    p.add_argument('--b', type=int)\n"
        "    g.add_argument('--a', type=float)\n    return p.parse_args()\n"
    )
    assert [proposal.name for proposal in found.proposals] == ["b", "a"]


def test_add_argument_under_a_shorter_name_is_read():
    assert one('add = parser.add_argument\nadd("--lr", type=float)').name == "lr"


def test_a_default_in_a_constant_is_found_also_in_another_file():
    found = read(
        {
            "train.py": "from config import LR\nimport argparse\np = argparse.ArgumentParser()\n"
            "BATCH = 32\np.add_argument('--lr', type=float, default=LR)\n"
            "p.add_argument('--batch', type=int, default=BATCH)\n",
            "config.py": "LR = 0.02\n",
        }
    )
    assert [proposal.default for proposal in found.proposals] == [0.02, 32]


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": "from options import get_args\n", "options.py": None},
        {"train.py": "import lib.options\n", "lib/options.py": None, "lib/__init__.py": ""},
        {"train.py": "from lib import options\n", "lib/options.py": None},
        {"train.py": "def main():\n    import options\n", "options.py": None},
        {
            "train.py": "import lib\n",
            "lib/__init__.py": "from .inner import go\n",
            "lib/inner/__init__.py": None,
        },
        {"app/train.py": "import options\n", "app/options.py": None},
        {"app/train.py": "from app.options import x\n", "app/options.py": None},
    ],
)
def test_a_parser_in_another_file_of_the_code_directory_is_found(files):
    source = f"{HEAD}parser.add_argument('--lr', type=float, default=0.1)\n"
    files = {path: source if text is None else text for path, text in files.items()}
    found = read(files, boot_file=next(iter(files)))
    assert [(proposal.name, proposal.file) for proposal in found.proposals] == [
        ("lr", next(path for path, text in files.items() if text == source))
    ]


def test_folders_of_pythonpath_are_searched():
    files = {"train.py": "import options\n", "src/options.py": f"{HEAD}parser.add_argument('--lr')\n"}
    assert not read(files).proposals
    assert read(files, folders=["src"]).proposals


def test_files_that_are_not_imported_do_not_matter():
    files = {
        "train.py": f"{HEAD}parser.add_argument('--a')\n",
        "test.py": f"{HEAD}parser.add_argument('--b')\n",
    }
    assert [proposal.name for proposal in read(files).proposals] == ["a"]


def test_what_an_imported_file_does_when_run_by_itself_does_not_matter():
    files = {
        "train.py": f"import other\n{HEAD}parser.add_argument('--a')\n",
        "other.py": f"{HEAD}if __name__ == '__main__':\n    parser.add_argument('--b')\n",
    }
    assert [proposal.name for proposal in read(files).proposals] == ["a"]


def test_later_defaults_are_used():
    assert (
        read(f"{HEAD}parser.add_argument('--lr', type=float)\nparser.set_defaults(lr=0.3)\n")
        .proposals[0]
        .default
        == 0.3
    )


def test_a_name_given_twice_is_proposed_once():
    assert len(read(f"{HEAD}parser.add_argument('--a')\nparser.add_argument('--a')\n").proposals) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('parser.add_argument("-v")', "no long form (--name). Write it in the extra arguments."),
        ('parser.add_argument("--v", action="count")', "counted"),
        ('parser.add_argument("--size", nargs=2, type=int)', "takes 2 values"),
        ('parser.add_argument("--" + name)', "computed"),
        ("parser.add_argument(*args)", "computed"),
        ('parser.add_argument("--naïve")', "cannot be passed"),
    ],
)
def test_what_cannot_be_a_hyperparameter_is_left_out_with_the_reason(line, words):
    found = read(f"{HEAD}{line}\n")
    assert found.proposals == []
    assert "train.py, line 3" in found.notes[0]
    assert words in found.notes[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('parser.add_argument("--x", default=os.cpu_count())', "default is computed"),
        ('parser.add_argument("--x", default=[1, 2])', "default is a list"),
        ('parser.add_argument("--x", nargs="+", type=int)', "several values"),
        ('parser.add_argument("--x", type=bool, default=True)', "takes any text for True"),
        ('parser.add_argument("--x", default=3)', "names no type"),
        ('parser.add_argument("--x", **common)', "More is said of it by **"),
        (
            'parser.add_argument("--x", action=argparse.BooleanOptionalAction, default=True)',
            "to switch it off, write --no-x in the extra arguments",
        ),
    ],
)
def test_doubts_are_told_with_the_proposal(line, words):
    assert words in one(line).note


def test_help_and_version_are_not_mentioned():
    assert read(f"{HEAD}parser.add_argument('--version', action='version')\n").notes != []
    found = read(f"{HEAD}parser.add_argument('--version', action='version')\nparser.add_argument('--a')\n")
    assert ([proposal.name for proposal in found.proposals], found.notes) == (["a"], [])


def test_subcommands_are_explained():
    found = read(
        f"{HEAD}sub = parser.add_subparsers()\nfit = sub.add_parser('fit')\nfit.add_argument('--lr')\n"
    )
    assert "subcommand fit" in found.notes[0]


@pytest.mark.parametrize("text", ["import sys\nlr = float(sys.argv[1])\n", "import click\n", ""])
def test_scripts_without_argparse_are_left_alone(text):
    found = read(text)
    assert found.proposals == []
    assert found.notes == [
        "No argparse or click arguments were found in train.py. Add by hand what it takes as --name value."
    ]


def test_a_script_that_reads_its_environment_is_told_what_becomes_of_that():
    [note] = read("import os\nlr = float(os.environ['LR'])\n").notes
    assert note.endswith(
        "What it reads from the environment is set in a training job, but cannot be searched."
    )


@pytest.mark.parametrize("text", ["def broken(:\n", "x = \x00", "print 'old'\n"])
def test_a_file_that_does_not_parse_is_named(text):
    assert "train.py" in read(text).notes[0]


def test_a_missing_boot_file_is_named():
    assert read({}).notes == ["There is no file train.py in the code directory."]


def test_files_that_import_each_other_end():
    files = {"train.py": "import other\n", "other.py": f"import train\n{HEAD}parser.add_argument('--a')\n"}
    assert len(read(files).proposals) == 1


def test_nothing_is_run(tmp_path):
    target = tmp_path / "was-run"
    read(
        f"open({str(target)!r}, 'w')\n{HEAD}parser.add_argument('--a', default=open({str(target)!r}, 'w'))\n"
    )
    assert not target.exists()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("digits/train.py", {"learning_rate": "Float", "weight_decay": "Float", "momentum": "Float"}),
        (
            "torch_digits/main.py",
            {"batch-size": "Integer", "lr": "Float", "optimizer": "String", "no-cuda": "Boolean"},
        ),
    ],
)
def test_the_shipped_examples_are_read(script, expected):
    folder, _, boot_file = script.partition("/")
    found = read({boot_file: (EXAMPLES / folder / boot_file).read_text()}, boot_file)
    types = {proposal.name: proposal.type for proposal in found.proposals}
    assert expected.items() <= types.items()
    assert found.notes == []
