"""Image archives: what `docker save`, `podman save` and OCI tools write, or the tar of a root file system."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import platform
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from runtime.images.paths import ImageError

LARGEST_READ = 16 * 1024 * 1024
"""Nothing but the bytes of files is longer: headers and lists that are were made to fill the memory."""
MOST_PARTS = 5_000
"""Members of an archive of layers that are looked at; the archive of a root file system has more."""
CHUNK = 1024 * 1024
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
SAVE_ONE = "Save one image only: docker save NAME:TAG -o image.tar."
MAKE_ANEW = "Make it anew, for example with docker save NAME:TAG -o image.tar."


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its name in the archive, and the SHA-256 of its unpacked bytes, empty where not known."""

    name: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: layers, lowest first, and the image's own settings (OCI image config)."""

    layers: tuple[Layer, ...]
    config: dict[str, Any]


class ShortReads:
    """A file for `tarfile` that refuses long reads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read like a file, at most LARGEST_READ bytes at once."""
        return read_short(self._file, size)


def read_short(file: BinaryIO, size: int) -> bytes:
    """Read at most LARGEST_READ bytes at once; raises ImageError where more are asked for and there."""
    data = file.read(LARGEST_READ + 1 if size < 0 else min(size, LARGEST_READ + 1))
    if len(data) > LARGEST_READ:
        raise ImageError(f"A header in the image is longer than 16 MB, as none should be. {MAKE_ANEW}")
    return data


class ImageArchive:
    """An opened archive of layers, or of a root file system, which counts as one layer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._tar = tarfile.open(fileobj=cast(IO[bytes], ShortReads(file)), mode="r:")  # noqa: SIM115
        try:
            self.contents = self._read_contents()
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ImageError(f"The image's list of layers cannot be read ({error!r}). {MAKE_ANEW}") from error

    @contextmanager
    def layer(self, layer: Layer) -> Iterator[BinaryIO]:
        """The unpacked bytes of a layer."""
        if not layer.name:
            self._file.seek(0)
            yield self._file
            return
        with self._open(layer.name) as packed, _unpacked(packed, f"Layer {layer.name}") as plain:
            yield plain

    def _read_contents(self) -> Contents:
        names = set()
        for member, _ in zip(self._tar, range(MOST_PARTS), strict=False):
            names.add(_plain(member.name))
        if "manifest.json" in names:
            if (saved := self._docker(self._json("manifest.json"))) is not None:
                return saved
        elif "index.json" in names and "oci-layout" in names:
            return self._oci(self._json("index.json"))
        return Contents((Layer(""),), {})

    def _docker(self, images: Any) -> Contents | None:
        if not isinstance(images, list) or not all(
            isinstance(one, dict) and "Layers" in one for one in images
        ):
            return None
        if len(images) != 1:
            names = [tag for one in images for tag in one.get("RepoTags") or ["?"]]
            raise ImageError(f"The archive holds {len(images)} images: {', '.join(names)}. {SAVE_ONE}")
        return self._contents(images[0]["Layers"], self._json(images[0]["Config"]))

    def _oci(self, index: Any) -> Contents:
        wanted = ARCHITECTURES.get(platform.machine(), platform.machine())
        while "manifests" in index:
            offered = [one for one in index["manifests"] if _runs_on(one.get("platform"), wanted)]
            if len(offered) != 1:
                raise ImageError(f"The archive holds {len(offered)} images for linux/{wanted}. {SAVE_ONE}")
            index = self._json(_blob(offered[0]))
        layers = [_blob(layer) for layer in index["layers"]]
        return self._contents(layers, self._json(_blob(index["config"])))

    def _contents(self, names: list[str], config: dict[str, Any]) -> Contents:
        digests = [digest.removeprefix("sha256:") for digest in config["rootfs"]["diff_ids"]]
        if len(digests) != len(names):
            raise ImageError(
                f"The archive names {len(names)} layers, its settings {len(digests)}. {MAKE_ANEW}"
            )
        _check_machine(config)
        return Contents(tuple(map(Layer, names, digests)), config)

    def _json(self, name: str) -> Any:
        with self._open(name) as file:
            return json.loads(read_short(file, -1))

    def _open(self, name: str) -> BinaryIO:
        for spelled in (name, f"./{name}"):
            try:
                file = self._tar.extractfile(spelled)
            except KeyError:
                continue
            if file is not None:
                return cast(BinaryIO, file)
        raise ImageError(f"The archive is not whole: {name} is missing. {MAKE_ANEW}")


@contextmanager
def open_image(path: Path, limit: int, tick: Callable[[], None] = lambda: None) -> Iterator[ImageArchive]:
    """Open an archive, compressed or not; one that is compressed is unpacked beside itself first.

    `limit` bounds its unpacked bytes, `tick` is called while that lasts. Raises ImageError for what is no
    archive of an image.
    """
    try:
        with path.open("rb") as packed, _unpacked(packed, "The archive") as plain:
            if plain is packed:
                yield ImageArchive(packed)
                return
            unpacked = path.with_name(f"{path.name}.unpacked")
            with unpacked.open("w+b") as file:
                unpacked.unlink()
                _copy(plain, file, limit, tick)
                file.seek(0)
                yield ImageArchive(file)
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise ImageError(f"This is no sound .tar archive of an image ({error}). {MAKE_ANEW}") from error


def _copy(source: BinaryIO, target: BinaryIO, limit: int, tick: Callable[[], None]) -> None:
    while chunk := source.read(CHUNK):
        tick()
        if target.tell() + len(chunk) > limit:
            raise ImageError(f"The image unpacks to more than {limit / 1024**3:.0f} GB, which is the limit.")
        target.write(chunk)


@contextmanager
def _unpacked(file: BinaryIO, what: str) -> Iterator[BinaryIO]:
    """The bytes without compression; the very same file where there is none."""
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        raise ImageError(
            f"{what} is compressed by zstd, which is not supported. Save the image uncompressed or with gzip."
        )
    if start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=file) as plain:
            yield cast(BinaryIO, plain)
    elif start.startswith(b"BZh"):
        with bz2.BZ2File(file) as plain_bz2:
            yield cast(BinaryIO, plain_bz2)
    elif start.startswith(b"\xfd7zXZ\0"):
        with lzma.LZMAFile(file) as plain_xz:
            yield cast(BinaryIO, plain_xz)
    else:
        yield file


def _plain(name: str) -> str:
    return name.removeprefix("./")


def _blob(descriptor: dict[str, Any]) -> str:
    algorithm, _, digest = descriptor["digest"].partition(":")
    return f"blobs/{algorithm}/{digest}"


def _runs_on(offered: dict[str, Any] | None, wanted: str) -> bool:
    """Say whether an image of an index may be meant; one that says nothing may, an attestation may not."""
    return offered is None or (offered.get("os"), offered.get("architecture")) == ("linux", wanted)


def _check_machine(config: dict[str, Any]) -> None:
    wanted = ARCHITECTURES.get(platform.machine(), platform.machine())
    made_for = config.get("architecture", wanted)
    if made_for != wanted or config.get("os", "linux") != "linux":
        raise ImageError(
            f"The image is made for {config.get('os', 'linux')}/{made_for}, this machine is linux/{wanted}."
            f" Build it with --platform linux/{wanted}."
        )
