"""A boot file in a folder of its own is started where the algorithm says."""

import pytest

from algorithms.snapshots import arrivals, keep, read_code
from jobs.execution import lifecycle
from jobs.execution.states import TrialStatus

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = "import os\nprint('in', os.path.basename(os.getcwd()))\nprint('loss=' + open('constant').read())\n"


@pytest.mark.parametrize(("choice", "folder", "value"), [("code", "code", 1), ("boot", "app", 2)])
def test_a_boot_file_is_started_in_the_chosen_folder(make_job, work, data_dir, choice, folder, value):
    with arrivals() as place:
        (place / "src" / "app").mkdir(parents=True)
        (place / "src" / "app" / "train.py").write_text(PROGRAM)
        (place / "constant").write_text("1")
        (place / "src" / "app" / "constant").write_text("2")
        snapshot = keep(place, read_code(place))
    job = make_job(PROGRAM, search=False, snapshot=snapshot, submit=False)
    job.specification_data |= {"boot_file": "src/app/train.py", "working_directory": choice}
    job.save()
    lifecycle.submit(job)
    work()
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.COMPLETED, value), trial.reason
    assert f"in {folder}\n" in trial.log_path.read_text()
