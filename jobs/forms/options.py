"""What a job has besides its algorithm: its name, resources, restarts and limits."""

import secrets
from typing import Any

from django import forms
from django.utils import timezone

from jobs.forms.numbers import NumberField
from jobs.models import Flavor, ResourcePool, ResourceType, TrainingJob

AUTO_STOP_HOURS = (1, 2, 4, 6)
TIME_UNITS = [("1", "seconds"), ("60", "minutes"), ("3600", "hours")]
DEFAULT_UNIT = "60"
LONGEST_TRIAL_SECONDS = 365 * 24 * 3600
HIGHEST_PRIORITY = 3
NAME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def generate_name() -> str:
    """A name for a new job: the date and four random letters."""
    letters = "".join(secrets.choice(NAME_LETTERS) for _ in range(4))
    return f"job-{timezone.localdate():%Y%m%d}-{letters}"


def pool_label(pool: ResourcePool) -> str:
    """The pool's name, with its kind unless it is the usual one."""
    return pool.name if pool.kind == "public" else f"{pool.name} ({pool.get_kind_display().lower()})"


class OptionsForm(forms.ModelForm):
    """The fields of a job that do not depend on its algorithm."""

    auto_stop = forms.ChoiceField(
        label="Auto stop",
        choices=[
            ("", "Off"),
            *((str(hours), f"After {hours} hour{'s' * (hours > 1)}") for hours in AUTO_STOP_HOURS),
            ("custom", "After a time of your own"),
        ],
        required=False,
        help_text="The job is stopped when it has run for so long; its results are kept.",
    )
    auto_stop_hours = NumberField(
        whole=True, required=False, min_value=1, max_value=72, label="Hours", help_text="1 to 72."
    )
    time_limit = NumberField(
        required=False,
        label="Maximum time per trial",
        help_text="A trial that takes longer is stopped; the value it has reached counts. Empty: no limit.",
    )
    time_limit_unit = forms.ChoiceField(
        choices=TIME_UNITS, initial=DEFAULT_UNIT, required=False, label="Unit"
    )
    hang_minutes = NumberField(
        whole=True,
        required=False,
        min_value=1,
        max_value=7 * 24 * 60,
        label="Suspect a hang after (minutes)",
        help_text="Without output and processor time for so long. Empty: never.",
    )
    stop_when_hanging = forms.BooleanField(required=False, label="Stop a trial that is suspected to hang")
    resource_type = forms.ChoiceField(choices=ResourceType.choices, label="Resource type")

    class Meta:
        model = TrainingJob
        fields = ["name", "description", "pool", "flavor", "priority", "auto_restart"]
        labels = {"pool": "Resource pool", "flavor": "Specification", "priority": "Job priority"}
        help_texts = {
            "name": "1 to 64 letters, digits, hyphens or underscores.",
            "description": "What you want to find out. At most 256 characters.",
            "pool": "The group of workers that runs the trials.",
            "flavor": "What one trial may use: CPU threads, memory, GPUs of its own.",
            "priority": "Jobs of a higher priority get a free place first.",
            "auto_restart": "How often a trial that fails is tried again.",
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2, "maxlength": 256}),
            "auto_restart": forms.Select(
                choices=[(0, "Off"), (1, "1 retry"), (2, "2 retries"), (3, "3 retries")]
            ),
            "priority": forms.Select(choices=[(1, "1 (normal)"), (2, "2 (high)"), (3, "3 (highest)")]),
        }

    def __init__(self, user, constraints: dict[str, Any], **options):
        """`constraints` are the training constraints of the job's algorithm."""
        self.user, self.constraints = user, constraints
        resource_types = constraints.get("resource_types")
        super().__init__(**options)
        self.initial.setdefault("hang_minutes", TrainingJob._meta.get_field("hang_minutes").default)
        pools = ResourcePool.objects.filter(active=True)
        self.fields["pool"].queryset = pools
        self.fields["pool"].empty_label = None
        self.fields["pool"].label_from_instance = pool_label
        self.fields["flavor"].queryset = Flavor.objects.filter(active=True)
        self.fields["flavor"].empty_label = "The whole machine"
        offered = [
            choice for choice in ResourceType.choices if not resource_types or choice[0] in resource_types
        ]
        self.fields["resource_type"].choices = offered
        self._wire_flavors()
        if not user.has_perm("jobs.use_highest_priority"):
            self.fields["priority"].widget.choices = self.fields["priority"].widget.choices[:-1]
            self.fields["priority"].help_text += " The highest one needs a permission from an administrator."

    def _wire_flavors(self) -> None:
        """Tell the page's script which resource type a specification belongs to."""
        types = {str(flavor.pk): flavor.resource_type for flavor in self.fields["flavor"].queryset}
        self.fields["flavor"].widget.attrs["data-resource-types"] = ",".join(
            f"{pk}:{kind}" for pk, kind in types.items()
        )

    def clean_priority(self) -> int:
        priority = self.cleaned_data["priority"]
        if priority >= HIGHEST_PRIORITY and not self.user.has_perm("jobs.use_highest_priority"):
            raise forms.ValidationError(
                "Priority 3 needs a permission. Choose 2, or ask an administrator for it."
            )
        return priority

    def clean_time_limit(self) -> float | None:
        limit = self.cleaned_data["time_limit"]
        if limit is not None and limit <= 0:
            raise forms.ValidationError("Enter a time above 0, or leave it empty.")
        return limit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        unit = int(cleaned.get("time_limit_unit") or DEFAULT_UNIT)
        if (cleaned.get("time_limit") or 0) * unit > LONGEST_TRIAL_SECONDS:
            self.add_error("time_limit", "Enter at most 365 days (8,760 hours), or leave it empty.")
        flavor = cleaned.get("flavor")
        if flavor and cleaned.get("resource_type") and flavor.resource_type != cleaned["resource_type"]:
            self.add_error(
                "flavor",
                f"{flavor.name} is a {flavor.resource_type} specification. Choose one of resource type "
                f"{cleaned['resource_type']}.",
            )
        if flavor and flavor.gpu_count > 1 and self.constraints.get("multi_card") is False:
            self.add_error(
                "flavor",
                f"{flavor.name} has {flavor.gpu_count} GPUs, but the algorithm does not support multi-card "
                "training. Choose a specification with one.",
            )
        if cleaned.get("auto_stop") == "custom":
            if cleaned.get("auto_stop_hours") is None and "auto_stop_hours" not in self.errors:
                self.add_error("auto_stop_hours", "Enter a number of hours from 1 to 72.")
        else:
            self._errors.pop("auto_stop_hours", None)
        return cleaned

    def apply(self, job: TrainingJob) -> None:
        """Set the job's fields from the valid form."""
        cleaned = self.cleaned_data
        for name in self.Meta.fields:
            setattr(job, name, cleaned[name])
        job.hang_minutes = cleaned["hang_minutes"]
        job.stop_when_hanging = cleaned["stop_when_hanging"]
        choice = cleaned["auto_stop"]
        job.auto_stop_hours = cleaned["auto_stop_hours"] if choice == "custom" else int(choice or 0) or None
        if limit := cleaned["time_limit"]:
            job.trial_time_limit_seconds = max(
                1, round(limit * int(cleaned["time_limit_unit"] or DEFAULT_UNIT))
            )


def options_initial(job: TrainingJob) -> dict[str, Any]:
    """What the form is filled with when a job is rebuilt."""
    hours = job.auto_stop_hours
    seconds = job.trial_time_limit_seconds
    unit = next((unit for unit in (3600, 60) if seconds and seconds % unit == 0), 1) if seconds else 60
    return {
        "description": job.description,
        "pool": job.pool_id,
        "flavor": job.flavor_id,
        "resource_type": job.flavor.resource_type if job.flavor else ResourceType.CPU,
        "priority": job.priority,
        "auto_restart": job.auto_restart,
        "hang_minutes": job.hang_minutes,
        "stop_when_hanging": job.stop_when_hanging,
        "auto_stop": "" if not hours else str(hours) if hours in AUTO_STOP_HOURS else "custom",
        "auto_stop_hours": hours if hours and hours not in AUTO_STOP_HOURS else None,
        "time_limit": seconds / unit if seconds else None,
        "time_limit_unit": str(unit),
    }
