"""Create algorithm as a whole: its sections, what they demand of each other, what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from algorithms.forms.arguments import (
    HyperparameterFormSet,
    InputFormSet,
    OutputFormSet,
    hyperparameter_initial,
    hyperparameter_records,
)
from algorithms.forms.basics import AlgorithmForm
from algorithms.forms.search import (
    DEFAULT_SEARCH_ALGORITHM,
    IndicatorFormSet,
    SamplerForm,
    SearchRangeFormSet,
    search_range_initial,
)
from algorithms.models import Algorithm
from algorithms.specification import AlgorithmSpecification, Hyperparameter, hyperparameter_from
from search import SAMPLERS

DRAFT_FIELDS = (
    "code_directory", "boot_file", "boot_command", "argument_style", "boolean_style", "extra_arguments",
    "pythonpath", "working_directory",
)  # fmt: skip
INDICATORS_MISSING = "At least one search indicator is needed."
RANGES_MISSING = "At least one automatic search parameter is needed."
ALGORITHMS_MISSING = "Tick at least one search algorithm."
OF_ARGUMENTS = (
    "argument_style", "boolean_style", "extra_arguments", "pythonpath", "working_directory", "auto_search",
)  # fmt: skip
OF_CONSTRAINTS = ("resource_types", "multi_card", "distributed")

SECTIONS = {
    "inputs": "Inputs",
    "outputs": "Outputs",
    "hyperparameters": "Hyperparameters",
    "indicators": "Search indicator",
    "ranges": "Automatic search parameters",
    "samplers": "Search algorithm configuration",
}


@dataclass(frozen=True)
class Problem:
    """An error with the element it belongs to, for the summary above the form."""

    anchor: str
    label: str
    message: str


class AlgorithmPage:
    """All forms of the page. `source` is an algorithm whose values are the starting point (edit, copy).

    `is_draft`: it is still being typed; what takes long to find out may be some seconds old.
    """

    def __init__(
        self,
        user,
        data=None,
        instance: Algorithm | None = None,
        source: Algorithm | None = None,
        is_draft: bool = False,
    ):
        source = source or instance
        self.instance = instance or Algorithm(owner=user)
        self.form = AlgorithmForm(
            data,
            instance=self.instance,
            user=user,
            is_draft=is_draft,
            initial=_initial(source, self.instance),
        )
        self.source = rows = source or Algorithm()
        self.inputs = InputFormSet(data, prefix="inputs", initial=rows.inputs)
        self.outputs = OutputFormSet(data, prefix="outputs", initial=rows.outputs)
        self.hyperparameters = HyperparameterFormSet(
            data,
            prefix="hyperparameters",
            initial=[hyperparameter_initial(row) for row in rows.hyperparameters],
        )
        self.indicators = IndicatorFormSet(data, prefix="indicators", initial=rows.indicators)
        self.ranges = SearchRangeFormSet(
            data,
            prefix="ranges",
            initial=[search_range_initial(row) for row in rows.search_ranges],
            form_kwargs={"names": self._names()},
        )
        ticked = rows.search_algorithms or {DEFAULT_SEARCH_ALGORITHM: {}}
        self.samplers = [
            SamplerForm(name, stored=ticked.get(name), ticked=name in ticked, data=data) for name in SAMPLERS
        ]
        self.section_errors: dict[str, str] = {}

    def _names(self) -> tuple[str, ...]:
        values = (form["name"].value() for form in self.hyperparameters.filled)
        return tuple(dict.fromkeys(value.strip() for value in values if value and value.strip()))

    @property
    def searches(self) -> bool:
        """Whether autoSearch(S) is ticked."""
        return bool(self.form["auto_search"].value())

    @property
    def argument_sets(self):
        return [self.inputs, self.outputs, self.hyperparameters]

    @property
    def search_sets(self):
        return [self.indicators, self.ranges] if self.searches else []

    def is_valid(self) -> bool:
        """Validate every section and what they demand of each other; errors lie beside the fields."""
        parts = [self.form, *self.argument_sets, *self.search_sets, *self._ticked()]
        for part in parts:
            part.is_valid()
        self._check_names()
        if self.searches:
            self._check_search()
        return not self.section_errors and all(part.is_valid() for part in parts)

    def _ticked(self) -> list[SamplerForm]:
        return [sampler for sampler in self.samplers if sampler.is_ticked] if self.searches else []

    def _check_names(self) -> None:
        """One name on the command line, and one variable, may stand for one thing only."""
        taken: dict[tuple[str, str], str] = {}
        for formset, what in zip(
            self.argument_sets, ("an input", "an output", "a hyperparameter"), strict=True
        ):
            for row in formset.filled:
                name = row.cleaned_data.get("name")
                if not name:
                    continue
                channel = (
                    "environment" if row.cleaned_data.get("obtained_from") == "environment" else "argument"
                )
                if (channel, name) in taken:
                    row.add_problem(
                        "name", f"{taken[channel, name].capitalize()} has the name {name} already."
                    )
                else:
                    taken[channel, name] = what

    def _check_search(self) -> None:
        if not self.indicators.filled:
            self.section_errors["indicators"] = INDICATORS_MISSING
        if not self.ranges.filled:
            self.section_errors["ranges"] = RANGES_MISSING
        if not self._ticked():
            self.section_errors["samplers"] = ALGORITHMS_MISSING
        _refuse_repeated(self.indicators, "There is a search indicator {} already.")
        _refuse_repeated(self.ranges, "{} has a row already.")
        known = self.sound_hyperparameters()
        names = {form.cleaned_data.get("name") for form in self.hyperparameters.filled}
        for row in self.ranges.filled:
            name = row.cleaned_data.get("name")
            if name in known:
                row.check(known[name])
            elif name and name not in names:
                row.add_problem(
                    "name", f"There is no hyperparameter {name}. Choose another or delete the row."
                )

    def sound_hyperparameters(self) -> dict[str, Hyperparameter]:
        """The hyperparameters without an error, by name."""
        records = hyperparameter_records(self.hyperparameters.sound)
        return {record["name"]: hyperparameter_from(record) for record in records}

    def problems(self) -> list[Problem]:
        """All errors of fields, rows and sections, in the order of the page. Call after `is_valid`."""
        later = {*OF_ARGUMENTS, *OF_CONSTRAINTS}
        return [
            *_form_problems(self.form, [name for name in self.form.fields if name not in later]),
            *(problem for formset in self.argument_sets for problem in self._row_problems(formset)),
            *_form_problems(self.form, OF_ARGUMENTS),
            *(problem for formset in self.search_sets for problem in self._row_problems(formset)),
            *self._section_problems("samplers"),
            *(
                problem
                for sampler in self._ticked()
                for problem in _form_problems(sampler, sampler.fields, f"{sampler.name}: ")
            ),
            *_form_problems(self.form, OF_CONSTRAINTS),
        ]

    def _row_problems(self, formset) -> list[Problem]:
        found = self._section_problems(formset.prefix, *formset.non_form_errors())
        for number, row in enumerate(formset.forms, 1):
            if row in formset.filled:
                found += _form_problems(row, row.fields, f"{SECTIONS[formset.prefix]}, row {number}: ")
        return found

    def _section_problems(self, key: str, *messages: str) -> list[Problem]:
        found = [*messages, self.section_errors.get(key, "")]
        return [Problem(f"rows-{key}", SECTIONS[key], message) for message in found if message]

    def errors(self) -> dict[str, list[str]]:
        """All errors by the id of the element they belong to."""
        found: dict[str, list[str]] = {}
        for problem in self.problems():
            found.setdefault(problem.anchor, []).append(problem.message)
        return found

    def warnings(self) -> dict[str, list[str]]:
        """What is allowed but probably not meant, by the id of the field."""
        return {
            row[name].auto_id: [message]
            for row in (self.ranges.filled if self.searches else [])
            for name, message in row.warnings.items()
        }

    def draft(self) -> AlgorithmSpecification:
        """What can be told of the algorithm from the fields that are right so far."""
        typed = getattr(self.form, "cleaned_data", {}) if self.form.is_bound else {}
        values = {name: typed.get(name, self.form.initial.get(name)) or "" for name in DRAFT_FIELDS}
        for name in ("code_directory", "boot_file"):
            values[name] = values[name] or self.form[name].value() or ""
        if self.form.is_custom:
            values |= {"image": self.form["image"].value() or "not chosen yet", "boot_file": ""}
        folder = values["code_directory"].rstrip("/") + "/"
        values["boot_file"] = values["boot_file"].removeprefix(folder)
        if self.form.is_bound:
            channels = {
                "inputs": [row.record() for row in self.inputs.sound],
                "outputs": [row.record() for row in self.outputs.sound],
                "hyperparameters": hyperparameter_records(self.hyperparameters.sound),
            }
        else:
            channels = {name: getattr(self.source, name) for name in ("inputs", "outputs", "hyperparameters")}
        return AlgorithmSpecification.from_json(values | channels)

    def fill(self) -> Algorithm:
        """The algorithm with everything typed; call only when valid. Not saved yet."""
        algorithm = self.form.save(commit=False)
        algorithm.inputs = [row.record() for row in self.inputs.filled]
        algorithm.outputs = [row.record() for row in self.outputs.filled]
        algorithm.hyperparameters = hyperparameter_records(self.hyperparameters.filled)
        algorithm.constraints = self.form.constraints
        types = {row["name"]: row["type"] for row in algorithm.hyperparameters}
        algorithm.indicators = [row.record() for row in self.indicators.filled] if self.searches else []
        algorithm.search_ranges = (
            [row.record(types[row.cleaned_data["name"]]) for row in self.ranges.filled]
            if self.searches
            else []
        )
        algorithm.search_algorithms = {sampler.name: sampler.record() for sampler in self._ticked()}
        return algorithm


def _form_problems(form, names: Iterable[str], where: str = "") -> list[Problem]:
    return [
        Problem(form[name].auto_id, f"{where}{form[name].label}", message)
        for name in names
        for message in form.errors.get(name, ())
    ]


def _refuse_repeated(formset, message: str) -> None:
    seen = set()
    for row in formset.filled:
        name = row.cleaned_data.get("name")
        if name and name in seen:
            row.add_problem("name", message.format(name))
        seen.add(name)


def _initial(source: Algorithm | None, instance: Algorithm) -> dict:
    """A copy starts from the values of another algorithm, under a name of its own."""
    if source is None or source is instance:
        return {}
    names = (
        "name", "description", "image", "boot_command", "code_directory", "boot_file", "argument_style",
        "boolean_style", "extra_arguments", "pythonpath", "working_directory", "auto_search", "constraints",
    )  # fmt: skip
    values = {name: getattr(source, name) for name in names}
    return values | {
        "engine": source.engine_id,
        "framework": source.engine.framework if source.engine_id else "",
    }
