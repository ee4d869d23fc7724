"""The page *Create training job*: all of its forms together, and the job they come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction

from jobs.execution.preflight import make_preflight
from jobs.execution.queue import capacity
from jobs.forms.channels import StorageForm, input_forms, output_forms
from jobs.forms.custom import ArgumentFormSet, CustomCodeForm
from jobs.forms.environment import EnvironmentFormSet
from jobs.forms.hyperparameters import hyperparameter_forms
from jobs.forms.options import OptionsForm, generate_name
from jobs.forms.search_policy import POLICY_FIELDS, SearchPolicyForm
from jobs.forms.sources import CUSTOM_SOURCE, Source, source_choices
from jobs.forms.warm_start import WarmStartForm
from jobs.models import Objective, TrainingJob
from jobs.sealing import seal
from search import SearchSpace, make_sampler


class SourceForm(forms.Form):
    """Which algorithm is run."""

    algorithm = forms.ChoiceField(
        label="Algorithm",
        help_text="What it was created with decides what can be set below.",
        error_messages={
            "required": "Choose an algorithm.",
            "invalid_choice": "This algorithm is no longer available. Choose another one.",
        },
    )

    def __init__(self, user, source: Source | None, **options):
        super().__init__(**options)
        self.fields["algorithm"].choices = source_choices(user, source)


@dataclass(frozen=True)
class Problem:
    """One error, with the id and label of its field."""

    anchor: str
    label: str
    message: str


ROWS = {"env": "Environment variables", "arg": "Hyperparameters"}


def _problems_of(form: forms.BaseForm) -> Iterator[Problem]:
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        label = (bound.field.widget.attrs.get("aria-label") or bound.label) if bound else ""
        for error in errors:
            yield Problem(bound.auto_id if bound else "", str(label), error)


class CreateJob:
    """Everything that can be filled in for one source; bound when `data` is given."""

    def __init__(self, user, source: Source | None, data=None, initial: dict[str, Any] | None = None):
        """`initial` has the keys of `jobs.forms.rebuild.initial_of`."""
        self.user, self.source = user, source
        initial = initial or {}
        specification = source.specification if source else CUSTOM_SOURCE.specification
        self.source_form = SourceForm(
            user, source, data=data, initial={"algorithm": source.key if source else ""}
        )
        self.options = OptionsForm(
            user,
            source.constraints if source else {},
            data=data,
            initial={"name": generate_name(), **initial.get("options", {})},
        )
        self.storage = StorageForm(user, data=data, initial=initial.get("storage"))
        self.inputs = input_forms(user, specification, data, initial.get("inputs", {}))
        self.outputs = output_forms(
            user, specification, data, initial.get("outputs", {}), initial.get("predownload", [])
        )
        self.hyperparameters = hyperparameter_forms(specification, data, initial.get("hyperparameters"))
        self.search = self._search_form(specification, data, initial)
        self.warm_start = WarmStartForm(
            user, source, data=data, initial={"jobs": initial.get("warm_start", [])}
        )
        self.environment = EnvironmentFormSet(
            data=data,
            initial=initial.get("environment"),
            prefix="env",
            kept=initial.get("kept_secrets"),
        )
        self.custom = self.arguments = None
        if source and source.is_custom:
            self.custom = CustomCodeForm(user, data=data)
            self.arguments = ArgumentFormSet(data=data, prefix="arg")

    @staticmethod
    def _search_form(specification, data, initial) -> SearchPolicyForm | None:
        if not specification.auto_search:
            return None
        return SearchPolicyForm(
            specification, initial=initial.get("search"), data=data, samplers=initial.get("samplers")
        )

    @property
    def is_search(self) -> bool:
        """Whether at least one range is switched on."""
        return any(form.is_searched for form in self.hyperparameters)

    def forms(self) -> Iterator[forms.Form | forms.BaseFormSet]:
        """The forms that count."""
        yield self.options
        yield self.source_form
        if self.custom:
            yield self.custom
        yield from self.inputs
        yield from self.outputs
        yield self.storage
        yield from self.hyperparameters
        if self.arguments is not None:
            yield self.arguments
        if self.search and self.is_search:
            yield self.search
            if self.search.sampler_form:
                yield self.search.sampler_form
            yield self.warm_start
        yield self.environment

    def is_valid(self) -> bool:
        """Validate every form, so that all errors are shown at once."""
        verdicts = [form.is_valid() for form in self.forms()]
        valid = all(verdicts)
        if valid and self.source is None:
            self.source_form.add_error("algorithm", "Choose an algorithm.")
        if valid and self.is_search:
            self._check_search()
        if valid:
            self._check_quota()
        return valid and not any(form.errors for form in self.forms() if isinstance(form, forms.BaseForm))

    def problems(self) -> Iterator[Problem]:
        """Every error of a form that has been validated, in the order of the page."""
        above = ("name", "description")
        below = {self.options[name].auto_id for name in self.options.fields if name not in above}
        below |= {self.storage[name].auto_id for name in self.storage.fields}
        found = list(self._problems())
        yield from (problem for problem in found if problem.anchor not in below)
        yield from (problem for problem in found if problem.anchor in below)

    def _problems(self) -> Iterator[Problem]:
        for form in self.forms():
            if isinstance(form, forms.BaseFormSet):
                yield from (
                    Problem(f"rows-{form.prefix}", ROWS[form.prefix], error)
                    for error in form.non_form_errors()
                )
                rows = form.forms
            else:
                rows = [form]
            for row in rows:
                yield from _problems_of(row)

    def warnings(self) -> dict[str, list[str]]:
        """What is allowed but probably not meant, by the id of the field; of a form that has been validated."""
        pool = self.options.cleaned_data.get("pool")
        workers = capacity(pool.name) if pool else None
        doubts = {}
        if workers == 0:
            doubts[self.options["pool"].auto_id] = "No worker serves this pool now: the job waits for one."
        if self.search and self.is_search:
            doubts |= self.search.doubts(workers)
        return {anchor: [words] for anchor, words in doubts.items()}

    def _check_search(self) -> None:
        policy = self.search.cleaned_data
        space = SearchSpace(self.dimensions())
        try:
            sampler = make_sampler(
                policy["search_algorithm"],
                space,
                direction=self.search.indicators[policy["indicator"]].direction,
                num_samples=policy["num_samples"],
                seed=policy["seed"],
                **self.search.sampler_form.cleaned_data,
            )
        except ValueError as error:
            self.search.add_error("search_algorithm", str(error))
            return
        if sampler.capacity is not None and sampler.capacity < policy["num_samples"]:
            self.search.add_error(
                "num_samples",
                f"These ranges hold only {sampler.capacity} different settings. "
                f"Enter at most {sampler.capacity}, or widen a range.",
            )
        self.warm_start.check_against(set(space.names), policy["indicator"])

    def _check_quota(self) -> None:
        if remaining_quota(self.user) <= 0:
            self.options.add_error(
                None,
                f"Your quota of {settings.JOB_QUOTA:,} training jobs is used up. "
                "Delete jobs that are no longer needed.",
            )

    def dimensions(self) -> dict[str, Any]:
        """The searched hyperparameters' dimensions by name."""
        chosen = {form.row.name: form.choice() for form in self.hyperparameters}
        return {name: choice.dimension for name, choice in chosen.items() if choice.dimension}

    def fixed_values(self) -> dict[str, Any]:
        """The values of all other hyperparameters; those left out are not among them."""
        chosen = {form.row.name: form.choice().value for form in self.hyperparameters}
        if self.arguments is not None:
            chosen |= {row.name: row.default for row in self.arguments.hyperparameters()}
        return {name: value for name, value in chosen.items() if value is not None}

    def default_values(self) -> dict[str, Any]:
        """One value for each searched hyperparameter: its default, or the middle of its range."""
        rows = {form.row.name: form.row for form in self.hyperparameters}
        return {
            name: dimension.from_unit(0.5) if rows[name].default is None else rows[name].default
            for name, dimension in self.dimensions().items()
        }

    def save(self) -> TrainingJob | None:
        """Store the job of the valid forms, in Creating; None where its code could not be frozen."""
        job = self._filled()
        if job is None:
            return None
        with transaction.atomic():
            job.save()
            if self.is_search:
                job.warm_start_from.set(self.warm_start.cleaned_data["jobs"])
        return job

    def save_preflight(self, seconds: int) -> TrainingJob | None:
        """Store a check that runs the script once with its defaults; None as in `save`."""
        job = self._filled()
        if job is None:
            return None
        make_preflight(job, {**self.default_values(), **job.hyperparameters}, seconds)
        job.save(force_insert=True)
        return job

    def _filled(self) -> TrainingJob | None:
        job = TrainingJob(owner=self.user)
        if not self._set_source(job):
            return None
        self.options.apply(job)
        job.hyperparameters = self.fixed_values()
        self._set_paths(job)
        if self.is_search:
            self._set_search(job)
        else:
            self._set_indicator(job)
        job.environment = self.environment.values(secret=False)
        job.sealed_environment = seal(self.environment.values(secret=True))
        return job

    def _set_source(self, job: TrainingJob) -> bool:
        if self.custom:
            job.snapshot = self.custom.take_snapshot()
            if job.snapshot is None:
                return False
            rows = self.arguments.hyperparameters()
            job.specification_data = self.custom.specification(rows).to_json()
            return True
        job.algorithm = self.source.algorithm
        job.algorithm_name = job.algorithm.name if job.algorithm else ""
        job.specification_data = self.source.specification.to_json()
        job.snapshot = self.source.snapshot
        return True

    def _set_paths(self, job: TrainingJob) -> None:
        job.inputs = {form.channel.name: form.cleaned_data["path"] for form in self.inputs}
        job.outputs = {
            form.channel.name: form.cleaned_data["path"] for form in self.outputs if form.cleaned_data["path"]
        }
        job.predownload = [form.channel.name for form in self.outputs if form.cleaned_data["predownload"]]
        job.log_path_uri = self.storage.cleaned_data["log_path_uri"]

    def _set_search(self, job: TrainingJob) -> None:
        policy = self.search.cleaned_data
        indicator = self.search.indicators[policy["indicator"]]
        job.search_space = SearchSpace(self.dimensions()).to_json()
        job.read_by(indicator)
        job.search_parameters = {"seed": policy["seed"], **self.search.sampler_form.cleaned_data}
        for name in POLICY_FIELDS:
            setattr(job, name, policy.get(name))

    def _set_indicator(self, job: TrainingJob) -> None:
        """A plain job's value is read by the indicator that stands in the form, else by the first one."""
        indicators = {row.name: row for row in self.source.specification.indicators}
        if not indicators:
            return
        shown = self.search["indicator"].value() if self.search else ""
        job.read_by(indicators.get(shown) or next(iter(indicators.values())))
        if self.search and (objective := self.search["objective"].value()) in Objective.values:
            job.objective = objective


def remaining_quota(user) -> int:
    """How many training jobs the user may still create."""
    return settings.JOB_QUOTA - TrainingJob.objects.filter(owner=user, preflight__isnull=True).count()
