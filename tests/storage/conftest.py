"""Two people, a bucket of the first one's, and an upload out of bytes."""

import io

import pytest
from django.contrib.auth import get_user_model

from storage.buckets import create_bucket
from storage.objects import upload


@pytest.fixture(autouse=True)
def _own_buckets(settings, tmp_path):
    settings.BUCKETS_DIR = tmp_path / "buckets"
    settings.EXAMPLES_DIR = tmp_path / "examples"
    settings.EXAMPLES_DIR.mkdir()
    (settings.EXAMPLES_DIR / "train.py").write_text("print('loss=1')\n")


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_user("ann", password="a-long-password")


@pytest.fixture
def stranger(db):
    return get_user_model().objects.create_user("bob", password="a-long-password")


@pytest.fixture
def bucket(owner):
    return create_bucket(owner, "lab")


@pytest.fixture
def bucket_dir(bucket, settings):
    """Where the bucket's files are on the disk."""
    directory = settings.BUCKETS_DIR / bucket.name
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def put(owner, bucket):
    """`put("folder/file.txt", b"…")` stores a file in the bucket."""
    return lambda path, data=b"x": upload(owner, f"obs://{bucket}/", path, io.BytesIO(data))


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client
