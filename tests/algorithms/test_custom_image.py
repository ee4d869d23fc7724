"""Custom image: the form's other boot mode, and what becomes of it, with real images."""

import subprocess

import pytest
from django.urls import reverse

from algorithms import lifecycle
from algorithms.models import Algorithm
from algorithms.preview import preview
from algorithms.specification import AlgorithmSpecification, Channel, Hyperparameter
from tests.algorithms.conftest import rows
from tests.images import file, needs_bubblewrap, save_root, system

CREATE = reverse("algorithms:create")
IMAGE = "obs://code/images/own.tar"


@pytest.fixture
def image(code, settings):
    """A real image in the person's bucket; returns its path on disk."""
    code({"readme.txt": "images"}, folder="images")
    return save_root(settings.BUCKETS_DIR / "code/images/own.tar", *system())


@pytest.fixture
def typed_image(image, typed):
    """The form with a custom image; fields of the other boot mode hold what was left in them."""

    def typed_image(*tables, **changes):
        values = {
            "boot_mode": "custom",
            "image": IMAGE,
            "boot_command": "sh train.sh",
            "boot_file": "left over",
        }
        return typed(*tables, **values | changes)

    return typed_image


def test_an_image_and_its_boot_command_are_stored_and_become_available(client, typed_image):
    needs_bubblewrap()
    answer = client.post(CREATE, typed_image())
    assert answer.status_code == 302, answer.context["problems"]
    algorithm = Algorithm.objects.get()
    assert (algorithm.engine, algorithm.boot_file, algorithm.image) == (None, "", IMAGE)
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, algorithm.reason) == ("Available", "")
    specification = algorithm.specification()
    assert (specification.engine_name, specification.boot_command) == ("Custom image", "sh train.sh")
    assert len(specification.image_digest) == 64
    page = client.get(algorithm.get_absolute_url()).content.decode()
    assert "sh train.sh" in page
    assert "Custom image" in client.get(reverse("algorithms:list")).content.decode()
    edited = client.get(reverse("algorithms:edit", args=[algorithm.pk])).context["form"]
    assert (edited.is_custom, edited["image"].value()) == (True, IMAGE)


def test_an_image_may_bring_the_code_itself(client, typed_image):
    needs_bubblewrap()
    client.post(CREATE, typed_image(code_directory=""))
    algorithm = Algorithm.objects.get()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, algorithm.snapshot.file_count) == ("Available", 0)
    assert client.get(algorithm.get_absolute_url()).status_code == 200
    changes = client.get(reverse("algorithms:changes", args=[algorithm.pk])).content.decode()
    assert "unchanged since" in changes


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"image": ""}, "image", "Choose the image."),
        ({"image": "pytorch/pytorch:2.4-cuda"}, "image", "docker save pytorch/pytorch:2.4-cuda -o image.tar"),
        ({"image": "ubuntu"}, "image", "Images are not pulled from a registry"),
        ({"image": "obs://code/images/readme.txt"}, "image", "does not end in .tar or .tar.gz or .tgz"),
        ({"image": "obs://code/images/gone.tar"}, "image", "gone.tar"),
        ({"boot_command": " "}, "boot_command", "Enter the boot command."),
        ({"boot_command": "a\nb"}, "boot_command", "in one line"),
        ({"boot_command": "python a.py # twice"}, "boot_command", "Leave out the comment after #"),
        ({"boot_command": "python a.py &&"}, "boot_command", "A command has to follow at the end"),
    ],
)
def test_a_wrong_entry_is_told_beside_its_field(client, typed_image, changes, field, expected):
    answer = client.post(CREATE, typed_image(**changes))
    assert answer.status_code == 422
    assert {problem.anchor for problem in answer.context["problems"]} == {f"id_{field}"}
    assert expected in answer.context["form"].errors[field][0]


def test_with_a_preset_image_the_custom_one_is_not_looked_at(client, typed_image):
    assert (
        client.post(CREATE, typed_image(boot_mode="preset", boot_file="train.py", image="x y")).status_code
        == 302
    )
    algorithm = Algorithm.objects.get()
    assert (algorithm.image, algorithm.boot_command, algorithm.boot_file) == ("", "", "train.py")


