"""Whatever is sent, the answer is the form with what is wrong, never a failure of the server."""

import pytest

from jobs.models import TrainingJob

HUGE = "9" * 400


@pytest.mark.parametrize(
    "changes",
    [
        {"search__num_samples": HUGE},
        {"search__max_concurrent": HUGE},
        {"search__seed": HUGE},
        {"search__patience_trials": HUGE},
        {"search__target_value": "1e999"},
        {"hp__epochs__value": HUGE},
        {"hp__epochs__searched": "on", "hp__epochs__upper": HUGE},
        {"hp__learning_rate__upper": "inf"},
        {"hp__learning_rate__scale": "cubic"},
        {"sampler-tpe_search-gamma": "0"},
        {"time_limit": "1e300"},
        {"time_limit": "-1"},
        {"pool": "no number"},
        {"algorithm": HUGE},
        {"algorithm": "job-" + HUGE},
        {"name": "x" * 65},
        {"description": "x" * 257},
        {"env__TOTAL_FORMS": "many"},
        {"env__TOTAL_FORMS": None},
        {"warm__jobs": ["1", "x"]},
        {"description": "a\0b"},
    ],
)
def test_nonsense_is_an_error_of_the_form(page, filled, algorithm, changes):
    address = f"/jobs/create/?algorithm={algorithm.pk}"
    response = page.post(address, filled(address, **{"hp__learning_rate__searched": "on", **changes}))
    assert response.status_code == 200
    assert response.context["problems"]
    assert not TrainingJob.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        f"/jobs/?q={HUGE}&page={HUGE}",
        "/jobs/?q=%00&status=x&created_from=never&created_to=2026-13-99",
        f"/jobs/rows/?job={HUGE}:Running&job=x:y&job=:",
        f"/jobs/create/sections/?algorithm={HUGE}",
        "/jobs/create/?algorithm=x&warm_start=y",
    ],
)
def test_an_address_that_makes_no_sense_still_leads_somewhere(page, address):
    assert page.get(address).status_code in (200, 286)


@pytest.mark.parametrize("query", [f"rebuild={HUGE}", "rebuild=0", "warm_start=999"])
def test_a_job_that_is_not_there_is_not_found(page, query):
    assert page.get(f"/jobs/create/?{query}").status_code == 404
