"""Archives of images become a root file system: layers, whiteouts and links as documented, nothing outside."""

import contextlib
import shutil
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.images.layers import ImageLimits
from runtime.images.paths import ImageError
from runtime.images.unpacked import load, unpack
from tests.images import device, file, folder, layer, link, save_docker, save_oci, save_root

SHELL = file("bin/sh", "#!", 0o755)


def names(root):
    found = (path for path in root.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(root).as_posix() for path in found)


LOWER = layer(
    SHELL, file("opt/a", "old"), file("opt/b", "b"), file("gone/x", "x"), file("kept/y", "y"),
    folder("usr/lib"), link("lib", "usr/lib"), link("abs", "/usr/lib"),
)  # fmt: skip
UPPER = layer(
    file("opt/a", "new"), file("opt/.wh.b"), file("gone/z", "z"), file("gone/.wh..wh..opq"), file(".wh.kept"),
    file("lib/one.so", "1"), file("abs/two.so", "2"), link("opt/c", "opt/a", hard=True), device("dev/null"),
)  # fmt: skip


@pytest.mark.parametrize("save", [save_docker, save_oci])
def test_layers_are_applied_with_whiteouts_and_links_inside_the_image(tmp_path, save):
    config = {"Env": ["PATH=/opt/bin", "A=b=c"], "WorkingDir": "/opt"}
    image = unpack(save(tmp_path / "image.tar", LOWER, UPPER, **config), tmp_path / "out")
    assert names(image.root) == [
        "abs", "bin/sh", "gone/z", "lib", "opt/a", "opt/c", "usr/lib/one.so", "usr/lib/two.so",
    ]  # fmt: skip
    assert (image.root / "opt/c").read_text() == "new"
    assert (image.environment, image.working_directory) == ({"PATH": "/opt/bin", "A": "b=c"}, "/opt")
    assert load(tmp_path / "out") == image


@pytest.mark.parametrize("name", ["root.tar", "root.tar.gz"])
def test_the_archive_of_a_root_file_system_is_an_image_too(tmp_path, name):
    archive = save_root(tmp_path / name, folder("./"), SHELL, file("opt/a", "x", 0o4750))
    image = unpack(archive, tmp_path / "out")
    found = (image.root / "opt/a").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_mtime) == (0o750, 1_700_000_000)
    assert (image.environment, image.working_directory) == ({}, "")
    assert load(tmp_path / "nowhere") is None


def test_links_that_lead_out_are_only_names_inside(tmp_path):
    """A layer may hold `x -> /etc`, and the next write below x: that is the image's own /etc."""
    outside = tmp_path / "outside"
    outside.mkdir()
    archive = save_root(
        tmp_path / "root.tar", SHELL, link("x", str(outside)), link("up", "../../../../.."),
        file("x/planted", "1"), file("up/climbed", "2"), link("shadow", "/etc/passwd"), file("shadow", "own"),
        file("/absolute", "3"),
    )  # fmt: skip
    image = unpack(archive, tmp_path / "out")
    assert not any(outside.iterdir())
    assert (image.root / str(outside).lstrip("/") / "planted").read_text() == "1"
    assert (image.root / "climbed").read_text() == "2"
    assert (image.root / "absolute").read_text() == "3"
    assert not (image.root / "shadow").is_symlink()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([SHELL, file("../evil")], "leads out of it"),
        ([SHELL, file("a/../../evil")], "leads out of it"),
        ([SHELL, link("h", "../../etc/passwd", hard=True)], "leads out of it"),
        ([SHELL, link("h", "etc/shadow", hard=True)], "names 'etc/shadow', which is no file in it"),
        ([SHELL, link("a", "b"), link("b", "a"), file("a/x")], "lead in a circle"),
        ([SHELL, file("a"), file("a/b")], "is a file where a folder is needed"),
        ([file("bin/bash")], "The image has no /bin/sh"),
        ([SHELL, file("big", b"x" * 2048)], "more than 0 GB"),
        ([SHELL, *(file(f"f{number}") for number in range(20))], "more than 20 files and folders"),
    ],
)
def test_an_archive_that_is_no_honest_image_is_refused(tmp_path, entries, expected):
    archive = save_root(tmp_path / "root.tar", *entries)
    with pytest.raises(ImageError, match=expected):
        unpack(archive, tmp_path / "out", ImageLimits(size=1024, entries=20))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda path: path.write_bytes(b"PK\3\4 no tar at all" * 100), "no sound .tar archive"),
        (lambda path: path.write_bytes(b""), "no sound .tar archive"),
        (lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(100)), "compressed by zstd"),
        (lambda path: path.write_bytes(save_root(path, SHELL).read_bytes()[:700]), "no sound|no /bin/sh"),
        (lambda path: save_docker(path, LOWER, images=2), "2 images: own/image:1, own/other:2"),
        (lambda path: save_oci(path, LOWER, architecture="s390x"), "0 images for linux/"),
        (lambda path: path.write_bytes(save_docker(path, LOWER).read_bytes().replace(b"old", b"bad")), "damaged"),
        (lambda path: save_root(path, file("manifest.json", '[{"Layers": ["x"]}]')), "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_the_remedy(tmp_path, write, expected):
    archive = tmp_path / "image.tar"
    write(archive)
    with pytest.raises(ImageError, match=expected):
        unpack(archive, tmp_path / "out")


def test_a_header_made_to_fill_the_memory_is_refused(tmp_path):
    entry, _ = file("x")
    entry.pax_headers = {"comment": "a" * (20 * 1024 * 1024)}
    with pytest.raises(ImageError, match="longer than 16 MB"):
        unpack(save_root(tmp_path / "root.tar", SHELL, (entry, b"")), tmp_path / "out")


def test_entries_that_no_file_system_takes_are_told_or_overlooked(tmp_path):
    entry, _ = link("x", "a")
    entry.pax_headers = {"linkpath": "a\0b"}
    with pytest.raises(ImageError, match="cannot be unpacked"):
        unpack(save_root(tmp_path / "link.tar", SHELL, (entry, None)), tmp_path / "out")
    entry, _ = file("x")
    entry.mtime = 1e300
    image = unpack(save_root(tmp_path / "time.tar", SHELL, (entry, b"")), tmp_path / "second")
    assert (image.root / "x").is_file()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 12_000), st.binary(min_size=1, max_size=6)), max_size=8))
def test_damaged_archives_are_unpacked_or_refused_and_nothing_else(tmp_path, changes):
    data = bytearray(save_docker(tmp_path / "image.tar", LOWER, UPPER).read_bytes())
    for place, piece in changes:
        data[place : place + len(piece)] = piece
    (tmp_path / "image.tar").write_bytes(data)
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    with contextlib.suppress(ImageError, OSError):
        unpack(tmp_path / "image.tar", tmp_path / "out", ImageLimits(size=10**7, entries=1000))
    assert {path.name for path in tmp_path.iterdir()} == {"image.tar", "out"}


def test_unpacking_can_be_given_up(tmp_path):
    def tick():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        unpack(save_root(tmp_path / "root.tar", SHELL), tmp_path / "out", tick=tick)
