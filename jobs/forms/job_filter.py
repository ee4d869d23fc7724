"""Search, filters and order of the list of training jobs."""

from datetime import datetime, time, timedelta

from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from jobs.execution.states import JOB_ACTIVE, JobStatus
from jobs.models import TrainingJob

ACTIVE = "active"
LONGEST_ID = 18
ORDERS = {
    "name": "name",
    "status": "status",
    "best": "best_value",
    "algorithm": "algorithm_name",
    "created": "created",
    "duration": "duration",
    "creator": "owner__username",
}
"""Column to sort by: expression."""
DEFAULT_ORDER = "-created"


class JobFilter(forms.Form):
    """What is to be shown; a part that makes no sense is left out, so that any address leads to a list."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    status = forms.ChoiceField(
        required=False,
        label="Status",
        choices=[("", "All statuses"), (ACTIVE, "Active"), *JobStatus.choices],
    )
    created_from = forms.DateField(
        required=False, label="Created from", widget=forms.DateInput(attrs={"type": "date"})
    )
    created_to = forms.DateField(
        required=False, label="Created to", widget=forms.DateInput(attrs={"type": "date"})
    )
    mine = forms.BooleanField(required=False, label="Display only my jobs")

    def __init__(self, user, data):
        self.user = user
        super().__init__(data)

    @property
    def is_active(self) -> bool:
        """Whether anything is left out."""
        return self.is_valid() and any(self.cleaned_data.values())

    def apply(self, jobs: QuerySet) -> QuerySet:
        """The jobs that fit, in the order that `sort` asks for."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "q" in given:
            jobs = jobs.filter(_matches(given["q"]))
        if "status" in given:
            wanted = JOB_ACTIVE if given["status"] == ACTIVE else [given["status"]]
            jobs = jobs.filter(status__in=wanted)
        if "created_from" in given:
            jobs = jobs.filter(created__gte=_midnight(given["created_from"]))
        if "created_to" in given:
            jobs = jobs.filter(created__lt=_midnight(given["created_to"] + timedelta(days=1)))
        if "mine" in given:
            jobs = jobs.filter(owner=self.user)
        return _ordered(jobs, self.data.get("sort", ""))


def _matches(text: str) -> Q:
    """Every word is part of the name, the algorithm, the creator or the status, or is the ID."""
    wanted = Q()
    for word in text.split():
        one = Q(name__icontains=word) | Q(algorithm_name__icontains=word) | Q(owner__username__icontains=word)
        one |= Q(status__iexact=word)
        number = word.lstrip("#")
        if number.isdecimal() and len(number) <= LONGEST_ID:
            one |= Q(pk=int(number))
        wanted &= one
    return wanted


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _ordered(jobs: QuerySet, sort: str) -> QuerySet:
    name = sort.removeprefix("-")
    if name not in ORDERS:
        return jobs.order_by(DEFAULT_ORDER, "-pk")
    if name == "duration":
        jobs = jobs.annotate(duration=Coalesce("ended", Now()) - F("started"))
    field = F(ORDERS[name])
    order = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return jobs.order_by(order, "-pk")


def job_list(user, data) -> tuple[JobFilter, QuerySet]:
    """The filter of the query string and the jobs it leaves of those the user may see."""
    job_filter = JobFilter(user, data)
    return job_filter, job_filter.apply(TrainingJob.objects.visible_to(user).for_list())
