"""The list keeps its active rows up to date, and no others."""

from django.urls import reverse


def poll(page, *jobs):
    query = "&".join(f"job={job.pk}:{status}" for job, status in jobs)
    return page.get(f"{reverse('jobs:rows')}?{query}", headers={"HX-Request": "true"})


def test_only_active_rows_are_polled(page, make_job):
    active, done = make_job("active", status="Running"), make_job("done", status="Completed")
    html = page.get("/jobs/").content.decode()
    poll_part = html.split('id="job-poll"')[1].split(">")[0]
    assert f"job={active.pk}:Running" in poll_part
    assert f"job={done.pk}:" not in poll_part


def test_nothing_is_polled_when_nothing_is_active(page, make_job):
    make_job(status="Completed")
    assert "hx-trigger" not in page.get("/jobs/").content.decode().split('id="job-poll"')[1].split(">")[0]


def test_a_running_row_gets_new_progress_and_keeps_its_buttons(page, make_job):
    job = make_job(status="Running", created_trials=3, completed_trials=2)
    answer = poll(page, (job, "Running"))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "2/10 trials" in html
    assert f'id="job-{job.pk}-operations"' not in html


def test_a_row_that_has_moved_gets_new_buttons(page, make_job):
    running, ended = make_job("a", status="Running"), make_job("b", status="Completed")
    html = poll(page, (running, "Running"), (ended, "Running")).content.decode()
    assert f'id="job-{ended.pk}-operations"' in html
    assert f"job={ended.pk}:" not in html
    assert f"job={running.pk}:Running" in html


def test_polling_ends_with_the_last_active_job(page, make_job):
    job = make_job(status="Completed")
    answer = poll(page, (job, "Running"))
    assert answer.status_code == 286
    assert 'data-status="Completed"' in answer.content.decode()
    assert "hx-trigger" not in answer.content.decode()


def test_rows_of_strangers_are_not_told(page, make_job, ben):
    job = make_job("hidden-job", owner=ben, status="Running")
    answer = poll(page, (job, "Running"))
    assert answer.status_code == 286
    assert "hidden-job" not in answer.content.decode()
