"""Resources, restart and limits of a job."""

import pytest
from django.contrib.auth.models import Permission

from jobs.models import Flavor, ResourcePool


def test_options_arrive_in_the_job(submit, algorithm):
    flavor = Flavor.objects.create(name="small")
    pool = ResourcePool.objects.create(name="night")
    job = submit(
        f"/jobs/create/?algorithm={algorithm.pk}",
        description="why",
        pool=str(pool.pk),
        flavor=str(flavor.pk),
        priority="2",
        auto_restart="3",
        auto_stop="6",
        time_limit="1.5",
        time_limit_unit="60",
        hang_minutes="",
        stop_when_hanging="on",
    )
    assert (job.description, job.pool, job.flavor) == ("why", pool, flavor)
    assert (job.priority, job.auto_restart, job.auto_stop_hours) == (2, 3, 6)
    assert job.trial_time_limit_seconds == 90
    assert (job.hang_minutes, job.stop_when_hanging) == (None, True)


@pytest.mark.parametrize("hours", ["0", "73", "", "soon"])
def test_auto_stop_by_hand_is_1_to_72_hours(submit, algorithm, hours):
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", auto_stop="custom", auto_stop_hours=hours)
    assert list(errors) == ["auto_stop_hours"]


def test_auto_stop_by_hand(submit, algorithm):
    job = submit(f"/jobs/create/?algorithm={algorithm.pk}", auto_stop="custom", auto_stop_hours="72")
    assert job.auto_stop_hours == 72


def test_the_highest_priority_needs_a_permission(submit, algorithm, ana):
    address = f"/jobs/create/?algorithm={algorithm.pk}"
    assert "permission" in submit(address, priority="3")["priority"]
    ana.user_permissions.add(Permission.objects.get(codename="use_highest_priority"))
    assert submit(address, priority="3").priority == 3


def test_a_pool_that_is_inactive_is_not_offered(page, algorithm):
    ResourcePool.objects.create(name="retired", active=False)
    assert "retired" not in page.get("/jobs/create/").content.decode()


def test_a_specification_belongs_to_its_resource_type(submit, algorithm):
    gpu = Flavor.objects.create(name="large", resource_type="GPU", gpu_count=1)
    errors = submit(f"/jobs/create/?algorithm={algorithm.pk}", resource_type="CPU", flavor=str(gpu.pk))
    assert "GPU specification" in errors["flavor"]


def test_the_training_constraint_on_multi_card_training_holds(submit, make_algorithm):
    two = Flavor.objects.create(name="two", resource_type="GPU", gpu_count=2)
    fields = {"resource_type": "GPU", "flavor": str(two.pk)}
    single = make_algorithm(constraints={"resource_types": ["CPU", "GPU"], "multi_card": False})
    assert "multi-card" in submit(f"/jobs/create/?algorithm={single.pk}", **fields)["flavor"]
    multi = make_algorithm(name="multi", constraints={"resource_types": ["CPU", "GPU"], "multi_card": True})
    assert submit(f"/jobs/create/?algorithm={multi.pk}", **fields).flavor == two


def test_the_training_constraint_on_resource_types_holds(page, submit, make_algorithm):
    algorithm = make_algorithm(constraints={"resource_types": ["GPU"]})
    address = f"/jobs/create/?algorithm={algorithm.pk}"
    assert "CPU" in submit(address, resource_type="CPU")["resource_type"]
    assert submit(address).pk
