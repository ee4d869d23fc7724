"""The search policy of a job: indicator, search algorithm and its parameters, budgets of the search."""

from typing import Any

from django import forms

from algorithms.specification import AlgorithmSpecification
from jobs.forms.numbers import NumberField
from jobs.models import EarlyStopping, Objective
from search import COMMON_PARAMETERS, SAMPLERS, Parameter

COMMON = {parameter.name: parameter for parameter in COMMON_PARAMETERS}
MAX_SAMPLES = 10_000
BETTER = {"max": "higher", "min": "lower"}
BUDGET_FIELDS = ("target_value", "patience_trials", "max_failed_trials")
POLICY_FIELDS = (
    "objective",
    "search_algorithm",
    "num_samples",
    "max_concurrent",
    "early_stopping",
    "save_model_count",
    *BUDGET_FIELDS,
)
"""The fields of the search policy that a job has under the same name."""


def parameter_field(parameter: Parameter) -> forms.Field:
    """The form field of one declared setting of a sampler."""
    options = {"label": parameter.name, "help_text": parameter.help, "required": not parameter.automatic}
    if parameter.type is str:
        blank = [("", "automatic")] if parameter.automatic else []
        return forms.TypedChoiceField(
            choices=blank + [(choice, choice) for choice in parameter.choices], empty_value=None, **options
        )
    field = NumberField(whole=parameter.type is int, validators=[_check_with(parameter)], **options)
    if parameter.automatic:
        field.widget.attrs["placeholder"] = "automatic"
    return field


def _check_with(parameter: Parameter):
    def check(value: Any) -> None:
        try:
            parameter.check(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    return check


class SamplerForm(forms.Form):
    """The parameters of one search algorithm, named `sampler-<search algorithm>`."""

    def __init__(self, name: str, initial: dict[str, Any], **options):
        self.name = name
        self.sampler = SAMPLERS[name]
        defaults = {parameter.name: parameter.default for parameter in self.sampler.parameters}
        super().__init__(initial={**defaults, **initial}, prefix=f"sampler-{name}", **options)
        for parameter in self.sampler.parameters:
            self.fields[parameter.name] = parameter_field(parameter)

    @property
    def title(self) -> str:
        """The search algorithm's name in words."""
        return self.sampler.title

    @property
    def summary(self) -> str:
        """What the search algorithm does, in a sentence."""
        return self.sampler.summary

    @property
    def num_samples(self) -> int:
        """What the algorithm was created with, or the documented default."""
        return self.initial.get("num_samples") or COMMON["num_samples"].default

    @property
    def seed(self) -> int:
        """As `num_samples`."""
        seed = self.initial.get("seed")
        return COMMON["seed"].default if seed is None else seed

    def plain_fields(self):
        """Bound fields that are always shown."""
        return [self[p.name] for p in self.sampler.parameters if not p.advanced]

    def advanced_fields(self):
        """Bound fields that are folded away."""
        return [self[p.name] for p in self.sampler.parameters if p.advanced]


class SearchPolicyForm(forms.Form):
    """Which indicator is searched for, by which search algorithm, and for how long."""

    prefix = "search"

    indicator = forms.ChoiceField(
        label="Search indicator", help_text="The value the script prints that the search makes better."
    )
    objective = forms.ChoiceField(
        label="Value of a trial",
        choices=Objective.choices,
        initial=Objective.BEST,
        help_text="What counts when trials are compared.",
    )
    search_algorithm = forms.ChoiceField(
        label="Search algorithm", help_text="How the next hyperparameters are chosen from the results so far."
    )
    num_samples = parameter_field(COMMON["num_samples"])
    max_concurrent = NumberField(
        whole=True,
        label="Trials at once (max_concurrent)",
        initial=2,
        min_value=1,
        max_value=1_000,
        help_text="More at once end sooner; fewer at once learn more from each other.",
    )
    save_model_count = NumberField(
        whole=True,
        required=False,
        min_value=1,
        max_value=MAX_SAMPLES,
        label="Outputs kept (save_model_count)",
        help_text="Outputs of so many best trials are kept, the others removed. Empty: all are kept.",
    )
    seed = parameter_field(COMMON["seed"])
    early_stopping = forms.ChoiceField(
        required=False,
        label="Early stopping",
        choices=EarlyStopping.choices,
        help_text="Ends trials that cannot win any more, judged by the curves of the others.",
    )
    target_value = NumberField(
        required=False, label="Target value", help_text="The search ends once a trial reaches it."
    )
    patience_trials = NumberField(
        whole=True,
        required=False,
        min_value=1,
        max_value=MAX_SAMPLES,
        label="Trials without improvement",
        help_text="The search ends after so many trials that were no better than the best one.",
    )
    max_failed_trials = NumberField(
        whole=True,
        required=False,
        min_value=1,
        max_value=MAX_SAMPLES,
        label="Failed trials",
        help_text="The job fails once so many trials have failed. Empty: it goes on.",
    )

    def __init__(self, specification: AlgorithmSpecification, initial=None, data=None, samplers=None):
        self.indicators = {row.name: row for row in specification.indicators}
        names = [name for name in specification.search_algorithms if name in SAMPLERS]
        chosen = (initial or {}).get("search_algorithm")
        defaults = {"search_algorithm": names[0]} if names else {}
        parameters = specification.search_algorithms.get(chosen or (names[0] if names else ""), {})
        for key, parameter in COMMON.items():
            given = parameters.get(key)
            defaults[key] = parameter.default if given is None else given
        super().__init__(data=data, initial={**defaults, **(initial or {})})
        self.fields["indicator"].choices = [
            (row.name, f"{row.name} ({BETTER[row.direction]} is better)") for row in specification.indicators
        ]
        self.fields["search_algorithm"].choices = [(name, name) for name in names]
        if not specification.outputs:
            del self.fields["save_model_count"]
        self.fields["num_samples"].label = "Number of trials (num_samples)"
        self.fields["seed"].label = "Seed"
        self.samplers = [
            SamplerForm(
                name, {**specification.search_algorithms[name], **(samplers or {}).get(name, {})}, data=data
            )
            for name in names
        ]

    @property
    def sampler_form(self) -> SamplerForm | None:
        """The parameters of the search algorithm that is chosen."""
        name = self["search_algorithm"].value()
        return next((form for form in self.samplers if form.name == name), None)

    @property
    def budget_is_set(self) -> bool:
        """Whether a field that the page folds away holds something."""
        return any(self[name].value() not in (None, "") or self[name].errors for name in BUDGET_FIELDS)

    def doubts(self, workers: int | None) -> dict[str, str]:
        """What is allowed but probably not meant, by the id of the field; of a form that has been validated.

        `workers` are those of the resource pool, None where that is not known.
        """
        found = {}
        if workers and self.cleaned_data.get("max_concurrent", 0) > workers:
            few = f"The pool has {workers} workers now: no more than {workers} trials run at once."
            one = "The pool has one worker now: trials run one after the other."
            found["max_concurrent"] = one if workers == 1 else few
        first = self.sampler_form.cleaned_data.get("n_initial_points") if self.sampler_form else None
        if first and first >= self.cleaned_data.get("num_samples", MAX_SAMPLES + 1):
            found["num_samples"] = (
                f"The first {first} trials are random (n_initial_points): so are all of these."
            )
        return {self[name].auto_id: words for name, words in found.items()}

    def clean_num_samples(self) -> int:
        number = self.cleaned_data["num_samples"]
        if number > MAX_SAMPLES:
            raise forms.ValidationError(f"A job has at most {MAX_SAMPLES:,} trials; enter a smaller number.")
        return number
