"""Create algorithm as a whole: its sections, what they demand of each other, what is still missing."""

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
from algorithms.specification import Hyperparameter, hyperparameter_from
from search import SAMPLERS

INDICATORS_MISSING = "Add at least one search indicator."
RANGES_MISSING = "Add at least one automatic search parameter."
ALGORITHMS_MISSING = "Tick at least one search algorithm."


@dataclass(frozen=True)
class Missing:
    """Something that has to be filled in before Submit can work."""

    label: str
    anchor: str


class AlgorithmPage:
    """All forms of the page. `source` is an algorithm whose values are the starting point (edit, copy)."""

    def __init__(self, user, data=None, instance: Algorithm | None = None, source: Algorithm | None = None):
        source = source or instance
        self.instance = instance or Algorithm(owner=user)
        self.form = AlgorithmForm(
            data, instance=self.instance, user=user, initial=_initial(source, self.instance)
        )
        rows = source or Algorithm()
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

    def missing(self) -> list[Missing]:
        """What has still to be filled in, in the order of the page. Call after `is_valid`."""
        found = [
            Missing(self.form[name].label, self.form[name].auto_id)
            for name in ("name", "engine", "code_directory", "boot_file")
            if not self.form[name].value()
        ]
        labels = {
            "indicators": "Search indicator",
            "ranges": "Automatic search parameter",
            "samplers": "Search algorithm",
        }
        return found + [
            Missing(labels[key], f"section-{key}") for key in labels if key in self.section_errors
        ]

    def errors(self) -> dict[str, list[str]]:
        """All errors by the id of the element they belong to; of a field, row or section."""
        found: dict[str, list[str]] = {}
        for form in self._forms():
            for name, messages in form.errors.items():
                found[form[name].auto_id if name in form.fields else f"id_{form.prefix or 'form'}"] = list(
                    messages
                )
        for formset in (*self.argument_sets, *self.search_sets):
            if formset.non_form_errors():
                found[f"section-{formset.prefix}"] = list(formset.non_form_errors())
        return found | {f"section-{key}": [message] for key, message in self.section_errors.items()}

    def warnings(self) -> dict[str, list[str]]:
        """What is allowed but probably not meant, by the id of the field."""
        return {
            row[name].auto_id: [message]
            for row in (self.ranges.filled if self.searches else [])
            for name, message in row.warnings.items()
        }

    def _forms(self):
        rows = [row for formset in (*self.argument_sets, *self.search_sets) for row in formset.filled]
        return [self.form, *rows, *self._ticked()]

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
        "name", "description", "code_directory", "boot_file", "argument_style", "boolean_style",
        "extra_arguments", "pythonpath", "auto_search", "constraints",
    )  # fmt: skip
    values = {name: getattr(source, name) for name in names}
    return values | {
        "engine": source.engine_id,
        "framework": source.engine.framework if source.engine_id else "",
    }
