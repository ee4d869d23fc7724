"""Automatic early stopping: asks, as a trial's curve grows, whether it can still win."""

from __future__ import annotations

import time

from jobs.execution.recorder import Recorder
from jobs.execution.states import TrialStatus
from jobs.models import Trial
from jobs.results import points
from search.early_stopping import Curve, judge

JUDGE_SECONDS = 1.0
MOST_RIVALS = 100
"""Trials compared with: the latest ones that have values."""


class Pruner:
    """Judges one running trial by the job's early stopping rule."""

    def __init__(self, trial: Trial, recorder: Recorder) -> None:
        self._trial, self._recorder = trial, recorder
        self._rule = trial.job.early_stopping if trial.job.is_search else ""
        self._judged_points = 0
        self._due = time.monotonic() + JUDGE_SECONDS
        self._ended: dict[int, Curve] = {}

    def reason(self) -> str:
        """Why the trial is hopeless, in words; empty as long as it is not, or where nothing new is known."""
        count = self._recorder.point_count
        if not self._rule or count == self._judged_points or time.monotonic() < self._due:
            return ""
        self._judged_points = count
        self._due = time.monotonic() + JUDGE_SECONDS
        own = Curve(self._recorder.steps, self._recorder.values)
        verdict = judge(self._rule, own, self._rivals(), self._trial.job.direction)
        return verdict.reason if verdict.stop else ""

    def _rivals(self) -> list[Curve]:
        """The other trials' curves; those of ended trials are read once."""
        others = Trial.objects.filter(job=self._trial.job_id, point_count__gt=0).exclude(pk=self._trial.pk)
        found = []
        for pk, status in others.order_by("-number").values_list("pk", "status")[:MOST_RIVALS]:
            curve = self._ended.get(pk)
            if curve is None:
                rows = points.read(pk)
                curve = Curve(rows["step"].tolist(), rows["value"].tolist())
                if status != TrialStatus.RUNNING:
                    self._ended[pk] = curve
            found.append(curve)
        return found
