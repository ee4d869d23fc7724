"""Create algorithm with a custom image, as a person uses it."""

import pytest
from playwright.sync_api import expect

from storage.buckets import home_bucket
from tests.images import needs_bubblewrap, save_root, system


@pytest.fixture
def bucket(user, stack):
    """The user's bucket with a real image and a script in it: (its name, its folder on the disk)."""
    needs_bubblewrap()
    bucket = home_bucket(user)
    folder = stack.data_dir / "buckets" / bucket.name
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "train.sh").write_text("echo loss=1\n")
    save_root(folder / "own.tar.gz", *system())
    return bucket.name, folder


def test_an_algorithm_with_an_image_of_ones_own_becomes_available(page, bucket):
    page.goto("/algorithms/create/")
    page.get_by_label("Name", exact=False).first.fill("own-image")
    expect(page.get_by_role("textbox", name="Boot file")).to_be_visible()
    page.get_by_label("Custom image").check()
    expect(page.get_by_role("textbox", name="Boot file")).to_be_hidden()
    expect(page.locator("[data-missing]")).to_have_text("Still needed: Image, Boot command")
    page.get_by_role("button", name="Select image").click()
    dialog = page.get_by_role("dialog", name="Select image")
    dialog.get_by_role("button", name=bucket[0]).click()
    dialog.get_by_role("button", name="own.tar.gz").first.click()
    expect(page.get_by_role("textbox", name="Image")).to_have_value(f"obs://{bucket[0]}/own.tar.gz")
    expect(page.get_by_role("textbox", name="Image")).to_be_focused()  # the closing dialog has given it back
    command = page.get_by_role("textbox", name="Boot command")
    command.fill("sh train.sh &&")
    command.blur()
    expect(page.locator("#id_boot_command_error")).to_contain_text("A command has to follow")
    command.fill("sh ${MA_JOB_DIR}/code/train.sh")
    page.get_by_role("textbox", name="Code directory").fill(f"obs://{bucket[0]}/code/")
    page.locator("#section-hyperparameters").get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Hyperparameter name").fill("lr")
    page.get_by_label("Default").fill("0.1")
    page.get_by_role("button", name="Preview runtime environment").click()
    expect(page.locator("[data-boot-command]")).to_have_text("sh ${MA_JOB_DIR}/code/train.sh --lr 0.1")
    expect(page.get_by_text("Ready to submit.")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("[data-status=Available]")).to_be_visible()
    expect(page.get_by_text("Image and code directory are unchanged since.")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Custom image")).to_be_checked()
    page.get_by_label("Preset image").check()
    expect(page.get_by_role("textbox", name="Image")).to_be_hidden()
    expect(page.locator("[data-missing]")).to_have_text("Still needed: Boot file")
