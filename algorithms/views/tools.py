"""What the buttons of Create algorithm ask for while the form is filled in."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from algorithms.argparse_reader import Arguments, Proposal, read_arguments
from algorithms.values import format_value
from algorithms.views.code import boot_path, chosen_script, reader
from storage.objects import StorageError

NO_BOOT_FILE = "Choose the code directory and the boot file first."
NO_SCRIPT = "Choose the code directory first, and name a .py file of it in the boot command."


@require_POST
def arguments(request):
    """Read hyperparameters from the script: the proposals, as the body of the dialog."""
    folder, boot_file = chosen_script(request.POST)
    if not folder or not boot_file:
        is_custom = request.POST.get("boot_mode") == "custom"
        found = Arguments(notes=[NO_SCRIPT if is_custom else NO_BOOT_FILE])
    else:
        found = _read(request, folder, boot_file)
    rows = [(proposal, _row(proposal)) for proposal in found.proposals]
    return render(request, "algorithms/_arguments.html", {"rows": rows, "notes": found.notes})


def _read(request, folder: str, boot_file: str) -> Arguments:
    folders = [part for part in request.POST.get("pythonpath", "").split(":") if part.strip()]
    try:
        return read_arguments(boot_path(folder, boot_file), reader(request.user, folder), folders)
    except StorageError as error:
        return Arguments(notes=[str(error)])


def _row(proposal: Proposal) -> dict:
    """The proposal as the values of a row of the hyperparameters table."""
    return {
        "name": proposal.name,
        "type": proposal.type,
        "default": format_value(proposal.default),
        "restraint": "choices" if proposal.choices else "",
        "lower": "",
        "upper": "",
        "choices": "\n".join(map(str, proposal.choices)),
        "required": "yes" if proposal.required else "no",
        "passed_as": "position" if proposal.positional else "name",
        "description": proposal.description,
    }
