"""Where a new job takes its script from: an algorithm, custom code, or what an earlier job has kept."""

from dataclasses import dataclass, field, replace
from typing import Any

from algorithms.models import Algorithm, AlgorithmStatus, CodeSnapshot
from algorithms.specification import AlgorithmSpecification
from jobs.models import TrainingJob

CUSTOM = "custom"


@dataclass(frozen=True)
class Source:
    """The script, as a choice of the form; `key` is its value there."""

    key: str
    title: str
    specification: AlgorithmSpecification
    algorithm: Algorithm | None = None
    snapshot: CodeSnapshot | None = None
    constraints: dict[str, Any] = field(default_factory=dict)

    @property
    def is_custom(self) -> bool:
        return self.key == CUSTOM

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The resource types the algorithm may run on; empty for any."""
        return tuple(self.constraints.get("resource_types") or ())


def available_algorithms(user):
    """The algorithms a job of the user can be made of, newest first."""
    return Algorithm.objects.visible_to(user).filter(status=AlgorithmStatus.AVAILABLE)


def source_of_algorithm(algorithm: Algorithm) -> Source:
    return Source(
        str(algorithm.pk),
        algorithm.name,
        algorithm.specification(),
        algorithm,
        algorithm.snapshot,
        algorithm.constraints,
    )


def source_of_job(job: TrainingJob) -> Source:
    """The script as an earlier job ran it, even if its algorithm has been changed or deleted since."""
    return Source(f"job-{job.pk}", f"As in job {job.name}", job.specification, None, job.snapshot)


CUSTOM_SOURCE = Source(CUSTOM, "Custom code, without a saved algorithm", AlgorithmSpecification(boot_file=""))


def find_source(user, key: str) -> Source | None:
    """The choice of that key, if it is there and the user may use it."""
    if key == CUSTOM:
        return CUSTOM_SOURCE
    kind, _, number = key.rpartition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    if kind == "job":
        job = TrainingJob.objects.visible_to(user).filter(pk=number, snapshot__isnull=False).first()
        return source_of_job(job) if job else None
    algorithm = (
        available_algorithms(user).filter(pk=number).select_related("engine", "snapshot").first()
        if not kind
        else None
    )
    return source_of_algorithm(algorithm) if algorithm else None


def source_to_rebuild(user, job: TrainingJob) -> Source:
    """What a rebuilt job is made of: the algorithm as it is now, or what the job has kept of it.

    An indicator that was read anew is taken over: its first pattern was the wrong one.
    """
    found = find_source(user, str(job.algorithm_id)) if job.algorithm_id else None
    found = found or source_of_job(job)
    return replace(found, specification=job.as_read(found.specification))


def source_choices(user, chosen: Source | None) -> list[tuple[str, Any]]:
    """The options of the algorithm field."""
    algorithms = [
        (str(row.pk), row.name if row.owner_id == user.pk else f"{row.name} (by {row.owner})")
        for row in available_algorithms(user).select_related("owner").only("name", "owner__username")
    ]
    kept = [(chosen.key, chosen.title)] if chosen and chosen.key.startswith("job-") else []
    return [
        ("", "Choose an algorithm"),
        *kept,
        ("My algorithms", algorithms),
        ("Without a saved algorithm", [(CUSTOM, "Custom code")]),
    ]
