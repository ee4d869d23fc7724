"""Addresses of objects: obs://bucket/folder/file."""

import unicodedata
from dataclasses import dataclass

SCHEME = "obs://"
LONGEST_NAME = 255
LONGEST_PATH = 1024
FOLDER_MARKER = ".obs-folder"
"""An empty object that keeps an empty folder alive where the store knows no folders; never listed."""

UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
REORDERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls, with which gpj.exe is shown as exe.jpg."""


class StorageError(Exception):
    """Something asked of the object storage cannot be done; `str()` says what and what to do about it."""

    def __init__(self, message: str, remedy: str = ""):
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ObjectPath:
    """One place in a bucket: `path` has no slash at either end and is empty for the bucket itself."""

    bucket: str
    path: str = ""
    is_folder: bool = False

    def __str__(self) -> str:
        end = "/" if self.path and self.is_folder else ""
        return f"{SCHEME}{self.bucket}/{self.path}{end}"

    @property
    def uri(self) -> str:
        return str(self)

    @property
    def name(self) -> str:
        """The last name of the path; the bucket's name for the bucket itself."""
        return self.path.rpartition("/")[2] or self.bucket

    @property
    def parts(self) -> list[str]:
        return self.path.split("/") if self.path else []

    @property
    def parent(self) -> "ObjectPath":
        """The folder it lies in; the bucket itself for the bucket."""
        return ObjectPath(self.bucket, self.path.rpartition("/")[0], is_folder=True)

    @property
    def folder(self) -> "ObjectPath":
        """The same place, meant as a folder."""
        return ObjectPath(self.bucket, self.path, is_folder=True)

    @property
    def trail(self) -> list["ObjectPath"]:
        """The folders from the bucket down to this place, itself included."""
        parts = self.parts
        return [ObjectPath(self.bucket, "/".join(parts[:end]), True) for end in range(len(parts) + 1)]

    def child(self, name: str, is_folder: bool = False) -> "ObjectPath":
        """The object of that name (or relative path) in this folder. Raises StorageError on a bad name."""
        check_path(name)
        path = f"{self.path}/{name}" if self.path else name
        _check_length(path)
        return ObjectPath(self.bucket, path, is_folder)

    def within(self, folder: "ObjectPath") -> str | None:
        """The path relative to a folder, or None where it lies elsewhere."""
        if self.bucket != folder.bucket:
            return None
        if not folder.path or self.path == folder.path:
            return self.path[len(folder.path) :]
        return self.path.removeprefix(folder.path + "/") if self.path.startswith(folder.path + "/") else None


def parse_uri(uri: "str | ObjectPath") -> ObjectPath:
    """Read obs://bucket/path; a slash at the end means a folder. Raises StorageError on anything else."""
    if isinstance(uri, ObjectPath):
        return uri
    if not uri.startswith(SCHEME):
        raise StorageError(f"{show(uri)} is not an object address.", "Write it as obs://bucket/folder/.")
    bucket, _, path = uri[len(SCHEME) :].partition("/")
    if not bucket:
        raise StorageError(f"{show(uri)} names no bucket.", "Write it as obs://bucket/folder/.")
    check_name(bucket)
    is_folder = not path or path.endswith("/")
    if path:
        path = path.removesuffix("/")
        check_path(path)
    return ObjectPath(bucket, path, is_folder)


def check_path(path: str) -> None:
    """Raise StorageError unless the relative path is made of good names only."""
    if path.startswith("/"):
        raise StorageError(f"{show(path)} is an absolute path.", "Use a path inside the folder.")
    _check_length(path)
    for name in path.split("/"):
        check_name(name)


def _check_length(path: str) -> None:
    if len(path.encode(errors="replace")) > LONGEST_PATH:
        raise StorageError(
            f"The path {show(path)} is longer than {LONGEST_PATH:,} bytes.", "Use shorter or fewer folders."
        )


def check_name(name: str) -> None:
    """Raise StorageError unless the name can stand for a file or folder in every object store."""
    if problem := _problem_of(name):
        raise StorageError(f"The name {show(name)} {problem}.", "Rename it and try again.")


def _problem_of(name: str) -> str:
    if not name:
        return "is empty (two slashes in a row)"
    if name in (".", ".."):
        return "is not allowed: paths may not step to another folder"
    if "/" in name or "\\" in name:
        return "holds a slash or backslash"
    if name != name.strip():
        return "begins or ends with a blank"
    if any(unicodedata.category(c) in UNPRINTABLE or c in REORDERING for c in name):
        return "holds an invisible or control character"
    if len(name.encode()) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} bytes"
    if name == FOLDER_MARKER:
        return "is reserved"
    return ""


def show(text: str, longest: int = 80) -> str:
    """The text in quotes, unprintable characters escaped and the end cut, for use in a message."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return repr(cut)
