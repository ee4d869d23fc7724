"""The web server: gunicorn on a socket that this process opened, so that a restart refuses nobody."""

import http.client
import socket
import sys
from contextlib import suppress

from console.stack.parts import Part

STAGE = 1
PORTS_TRIED = 100


class NoPort(Exception):
    """The console cannot listen there; the text says why and names the remedy."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on that port or, where it is taken, the next free one; 0: any. Raises NoPort."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise NoPort(f"HOST={host} is not an address of this machine ({error.strerror}).") from error
    last = min(port + PORTS_TRIED, 65_536) if port else 1
    for candidate in range(port, last):
        try:
            return _bound(family, (address[0], candidate, *address[2:]))
        except PermissionError as error:
            raise NoPort(f"Port {candidate} needs more rights. Choose PORT of at least 1024.") from error
        except OSError as error:
            taken = error
    raise NoPort(f"No free port from {port} on at {host}: {taken.strerror}. Set PORT or HOST to another one.")


def _bound(family: socket.AddressFamily, address: tuple) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen(1024)
    except OSError:
        server.close()
        raise
    return server


def address_of(server: socket.socket, host: str) -> str:
    """The page's address for a browser on this machine, e.g. http://127.0.0.1:8000/."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104
        host = "localhost"
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{server.getsockname()[1]}/"


def web_part(server: socket.socket) -> Part:
    """The part that serves the pages on a listening socket."""
    return Part(
        name="web",
        label="web server",
        command=[
            sys.executable, "-m", "gunicorn", "--config", "python:console.stack.gunicorn_settings",
            "--bind", f"fd://{server.fileno()}", "console.wsgi",
        ],
        stage=STAGE,
        descriptors=(server.fileno(),),
    )  # fmt: skip


def serves(server: socket.socket) -> bool:
    """Whether a page is answered, whatever the answer is."""
    host, port = server.getsockname()[:2]
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("HEAD", "/", headers={"Host": "localhost"})
            return connection.getresponse().status < 500
        finally:
            connection.close()
    return False
