"""What the dialogs of job details send: checked, with labels that errors are named by."""

from django import forms

from algorithms.forms.search import PatternField
from jobs.forms.options import HIGHEST_PRIORITY
from jobs.forms.search_policy import MAX_SAMPLES
from jobs.models import TrainingJob


class JobForm(forms.Form):
    """A form about one job, sent by one user."""

    def __init__(self, data, *, job: TrainingJob, user, **options) -> None:
        super().__init__(data, **options)
        self.job = job
        self.user = user

    @property
    def problems(self) -> list[str]:
        """The errors in words, each with the label of its control."""
        named = [(self.fields[name].label, errors) for name, errors in self.errors.items()]
        return [f"{label}: {error}" for label, errors in named for error in errors]


class ExtendForm(JobForm):
    count = forms.IntegerField(label="Trials to add", min_value=1, max_value=MAX_SAMPLES)

    def clean_count(self) -> int:
        count = self.cleaned_data["count"]
        room = MAX_SAMPLES - max(self.job.num_samples, self.job.created_trials)
        if count > room:
            raise forms.ValidationError(
                f"A job has at most {MAX_SAMPLES:,} trials; this one can get {room:,} more."
            )
        return count


class ChangeForm(JobForm):
    max_concurrent = forms.IntegerField(label="Trials at once", min_value=1, max_value=1_000)
    priority = forms.IntegerField(label="Priority", min_value=1, max_value=HIGHEST_PRIORITY)

    def clean_priority(self) -> int:
        priority = self.cleaned_data["priority"]
        raised = priority >= HIGHEST_PRIORITY and priority != self.job.priority
        if raised and not self.user.has_perm("jobs.use_highest_priority"):
            raise forms.ValidationError(
                f"Priority {HIGHEST_PRIORITY} needs a permission that an administrator can grant."
            )
        return priority


class RereadForm(JobForm):
    indicator_name = forms.CharField(
        label="Search indicator", max_length=256, help_text="As the script prints it."
    )
    direction = forms.ChoiceField(
        label="Direction", choices=[("max", "max: higher is better"), ("min", "min: lower is better")]
    )
    pattern = PatternField(
        label="Regular expression",
        strip=False,
        help_text="RE2 syntax. The first group, or one named “value”, is the number; one named “step” the step.",
    )
