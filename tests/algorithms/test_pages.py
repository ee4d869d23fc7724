"""My algorithms and an algorithm's own page: what they show, live status, retry, changes, deleting."""

import pytest
from django.urls import reverse

from algorithms.models import Algorithm
from jobs.models import ResourcePool, TrainingJob

LIST = reverse("algorithms:list")


def address(name: str, algorithm: Algorithm) -> str:
    return reverse(f"algorithms:{name}", args=[algorithm.pk])


@pytest.fixture
def many(person, engine):
    for number in range(25):
        Algorithm.objects.create(
            name=f"algorithm-{number:02}", owner=person, engine=engine, boot_file="t.py",
            status="Available" if number % 2 else "Failed", description="even" if number % 2 == 0 else "",
        )  # fmt: skip


def shown(client, **query) -> list[str]:
    return [row.name for row in client.get(LIST, query).context["page_obj"]]


def test_the_empty_list_teaches_the_next_step(client):
    text = client.get(LIST).content.decode()
    assert "No algorithms yet" in text
    assert reverse("algorithms:create") in text
    assert 'name="q"' not in text  # nothing to search


def test_the_list_has_pages_newest_first(client, many):
    assert shown(client)[0] == "algorithm-24"
    assert len(shown(client)) == 20
    assert shown(client, page=2) == [f"algorithm-{number:02}" for number in (4, 3, 2, 1, 0)]


def test_the_list_is_searched_by_name_and_description_and_filtered_by_status(client, many):
    assert shown(client, q="RITHM-07") == ["algorithm-07"]
    assert len(shown(client, q="even")) == 13
    assert set(shown(client, status="Available", q="-1")) == {f"algorithm-{n}" for n in (11, 13, 15, 17, 19)}
    assert "No algorithm fits" in client.get(LIST, {"q": "nothing"}).content.decode()


@pytest.mark.parametrize("column", ["name", "status", "engine", "created", "creator", "jobs"])
def test_the_list_is_sorted_by_every_column_both_ways(client, many, column):
    up, down = shown(client, sort=column), shown(client, sort=f"-{column}")
    assert len(up) == len(down) == 20
    if column == "name":
        assert up[0] == "algorithm-00"
        assert down[0] == "algorithm-24"


def test_an_unknown_order_is_the_usual_one(client, many):
    assert shown(client, sort="owner__password") == shown(client)


