"""Warm start: earlier searches whose trials the sampler of a new job may learn from."""

from django import forms

from jobs.forms.numbers import number_text
from jobs.forms.sources import Source
from jobs.models import TrainingJob

LOOK_BACK = 200
"""How many of the newest searches are looked through for ones that fit."""


def names_of(search_space: dict) -> set[str]:
    """The hyperparameters of a stored search space."""
    return {row["name"] for row in search_space.get("dimensions", ())}


def candidates(user, source: Source | None) -> list[TrainingJob]:
    """Searches with results, over hyperparameters and an indicator the source can search, newest first."""
    if source is None or not source.specification.auto_search:
        return []
    searchable = {row.name for row in source.specification.search_ranges}
    indicators = {(row.name, row.direction) for row in source.specification.indicators}
    jobs = TrainingJob.objects.visible_to(user).filter(best_value__isnull=False).exclude(search_space={})
    newest = jobs.only(
        "name", "search_space", "indicator_name", "direction", "best_value", "completed_trials"
    )[:LOOK_BACK]
    return [
        job
        for job in newest
        if names_of(job.search_space) <= searchable and (job.indicator_name, job.direction) in indicators
    ]


class WarmStartForm(forms.Form):
    """Which earlier jobs are learned from."""

    prefix = "warm"

    jobs = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label="Earlier jobs", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, user, source: Source | None, **options):
        super().__init__(**options)
        self.candidates = {job.pk: job for job in candidates(user, source)}
        self.fields["jobs"].choices = [(pk, describe(job)) for pk, job in self.candidates.items()]

    def check_against(self, names: set[str], indicator: str) -> None:
        """Add an error for every chosen job that searched other hyperparameters or another indicator."""
        for pk in self.cleaned_data["jobs"]:
            job = self.candidates[pk]
            if names_of(job.search_space) != names:
                searched = ", ".join(sorted(names_of(job.search_space)))
                self.add_error(
                    "jobs", f"{job.name} searched {searched}. Switch on exactly these ranges, or untick it."
                )
            elif job.indicator_name != indicator:
                self.add_error(
                    "jobs",
                    f"{job.name} searched for {job.indicator_name}. Choose that indicator, or untick it.",
                )


def describe(job: TrainingJob) -> str:
    """A job in one line, for a tick box."""
    searched = ", ".join(row["name"] for row in job.search_space["dimensions"])
    best = number_text(float(f"{job.best_value:.5g}"))
    return f"{job.name}: {job.completed_trials} trials of {searched}; best {job.indicator_name} {best}"
