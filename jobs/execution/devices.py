"""The GPUs of a trial: as many as its specification says, held for it alone on the worker's machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from jobs.models import Flavor
from runtime import gpus
from runtime.environment import Machine
from runtime.gpus import GpuError, Held


@dataclass(frozen=True)
class Devices:
    """What a trial gets of the GPUs of its worker's machine."""

    held: Held = field(default_factory=Held)
    assigned: bool = False
    """Whether the trial sees exactly the held ones; otherwise it sees what its worker sees."""
    visible: int = 0
    """How many the trial sees."""
    note: str = ""
    """What the log tells about them."""
    problem: str = ""
    """Why the trial cannot be run on this machine."""

    def machine(self, instance_name: str, cores: int | None) -> Machine:
        """The machine as the script's environment describes it."""
        own = self.held.devices if self.assigned else None
        return Machine(instance_name=instance_name, gpus=own, visible_gpus=self.visible, cores=cores)


def hold_for(flavor: Flavor | None) -> Devices | None:
    """Take the GPUs of one trial with this specification; None while they are held by other trials."""
    found = gpus.devices(settings.GPU_DEVICES)
    if flavor is None:
        return Devices(visible=len(found))
    wanted = flavor.gpu_count
    if not wanted:
        return Devices(assigned=True)
    if not found:
        return Devices(
            note=f"The {wanted} GPU{'s' * (wanted > 1)} of the specification are advisory: "
            "this machine has none that the worker sees."
        )
    if wanted > len(found):
        return Devices(
            problem=f"Specification {flavor.name} asks for {wanted} GPUs, but this machine has {len(found)}. "
            "Choose another specification or resource pool."
        )
    try:
        held = gpus.hold(wanted, found, settings.GPU_LOCKS_DIR)
    except GpuError as error:
        return Devices(problem=str(error))
    if held is None:
        return None
    return Devices(held, True, wanted, f"GPUs of this trial: {', '.join(held.devices)}.")
