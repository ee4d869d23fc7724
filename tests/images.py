"""Small real images, put together from programs of this machine, and saved as container tools save them."""

import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from runtime.images import sandbox

MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PROGRAMS = ("sh", "cat", "sleep", "ls")


def needs_bubblewrap():
    """Skip a test where this machine cannot run images; fail where only bubblewrap is missing in CI."""
    problem = sandbox.obstacle()
    if problem and os.environ.get("BUBBLEWRAP_REQUIRED") == "1" and not shutil.which(sandbox.BUBBLEWRAP):
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)


def folder(name, mode=0o755):
    """A folder, as an entry of a layer."""
    return _entry(name, tarfile.DIRTYPE, mode=mode), None


def file(name, content=b"", mode=0o644):
    """A file with content."""
    content = content.encode() if isinstance(content, str) else content
    return _entry(name, tarfile.REGTYPE, mode=mode, size=len(content)), content


def link(name, target, hard=False):
    """A symbolic or hard link."""
    return _entry(name, tarfile.LNKTYPE if hard else tarfile.SYMTYPE, linkname=target), None


def device(name):
    """A device node, as debootstrap makes them."""
    return _entry(name, tarfile.CHRTYPE), None


def _entry(name, kind, mode=0o644, **values):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, 1_700_000_000
    for key, value in values.items():
        setattr(entry, key, value)
    return entry


def system():
    """The entries of the smallest system: a shell and a few programs of this machine, with their libraries."""
    found = [folder("etc"), file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), folder("tmp", 0o777)]
    needed = {}
    for name in PROGRAMS:
        program = Path(shutil.which(name)).resolve()
        needed[f"bin/{name}"] = program
        told = subprocess.run(["ldd", str(program)], capture_output=True, text=True).stdout
        needed |= {path.lstrip("/"): Path(path).resolve() for path in re.findall(r"(/\S+) \(0x", told)}
    return found + [file(name, path.read_bytes(), 0o755) for name, path in sorted(needed.items())]


def layer(*entries):
    """The bytes of a layer."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for entry, content in entries:
            tar.addfile(entry, io.BytesIO(content) if content is not None else None)
    return buffer.getvalue()


def save_root(path, *entries):
    """Save the archive of a root file system, compressed where its name ends in gz."""
    data = layer(*entries)
    path.write_bytes(gzip.compress(data, 1) if path.suffix in (".gz", ".tgz") else data)
    return path


def save_docker(path, *layers, images=1, **config):
    """Save what `docker save` saves."""
    settings = _settings(layers, config)
    names = [f"{hashlib.sha256(data).hexdigest()}/layer.tar" for data in layers]
    one = {"Config": "settings.json", "RepoTags": ["own/image:1"], "Layers": names}
    manifest = [one, {**one, "RepoTags": ["own/other:2"]}][:images]
    parts = dict(zip(names, layers, strict=True))
    return _save(path, parts | {"settings.json": settings, "manifest.json": json.dumps(manifest).encode()})


def save_oci(path, *layers, architecture=MACHINE, **config):
    """Save an OCI layout with compressed layers, and with an index of platforms and an attestation in it."""
    parts = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        parts[f"blobs/sha256/{digest}"] = data
        return {"digest": f"sha256:{digest}", "size": len(data)}

    manifest = {
        "config": blob(_settings(layers, config, architecture)),
        "layers": [blob(gzip.compress(data, 1)) for data in layers],
    }
    platform_ = {"os": "linux", "architecture": architecture}
    attestation = {**blob(b"{}"), "platform": {"os": "unknown", "architecture": "unknown"}}
    listed = {"manifests": [{**blob(json.dumps(manifest).encode()), "platform": platform_}, attestation]}
    parts["index.json"] = json.dumps({"manifests": [blob(json.dumps(listed).encode())]}).encode()
    return _save(path, parts)


def _settings(layers, config, architecture=MACHINE):
    digests = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in layers]
    return json.dumps(
        {
            "architecture": architecture,
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": digests},
        }
    ).encode()


def _save(path, parts):
    path.write_bytes(layer(*(file(name, data) for name, data in parts.items())))
    return path
