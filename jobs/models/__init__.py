"""Training jobs, their trials, and what the trials leave behind."""

from jobs.models.deleted import DeletedJob
from jobs.models.event import Event, EventLevel
from jobs.models.job import EarlyStopping, JobQuerySet, Objective, TrainingJob
from jobs.models.preference import Preference
from jobs.models.reading import IndicatorReading
from jobs.models.resources import Flavor, ResourcePool, ResourceType
from jobs.models.trial import (
    PointBatch,
    ResourceSample,
    Sketch,
    StopRequest,
    Trial,
    TrialOrigin,
    TrialQuerySet,
    TrialTag,
)

__all__ = [
    "DeletedJob",
    "EarlyStopping",
    "Event",
    "EventLevel",
    "Flavor",
    "IndicatorReading",
    "JobQuerySet",
    "Objective",
    "PointBatch",
    "Preference",
    "ResourcePool",
    "ResourceSample",
    "ResourceType",
    "Sketch",
    "StopRequest",
    "TrainingJob",
    "Trial",
    "TrialOrigin",
    "TrialQuerySet",
    "TrialTag",
]
