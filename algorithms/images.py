"""Custom images: fetched from the object storage, unpacked once per content, run by `runtime.images`."""

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from algorithms.environments import Event, InstallError, InstallStopped, alone
from runtime.images.paths import ImageError
from runtime.images.sandbox import check_syntax, obstacle
from runtime.images.unpacked import Image, load, unpack
from storage.objects import open_file

CHUNK = 1024 * 1024
ASK_SECONDS = 0.5
ARRIVING = ".arriving-"
ABANDONED_SECONDS = 24 * 3600

KeepGoing = Callable[[], bool]


def always() -> bool:
    """Nobody stops it."""
    return True


def take_image(user, uri: str, boot_command: str) -> str:
    """Fetch and unpack an image and check that it can run the boot command; return its content's SHA-256.

    Raises StorageError and ImageError.
    """
    if problem := obstacle():
        raise ImageError(problem)
    with _arrivals() as folder:
        archive, digest = _fetch(user, uri, folder, always)
        image = _keep(archive, digest, always)
    if problem := check_syntax(image, boot_command):
        raise ImageError(
            f"The image's shell cannot read the boot command ({problem})."
            ' Correct it; where the arguments belong elsewhere than at its end, write "$@" there.'
        )
    return digest


def image_for(user, uri: str, digest: str, event: Event, keep_going: KeepGoing) -> Image:
    """The image with that content, fetched and unpacked first where this machine does not have it.

    `event` gets what is recorded when it is fetched; `keep_going` is asked several times a second. Raises
    StorageError, InstallError and InstallStopped.
    """
    if problem := obstacle():
        raise InstallError(problem)
    if image := load(_place(digest)):
        return image
    begin = time.monotonic()
    event("image being downloaded", f"Image {uri} being downloaded.")
    try:
        with _arrivals() as folder:
            archive, found = _fetch(user, uri, folder, keep_going)
            if found != digest:
                raise InstallError(
                    f"{uri} is not the image any more that the algorithm was created with. Use Update snapshot"
                    " on the algorithm's page and create the job again."
                )
            image = _keep(archive, digest, keep_going)
    except ImageError as error:
        raise InstallError(str(error)) from error
    event("image downloaded", f"Image {uri} downloaded in {time.monotonic() - begin:.0f} s.")
    return image


def _place(digest: str) -> Path:
    return _images() / digest


def _images() -> Path:
    return settings.DATA_DIR / "images"


@contextmanager
def _arrivals() -> Iterator[Path]:
    """A folder beside the images, removed at the end. A full disk and the like become an ImageError."""
    _images().mkdir(parents=True, exist_ok=True)
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=ARRIVING, dir=_images()))
    try:
        yield folder
    except OSError as error:
        raise ImageError(f"The image could not be unpacked into {_images()}: {error.strerror}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what workers that were killed a day ago or longer have left; images are large."""
    limit = time.time() - ABANDONED_SECONDS
    for folder in _images().glob(f"{ARRIVING}*"):
        with contextlib.suppress(FileNotFoundError):
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)


def _fetch(user, uri: str, folder: Path, keep_going: KeepGoing) -> tuple[Path, str]:
    """Copy the archive into a folder; return it with the SHA-256 of its bytes."""
    tick = _asking(keep_going)
    archive, value = folder / "image.tar", hashlib.sha256()
    with open_file(user, uri) as source, archive.open("wb") as target:
        while block := source.read(CHUNK):
            tick()
            value.update(block)
            target.write(block)
    return archive, value.hexdigest()


def _keep(archive: Path, digest: str, keep_going: KeepGoing) -> Image:
    """Unpack the archive unless an image with that content is there already."""
    place = _place(digest)
    with alone(place, keep_going, "the image"):
        if load(place) is None:
            unpacked = archive.with_name("unpacked")
            unpack(archive, unpacked, tick=_asking(keep_going))
            shutil.rmtree(place, ignore_errors=True)
            unpacked.rename(place)
    image = load(place)
    if image is None:
        raise ImageError(f"The image could not be stored in {_images()}. Free some space.")
    return image


def _asking(keep_going: KeepGoing) -> Callable[[], None]:
    """A function that may be called very often and raises InstallStopped when the image is not wanted."""
    due = time.monotonic() + ASK_SECONDS

    def tick() -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + ASK_SECONDS
        if not keep_going():
            raise InstallStopped("Fetching the image was stopped.")

    return tick
