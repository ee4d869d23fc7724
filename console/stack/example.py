"""The example of the first start: an algorithm whose code is examples/digits, and a search with it."""

from dataclasses import asdict

from django.contrib.auth import get_user_model
from django.db import transaction

from algorithms import lifecycle as algorithm_lifecycle
from algorithms.models import Algorithm, AlgorithmStatus, Engine
from algorithms.specification import Hyperparameter, Indicator, SearchRange
from jobs.execution import lifecycle as job_lifecycle
from jobs.models import ResourcePool, TrainingJob
from search import Float, SearchSpace

ALGORITHM_NAME = "digits"
JOB_NAME = "digits-search"
CODE_DIRECTORY = "obs://examples/digits/"
BOOT_FILE = "train.py"
SAMPLER = "bayes_opt_search"
NUM_SAMPLES = 20
SEED = 1
MAX_CONCURRENT = 2

HYPERPARAMETERS = (
    Hyperparameter("learning_rate", "Float", 0.01, required=True, description="Length of a step."),
    Hyperparameter("weight_decay", "Float", 0.0001, required=True, description="Pull towards zero."),
    Hyperparameter("momentum", "Float", 0.9, required=True, description="Share of the last step kept."),
    Hyperparameter("epochs", "Integer", 30, description="Passes over the training images."),
)
RANGES = (
    SearchRange("learning_rate", 1e-4, 1.0, log=True),
    SearchRange("weight_decay", 1e-6, 0.1, log=True),
    SearchRange("momentum", 0.0, 0.99),
)
INDICATOR = Indicator("val_accuracy", "max", r"val_accuracy=([0-9.]+)")


class ExampleFailed(Exception):
    """The example could not be loaded; the text says why."""


class Example:
    """The example of one owner: first the algorithm, and once that is available the search."""

    def __init__(self, owner_name: str) -> None:
        self._owner = get_user_model().objects.get_by_natural_key(owner_name)
        self._algorithm = Algorithm(name=ALGORITHM_NAME, owner=self._owner)

    def create_algorithm(self) -> None:
        """Create the algorithm; a worker takes the snapshot of its code."""
        engine = Engine.objects.filter(active=True, interpreter="").first()
        if engine is None:
            raise ExampleFailed("The example needs an engine with the interpreter the console runs on.")
        self._algorithm.description = "Handwritten digits of scikit-learn: the example."
        self._algorithm.engine = engine
        self._algorithm.code_directory = CODE_DIRECTORY
        self._algorithm.boot_file = BOOT_FILE
        self._algorithm.hyperparameters = [asdict(row) for row in HYPERPARAMETERS]
        self._algorithm.auto_search = True
        self._algorithm.indicators = [asdict(INDICATOR)]
        self._algorithm.search_ranges = [asdict(row) for row in RANGES]
        self._algorithm.search_algorithms = {SAMPLER: {"num_samples": NUM_SAMPLES, "seed": SEED}}
        algorithm_lifecycle.submit(self._algorithm)

    def is_available(self) -> bool:
        """Whether the algorithm can be used. Raises ExampleFailed if it never will."""
        self._algorithm.refresh_from_db()
        if self._algorithm.status == AlgorithmStatus.FAILED:
            raise ExampleFailed(f"The example's algorithm could not be created. {self._algorithm.reason}")
        return self._algorithm.status == AlgorithmStatus.AVAILABLE

    def submit_job(self) -> TrainingJob:
        """Submit the search."""
        searched = {row.name: Float(row.lower, row.upper, log=row.log) for row in RANGES}
        job = TrainingJob(
            name=JOB_NAME,
            description="The example: 20 trials of a small network.",
            owner=self._owner,
            algorithm=self._algorithm,
            algorithm_name=self._algorithm.name,
            specification_data=self._algorithm.specification().to_json(),
            snapshot=self._algorithm.snapshot,
            hyperparameters={row.name: row.default for row in HYPERPARAMETERS if row.name not in searched},
            search_space=SearchSpace(searched).to_json(),
            indicator_name=INDICATOR.name,
            direction=INDICATOR.direction,
            pattern=INDICATOR.pattern,
            search_algorithm=SAMPLER,
            search_parameters={"seed": SEED},
            num_samples=NUM_SAMPLES,
            max_concurrent=MAX_CONCURRENT,
            pool=ResourcePool.objects.get(name="default"),
        )
        with transaction.atomic():
            job.save()
            job_lifecycle.submit(job)
        return job
