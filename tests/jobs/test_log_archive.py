"""The logs of all trials are downloaded as one .zip file that is made while it is sent."""

import io
import zipfile

import pytest
from django.contrib.auth import get_user_model

from jobs.results.archive import zipped

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_archive_holds_every_log_byte_by_byte(make_job, work, client, ana):
    job = make_job("steps.py", num_samples=3)
    work()
    client.force_login(ana)
    response = client.get(f"{job.get_absolute_url()}logs/download/")
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="job-logs.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        f"job/trial-{trial.number}.log": trial.log_path.read_bytes() for trial in job.trials.all()
    }


def test_a_large_log_comes_in_small_pieces(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"".join(b"%d\n" % n for n in range(3_000_000)))
    pieces = list(zipped([("gone.log", tmp_path / "gone"), ("large.log", path)]))
    assert max(map(len, pieces)) < 2_000_000 < path.stat().st_size / 5
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.namelist() == ["large.log"]
    assert archive.read("large.log") == path.read_bytes()


def test_strangers_get_nothing(make_job, client):
    job = make_job("steps.py", submit=False)
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    assert client.get(f"{job.get_absolute_url()}logs/download/").status_code == 404
