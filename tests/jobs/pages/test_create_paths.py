"""Inputs, outputs and logs in the object storage."""

from storage.models import Bucket

CHANNELS = {
    "inputs": [{"name": "data_url", "obtained_from": "hyperparameters", "description": "", "constraint": ""}],
    "outputs": [{"name": "train_url", "obtained_from": "environment", "description": "", "constraint": ""}],
}


def test_paths_arrive_by_the_names_of_inputs_and_outputs(submit, make_algorithm):
    algorithm = make_algorithm(**CHANNELS)
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        **{
            "input-data_url-path": "obs://ana/data",
            "output-train_url-path": "obs://ana/out/",
            "output-train_url-predownload": "on",
            "log_path_uri": "obs://ana/logs/",
        },
    )
    assert job.inputs == {"data_url": "obs://ana/data/"}
    assert job.outputs == {"train_url": "obs://ana/out/"}
    assert job.predownload == ["train_url"]
    assert job.log_path_uri == "obs://ana/logs/"


def test_what_an_algorithm_says_of_an_input_is_text(page, make_algorithm):
    inputs = [{**CHANNELS["inputs"][0], "constraint": "<img src=x> only"}]
    algorithm = make_algorithm(**{**CHANNELS, "inputs": inputs})
    text = page.get(f"/jobs/create/?algorithm={algorithm.pk}").content.decode()
    assert "&lt;img src=x&gt; only" in text
    assert "job-&lt;ID&gt;/trial-&lt;number&gt;/" in text


def test_an_output_without_a_path_stays_with_the_job(submit, make_algorithm):
    algorithm = make_algorithm(**CHANNELS)
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", **{"input-data_url-path": "obs://ana/data/"})
    assert job.outputs == {}


def test_an_input_has_to_be_there(submit, make_algorithm):
    address = f"/jobs/create/?algorithm={make_algorithm(**CHANNELS).pk}"
    assert "data_url" in submit(address)["input-data_url-path"]
    missing = submit(address, **{"input-data_url-path": "obs://ana/nowhere/"})
    assert "nowhere" in missing["input-data_url-path"]


def test_predownload_needs_a_path(submit, make_algorithm):
    errors = submit(
        f"/jobs/create/?algorithm={make_algorithm(**CHANNELS).pk}",
        **{"input-data_url-path": "obs://ana/data/", "output-train_url-predownload": "on"},
    )
    assert "predownload" in errors["output-train_url-path"]


def test_outputs_go_only_where_the_user_may_write(submit, make_algorithm):
    Bucket.objects.create(name="shared")
    errors = submit(
        f"/jobs/create/?algorithm={make_algorithm(**CHANNELS).pk}",
        **{"input-data_url-path": "obs://ana/data/", "output-train_url-path": "obs://shared/out/"},
    )
    assert "cannot change" in errors["output-train_url-path"]
