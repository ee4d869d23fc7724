"""A part that dies is named and started again; one that dies again and again ends the stack with a reason."""

import pytest

from tests.up import alive

pytestmark = pytest.mark.stack


LABELS = {
    "queue": "queue server",
    "web": "web server",
    "reconciler": "reconciler",
    "worker-1": "trial worker 1",
    "system": "worker for the console's own tasks",
}


def test_every_killed_part_is_named_and_started_again(start_up):
    up = start_up("--no-example")
    up.address()
    up.wait_for(lambda: set(up.parts()) == set(LABELS))
    for part, label in LABELS.items():
        killed = up.parts()[part]
        killed.kill()
        up.wait_for_text(f"The {label} was killed by SIGKILL. It is started again")
        up.wait_for(lambda: set(up.parts()) == set(LABELS))
        assert up.parts()[part].pid != killed.pid
    assert up.status() == 200
    assert up.end() == 0


def test_a_part_that_cannot_run_ends_the_stack_with_its_last_words_and_a_remedy(start_up):
    first = start_up("--no-example")
    first.address()
    first.end()
    manifest = next((first.data_dir / "queue").rglob("*.manifest"))
    manifest.write_text("this is no manifest\n")

    second = start_up("--no-example")
    assert second.process.wait(120) == 1
    assert "The queue server died with exit code 1, 5 times within a minute. Giving up." in second.output
    assert "manifest" in second.output
    assert f"delete {first.data_dir / 'queue'}" in second.output


def test_the_web_server_refuses_nobody_while_it_is_started_again(start_up):
    up = start_up("--no-example")
    up.address()
    web = up.parts()["web"]
    family = [web, *web.children()]
    web.kill()
    up.wait_for(lambda: not alive(family))
    assert up.status() == 200
    assert up.end() == 0
