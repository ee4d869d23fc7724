"""Environment variables: the documented rules, and secret values that never come back."""

import pytest
from django.test import override_settings

from jobs.models import TrainingJob
from jobs.sealing import SealError


def variables(*rows):
    """Controls of the rows (name, value, secret)."""
    fields = {"env__TOTAL_FORMS": str(len(rows))}
    for index, (name, value, secret) in enumerate(rows):
        fields |= {f"env__{index}__name": name, f"env__{index}__value": value}
        fields |= {f"env__{index}__secret": "on"} if secret else {}
    return fields


def test_variables_are_kept_as_typed(submit, algorithm):
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        **variables(("OMP_NUM_THREADS", "2", False), ("_x", " two words ", False)),
    )
    assert job.environment == {"OMP_NUM_THREADS": "2", "_x": " two words "}


@pytest.mark.parametrize("name", ["1ST", "A-B", "", "ä", "MA_JOB_DIR"])
def test_a_name_that_is_no_name_or_taken_is_refused(submit, algorithm, name):
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables((name, "1", False)))
    assert list(errors) == ["env-0-name"]


def test_a_value_has_no_dollar_sign(submit, algorithm):
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables(("A", "$HOME", False)))
    assert "$" in errors["env-0-value"]


def test_a_name_is_given_once(submit, algorithm):
    errors = submit(
        f"/jobs/create/?algorithm={algorithm.pk}", **variables(("A", "1", False), ("A", "2", False))
    )
    assert "given twice" in errors["env-1-name"]


def test_100_variables_are_the_most(submit, algorithm):
    rows = [(f"V{number}", "1", False) for number in range(101)]
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables(*rows))
    assert "100" in errors["rows-env"]


def test_a_secret_is_nowhere_in_the_database_in_the_clear(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables(("TOKEN", "hunter2", True)))
    row = TrainingJob.objects.filter(pk=job.pk).values().get()
    assert "hunter2" not in repr(row)
    assert job.secret_environment == {"TOKEN": "hunter2"}


def test_rebuild_uses_a_secret_again_without_showing_it(page, submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", **variables(("TOKEN", "hunter2", True)))
    address = f"/jobs/create/?rebuild={job.pk}"
    html = page.get(address).content.decode()
    assert "TOKEN" in html
    assert "hunter2" not in html
    assert submit(address).secret_environment == {"TOKEN": "hunter2"}
    assert submit(address, env__0__value="new").secret_environment == {"TOKEN": "new"}


def test_a_colleague_who_rebuilds_a_job_does_not_get_its_secrets(page, make_job, ana, ben, submit):
    from django.contrib.auth.models import Group

    from jobs.sealing import seal

    team = Group.objects.create(name="team")
    ana.groups.add(team)
    ben.groups.add(team)
    job = make_job(owner=ben, sealed_environment=seal({"TOKEN": "hunter2"}))
    response = page.get(f"/jobs/create/?rebuild={job.pk}")
    assert "TOKEN" not in response.content.decode()
    errors = submit(
        f"/jobs/create/?rebuild={job.pk}",
        **variables(("TOKEN", "", True)),
        env__0__kept="True",
    )
    assert "again" in errors["env-0-value"]


def test_a_changed_key_is_told_with_its_remedy(make_job):
    from jobs.sealing import seal

    job = make_job(sealed_environment=seal({"TOKEN": "hunter2"}))
    with override_settings(SECRET_KEY="another"), pytest.raises(SealError, match="SECRET_KEY_FALLBACKS"):
        _ = job.secret_environment