@pytest.mark.parametrize(
    ("entries", "boot_command", "expected"),
    [
        ([file("etc/hostname", "x")], "sh train.sh", "The image has no /bin/sh"),
        (None, "sh 'train.sh", "shell cannot read the boot command"),
        (None, "for x in 1; do echo $x; done", 'write "$@" there'),
    ],
)
def test_an_image_that_cannot_run_fails_with_the_reason_and_can_be_retried(
    client, typed_image, image, entries, boot_command, expected
):
    needs_bubblewrap()
    if entries:
        save_root(image, *entries)
    client.post(CREATE, typed_image(boot_command=boot_command))
    algorithm = Algorithm.objects.get()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert algorithm.status == "Failed"
    assert expected in algorithm.reason
    save_root(image, *system())
    client.post(reverse("algorithms:edit", args=[algorithm.pk]), typed_image())
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert algorithm.status == "Available", algorithm.reason


def test_without_bubblewrap_form_and_algorithm_say_what_to_install(client, typed_image, monkeypatch):
    monkeypatch.setattr("runtime.images.sandbox._works", False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert "apt-get install bubblewrap" in client.get(CREATE).content.decode()
    client.post(CREATE, typed_image())
    algorithm = Algorithm.objects.get()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, "apt-get install bubblewrap" in algorithm.reason) == ("Failed", True)


def test_an_image_written_anew_is_shown_as_changed(client, typed_image, image):
    needs_bubblewrap()
    client.post(CREATE, typed_image())
    algorithm = Algorithm.objects.get()
    lifecycle.create_snapshot(algorithm.pk)
    save_root(image, *system(), file("etc/new", "x"))
    changes = client.get(reverse("algorithms:changes", args=[algorithm.pk])).content.decode()
    assert "own.tar" in changes
    assert "Update snapshot" in changes


def specification(**values):
    rate = (Hyperparameter("lr", "Float", 0.1), Hyperparameter("text", "String", "a b"))
    base = {"boot_file": "", "image": IMAGE, "code_directory": "obs://code/digits/", "hyperparameters": rate}
    return AlgorithmSpecification(**base | values)


@pytest.mark.parametrize(
    ("boot_command", "expected"),
    [
        ("python ${MA_JOB_DIR}/digits/t.py", "python ${MA_JOB_DIR}/digits/t.py --lr 0.1 --text 'a b'"),
        ('a "$@" && b', "a --lr 0.1 --text 'a b' && b"),
        ("echo 'a #1'; b", "echo 'a #1'; b --lr 0.1 --text 'a b'"),
    ],
)
def test_the_preview_shows_the_boot_command_with_its_arguments(boot_command, expected):
    shown = preview(specification(boot_command=boot_command), "")
    assert (shown.command, shown.problem, shown.in_image) == (expected, "", True)


def test_the_copied_command_does_the_same_by_hand(tmp_path):
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits/t.sh").write_text('echo "$DATA" "$@"\n')
    shown = preview(
        specification(boot_command="sh ${MA_JOB_DIR}/digits/t.sh", inputs=(Channel("DATA", "environment"),)),
        "",
    )
    done = subprocess.run(["/bin/sh", "-c", shown.shell_line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "../inputs/DATA_0 --lr 0.1 --text a b\n", done.stderr


def test_a_boot_command_that_is_missing_is_told():
    assert "boot command is missing" in preview(specification(), "").problem


@pytest.mark.parametrize(
    "boot_command",
    ["pip list; python3 ${MA_JOB_DIR}/digits/train.py", "python ./train.py", 'python "$WORKSPACE/train.py"'],
)
def test_hyperparameters_are_read_from_the_script_the_boot_command_names(client, code, boot_command):
    folder = code(
        {"train.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float)\n"}
    )
    data = {"code_directory": folder, "boot_mode": "custom", "boot_command": boot_command}
    assert "<code>lr</code>" in client.post(reverse("algorithms:arguments"), data).content.decode()


def test_a_job_made_of_it_is_saved_as_an_algorithm_again(client, typed_image, person):
    from jobs.models import ResourcePool, TrainingJob

    client.post(CREATE, typed_image(rows("hyperparameters", {"name": "lr", "type": "Float", "default": "1"})))
    job = TrainingJob.objects.create(
        name="again", owner=person, pool=ResourcePool.objects.get(),
        specification_data=Algorithm.objects.get().specification().to_json(),
    )  # fmt: skip
    form = client.get(f"{CREATE}?job={job.pk}").context["form"]
    assert (form.is_custom, form["image"].value(), form["boot_command"].value()) == (
        True,
        IMAGE,
        "sh train.sh",
    )
