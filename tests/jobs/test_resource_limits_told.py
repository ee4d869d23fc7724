"""What the console enforces of a specification, and where it cannot, is said on the job's page."""

import pytest

from jobs.models import Flavor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("gpus", "words"), [(0, None), (1, "a GPU of its own"), (2, "gets 2 GPUs of its own")]
)
def test_gpus_of_the_specification_are_told_and_where_they_are_advisory(make_job, client, ana, gpus, words):
    flavor = Flavor.objects.create(name="machine", gpu_count=gpus)
    job = make_job("steps.py", submit=False, flavor=flavor)
    client.force_login(ana)
    text = client.get(job.get_absolute_url()).content.decode()
    assert ("the number is advisory" in text) == bool(words)
    assert words is None or words in text
