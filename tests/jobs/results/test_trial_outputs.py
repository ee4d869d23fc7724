"""What a script leaves in its output folders is listed on its trial's page and can be downloaded."""

import io
import os
import re
import zipfile

import pytest

from jobs.execution.outputs import kept_directory

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = """
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--model")
parser.add_argument("--learning_rate", type=float)
folder = pathlib.Path(parser.parse_args().model)
(folder / "deep").mkdir()
(folder / "weights.bin").write_bytes(bytes(range(256)) * 8)
(folder / "deep" / "notes & more.txt").write_text("a note")
(folder / "passwords").symlink_to("/etc/passwd")
(folder / "system").symlink_to("/etc")
os.mkfifo(folder / "pipe")
print("loss=1", flush=True)
"""


@pytest.fixture
def written(make_job, work):
    """The trial of a job whose script has written into its output `model`."""
    job = make_job(WRITES, num_samples=1, specification={"outputs": [{"name": "model"}]})
    work()
    trial = job.trials.get()
    assert trial.status == "Completed", trial.reason
    return trial


def outputs(client, trial, rest=".zip"):
    return client.get(f"{trial.get_absolute_url()}outputs{rest}")


def test_the_page_lists_every_file_and_no_link_out_of_the_outputs(page, written):
    text = page.get(written.get_absolute_url()).content.decode()
    base = f"{written.get_absolute_url()}outputs"
    assert re.findall(rf'href="({base}[^"]+)">([^<]+)</a>', text)[-2:] == [
        (f"{base}/model/weights.bin", "weights.bin"),
        (f"{base}/model/deep/notes%20&amp;%20more.txt", "deep/notes &amp; more.txt"),
    ]
    assert f'href="{base}.zip"' in text
    assert not {"passwords", "system", "pipe"} & set(
        re.findall(r"\w+", text.split('id="outputs"')[1].split("</section>")[0])
    )


def test_one_file_is_downloaded_byte_by_byte(page, written):
    answer = outputs(page, written, "/model/weights.bin")
    assert answer.getvalue() == bytes(range(256)) * 8
    assert answer["Content-Disposition"] == 'attachment; filename="weights.bin"'
    assert answer["Content-Length"] == "2048"
    assert outputs(page, written, "/model/deep/notes & more.txt").getvalue() == b"a note"


@pytest.mark.parametrize(
    "name",
    ["model/passwords", "model/system/passwd", "model/pipe", "model/deep", "model/none", "model//etc/passwd",
     "model/../../output.log", "other/weights.bin", "model/\0"],
)  # fmt: skip
def test_nothing_else_is_downloaded(page, written, name):
    assert outputs(page, written, f"/{name}").status_code == 404


def test_all_files_come_as_one_zip(page, written):
    folder = kept_directory(written) / "model"
    (folder / "deep").rename(folder / os.fsdecode(b"dee\xff"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(outputs(page, written).streaming_content)))
    assert archive.testzip() is None
    assert {name: len(archive.read(name)) for name in archive.namelist()} == {
        "job-trial-1-outputs/model/dee?/notes & more.txt": 6,
        "job-trial-1-outputs/model/weights.bin": 2048,
    }
    assert "its name is no text" in page.get(written.get_absolute_url()).content.decode()


def test_an_output_folder_that_is_a_link_holds_nothing(page, written):
    kept = kept_directory(written)
    (kept / "model").rename(kept / "elsewhere")
    (kept / "model").symlink_to("/etc")
    assert outputs(page, written, "/model/passwd").status_code == 404
    assert "passwd" not in page.get(written.get_absolute_url()).content.decode()
    assert len(b"".join(outputs(page, written).streaming_content)) < 100


def test_a_trial_without_outputs_says_why(page, job):
    text = page.get(job.trials.get(number=1).get_absolute_url()).content.decode()
    assert "The algorithm has no output" in text


def test_strangers_get_nothing(stranger, written):
    assert outputs(stranger, written).status_code == 404
    assert outputs(stranger, written, "/model/weights.bin").status_code == 404
