"""The admin pages of Algorithm Management open, search, filter and keep run-time fields read-only."""

import pytest

from algorithms.models import Algorithm


@pytest.fixture
def boss(client, person):
    person.is_staff = person.is_superuser = True
    person.save()
    return client


@pytest.mark.parametrize("model", ["engine", "algorithm", "codesnapshot"])
def test_lists_and_pages_open(boss, available, model):
    answer = boss.get(f"/admin/algorithms/{model}/")
    assert answer.status_code == 200
    for row in answer.context["cl"].result_list:
        assert boss.get(f"/admin/algorithms/{model}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("query", "count"), [("q=digits", 1), ("q=ada", 1), ("q=nothing", 0), ("status__exact=Failed", 0)]
)
def test_algorithms_are_searched_and_filtered(boss, available, query, count):
    assert boss.get(f"/admin/algorithms/algorithm/?{query}").context["cl"].result_count == count


def test_what_a_run_has_written_is_read_only(boss, available):
    address = f"/admin/algorithms/algorithm/{available.pk}/change/"
    assert set(boss.get(address).context["adminform"].form.fields) == {"name", "description", "owner"}
    typed = {"name": "renamed", "description": "", "owner": available.owner_id, "hyperparameters": "[1]"}
    boss.post(address, {**typed, "status": "Failed"})
    renamed = Algorithm.objects.get()
    assert (renamed.name, renamed.status) == ("renamed", available.status)
    assert renamed.hyperparameters == available.hyperparameters
    assert (
        boss.post(f"/admin/algorithms/algorithm/{available.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert boss.get("/admin/algorithms/algorithm/add/").status_code == 403
    assert boss.get("/admin/algorithms/codesnapshot/add/").status_code == 403


def test_snapshots_are_updated_by_an_action(boss, available):
    boss.post(
        "/admin/algorithms/algorithm/", {"action": "update_snapshots", "_selected_action": [available.pk]}
    )
    assert Algorithm.objects.get().is_creating
