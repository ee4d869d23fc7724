"""Stars, tags and notes: put on a trial by those who may change the job, seen by all who may see it."""

import re

import pytest
from django.urls import reverse

from jobs.models import TrainingJob, TrialTag

pytestmark = pytest.mark.django_db(transaction=True)

BY_HTMX = {"HX-Request": "true"}


def post(client, job, what, number=1, **data):
    return client.post(reverse(f"jobs:trial_{what}", args=[job.pk, number]), data, headers=BY_HTMX)


def test_a_star_is_put_on_and_taken_away(page, job):
    answer = post(page, job, "star", starred="1").content.decode()
    assert 'aria-pressed="true"' in answer
    assert job.trials.get(number=1).starred
    post(page, job, "star", starred="")
    assert not job.trials.get(number=1).starred


def test_a_note_is_kept_and_shown_escaped(page, job):
    note = "Second try & <b>last</b>.\nStopped early."
    answer = post(page, job, "note", note=f"  {note}  ").content.decode()
    assert job.trials.get(number=1).note.splitlines() == note.splitlines()
    assert "Second try &amp; &lt;b&gt;last&lt;/b&gt;." in answer
    post(page, job, "note", note="")
    assert job.trials.get(number=1).note == ""


def test_a_note_that_is_too_long_comes_back_with_the_reason(page, job):
    answer = post(page, job, "note", note="x" * 2001)
    assert answer.status_code == 422
    assert "A note has at most 2000 characters; this one has 2001. Shorten it." in answer.content.decode()
    assert "x" * 2001 in answer.content.decode()
    assert job.trials.get(number=1).note == ""


def test_tags_are_put_on_once_and_taken_away(page, job):
    for tag in ("again", "  odd   one ", "again"):
        post(page, job, "tags", tag=tag)
    assert [tag.name for tag in job.trials.get(number=1).tags.all()] == ["again", "odd one"]
    answer = post(page, job, "tags", remove="again").content.decode()
    assert re.findall(r'<span class="tag">([\w ]+)', answer) == ["odd one"]


@pytest.mark.parametrize(
    ("tag", "words"),
    [("", "Type a tag first."), ("x" * 33, "at most 32 characters; this one has 33"), ("a, b", "no comma")],
)
def test_a_tag_that_is_none_comes_back_with_the_reason(page, job, tag, words):
    answer = post(page, job, "tags", tag=tag)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not job.trials.get(number=1).tags.exists()


def test_a_trial_has_at_most_20_tags(page, job):
    for number in range(20):
        post(page, job, "tags", tag=f"tag {number}")
    assert "at most 20 tags" in post(page, job, "tags", tag="one more").content.decode()


def test_without_scripts_the_answer_is_the_trial(page, job):
    answer = page.post(reverse("jobs:trial_note", args=[job.pk, 1]), {"note": "plain"})
    assert answer.url == reverse("jobs:trial", args=[job.pk, 1])


def test_marks_are_seen_in_the_table(page, job):
    text = page.get(reverse("jobs:trials", args=[job.pk])).content.decode()
    row = re.search(r'value="3" aria-label="Compare.*?</tr>', text, re.DOTALL)[0]
    assert re.findall(r'class="tag"[^>]*>([\w ]+)', row) == ["again", "odd one"]
    assert "=flat from the start" in row
    assert re.search(r'id="star-2" aria-pressed="true"', text)


@pytest.mark.parametrize("what", ["star", "note", "tags"])
def test_members_of_the_group_see_marks_and_change_none(guest, job, what):
    text = guest.get(reverse("jobs:trial", args=[job.pk, 3])).content.decode()
    assert "=flat from the start" in text
    assert "trial-note" in text
    assert "hx-post" not in re.search(r'id="trial-tags".*?</section>', text, re.DOTALL)[0]
    data = {"starred": "1", "note": "mine", "tag": "mine"}
    assert post(guest, job, what, **data).status_code == 404


def test_a_job_whose_trials_have_tags_can_be_deleted(page, job):
    page.post(reverse("jobs:delete", args=[job.pk]))
    assert not TrainingJob.objects.filter(pk=job.pk).exists()
    assert not TrialTag.objects.exists()