def test_the_list_costs_the_same_number_of_queries_for_any_number_of_rows(
    client, many, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        client.get(LIST)


def test_polling_ends_when_the_algorithm_is_no_longer_being_created(client, algorithm):
    for name in ("status", "progress"):
        answer = client.get(address(name, algorithm))
        assert (answer.status_code, b"Creating" in answer.content) == (200, True)
    Algorithm.objects.update(status="Failed", reason="It does not compile: line 3")
    for name in ("status", "progress"):
        answer = client.get(address(name, algorithm))
        assert (answer.status_code, b"Failed" in answer.content) == (286, True)
    assert b"line 3" in client.get(address("progress", algorithm)).content


def test_polling_ends_for_an_algorithm_that_was_deleted_meanwhile(client, algorithm):
    addresses = [address(name, algorithm) for name in ("status", "progress")]
    algorithm.delete()
    for one in addresses:
        answer = client.get(one, headers={"HX-Request": "true"})
        assert (answer.status_code, b"not exist any more" in answer.content) == (286, True)
        assert client.get(one).status_code == 404


def test_only_rows_being_created_are_polled(client, algorithm):
    poll = f'hx-get="{address("status", algorithm)}"'
    assert poll in client.get(LIST).content.decode()
    Algorithm.objects.update(status="Available")
    assert poll not in client.get(LIST).content.decode()


def test_the_page_shows_the_snapshot_and_leads_to_a_training_job(client, available):
    text = client.get(available.get_absolute_url()).content.decode()
    assert available.snapshot.content_hash[:12] in text
    assert "1 file, " in text
    assert f'{reverse("jobs:create")}?algorithm={available.pk}"' in text


def test_a_failed_algorithm_can_be_retried(client, available, code):
    Algorithm.objects.update(status="Failed", reason="It does not compile.", snapshot=None)
    text = client.get(available.get_absolute_url()).content.decode()
    assert "It does not compile." in text
    assert reverse("jobs:create") + "?algorithm" not in text
    assert client.post(address("retry", available)).status_code == 302
    available.refresh_from_db()
    assert (available.status, available.reason) == ("Creating", "")


def test_a_code_directory_changed_since_is_shown_file_by_file(client, available, code):
    assert "unchanged since" in client.get(address("changes", available)).content.decode()
    code({"train.py": "import argparse\nprint('loss=0.6')\n", "more.py": ""})
    text = client.get(address("changes", available)).content.decode()
    assert "Changed since." in text
    assert "Update snapshot" in text
    for words in (">added</span> more.py", ">changed</span> train.py"):
        assert words in text


def test_files_written_again_with_the_same_content_are_unchanged(client, available, code):
    code()
    assert "unchanged since" in client.get(address("changes", available)).content.decode()


def test_a_code_directory_that_is_gone_is_told(client, available, settings):
    (settings.BUCKETS_DIR / "code" / "digits" / "train.py").unlink()
    (settings.BUCKETS_DIR / "code" / "digits").rmdir()
    assert "cannot be compared" in client.get(address("changes", available)).content.decode()


@pytest.fixture
def job(available, person):
    return TrainingJob.objects.create(
        name="search-1", owner=person, algorithm=available, pool=ResourcePool.objects.get(), status="Running"
    )


def test_deleting_is_refused_while_jobs_are_active_with_links_to_them(client, available, job):
    text = client.post(address("delete", available), follow=True).content.decode()
    assert f'<a href="{job.get_absolute_url()}">search-1</a>' in text
    assert Algorithm.objects.filter(pk=available.pk).exists()


def test_finished_jobs_outlive_their_algorithm(client, available, job):
    TrainingJob.objects.update(status="Completed")
    assert client.post(address("delete", available)).status_code == 302
    job.refresh_from_db()
    assert job.algorithm is None


def test_the_jobs_made_with_it_are_listed(client, available, job):
    assert ">search-1</a>" in client.get(available.get_absolute_url()).content.decode()


READ = ["detail", "status", "progress", "changes"]
CHANGE = ["edit", "retry", "delete"]


@pytest.mark.parametrize("name", [*READ, *CHANGE])
def test_a_stranger_finds_nothing(browser_of, stranger, available, name):
    other = browser_of(stranger)
    send = other.post if name in ("retry", "delete") else other.get
    assert send(address(name, available)).status_code == 404
    assert other.get(f"{reverse('algorithms:create')}?copy={available.pk}").status_code == 404
    assert other.post(reverse("algorithms:check"), {"algorithm": available.pk}).status_code == 404
    assert available.name not in other.get(LIST).content.decode()


@pytest.fixture
def teammate(stranger, person, django_user_model):
    from django.contrib.auth.models import Group

    team = Group.objects.create(name="team")
    team.user_set.add(stranger, person)
    return stranger


@pytest.mark.parametrize("name", READ)
def test_a_team_mate_may_look(browser_of, teammate, available, name):
    answer = browser_of(teammate).get(address(name, available))
    assert answer.status_code in (200, 286)
    for change in CHANGE:
        assert address(change, available) not in answer.content.decode()


@pytest.mark.parametrize("name", CHANGE)
def test_a_team_mate_may_not_change(browser_of, teammate, available, name):
    mate = browser_of(teammate)
    send = mate.get if name == "edit" else mate.post
    assert send(address(name, available)).status_code == 404


@pytest.mark.parametrize("name", ["retry", "delete"])
def test_changing_needs_a_post(client, available, name):
    assert client.get(address(name, available)).status_code == 405


def test_without_signing_in_everything_leads_to_the_sign_in(db, available):
    from django.test import Client

    for name in [*READ, "edit"]:
        assert Client().get(address(name, available)).url.startswith(reverse("login"))
