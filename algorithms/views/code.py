"""Reading files of a code directory for the buttons of Create algorithm."""

import re
from collections.abc import Callable

from storage.objects import NothingThere, StorageError, open_file, parse_uri

LONGEST_FILE = 1024 * 1024
SCRIPT = re.compile(r"""[^\s'"=;&|()]+\.py(?![\w.])""")
LOCAL_FOLDER = re.compile(
    r"\$(?:MA_JOB_DIR|\{MA_JOB_DIR\})/+[^/]+/+|\$(?:WORKSPACE|\{WORKSPACE\})/+|(?:\./+)+"
)


def reader(user, code_directory: str) -> Callable[[str], str | None]:
    """A function that gives the text of a path inside a code directory, as far as the user can read it.

    It gives None where there is no such file or the file is longer than 1 MB, and raises StorageError where
    the code directory cannot be read at all.
    """
    folder = parse_uri(code_directory).folder

    def read(path: str) -> str | None:
        try:
            with open_file(user, folder.child(path)) as file:
                data = file.read(LONGEST_FILE + 1)
        except NothingThere:
            return None
        return data.decode("utf-8", "replace") if len(data) <= LONGEST_FILE else None

    return read


def chosen_script(data) -> tuple[str, str]:
    """Code directory and boot file as typed; for a custom image the first script its boot command names."""
    folder, boot_file = (data.get(name, "").strip() for name in ("code_directory", "boot_file"))
    if data.get("boot_mode") == "custom":
        named = SCRIPT.search(data.get("boot_command", ""))
        boot_file = LOCAL_FOLDER.sub("", named[0], count=1) if named else ""
    return folder, boot_file


def boot_path(code_directory: str, boot_file: str) -> str:
    """The boot file's path inside the code directory, however it was typed. Raises StorageError."""
    if "://" not in boot_file:
        return boot_file
    inside = parse_uri(boot_file).within(parse_uri(code_directory).folder)
    if not inside:
        raise StorageError(f"{boot_file} is not inside {code_directory}.", "Choose a file inside it.")
    return inside
