"""The console finds a free port, and says so; one data directory has one console."""

import socket

import pytest

from console.stack.web import NoPort, address_of, listen

HOST = "127.0.0.1"


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_gives_way_to_the_next_free_one(taken):
    with listen(HOST, taken) as server:
        assert taken < server.getsockname()[1] <= taken + 100


def test_port_0_is_any_free_one():
    with listen(HOST, 0) as one, listen(HOST, 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]


def test_an_address_of_another_machine_is_named():
    with pytest.raises(NoPort, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 8000)
    with pytest.raises(NoPort, match="no-such-host"):
        listen("no-such-host.invalid", 8000)


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::", "localhost"), ("::1", "[::1]")]
)
def test_the_shown_address_can_be_opened_on_this_machine(host, shown):
    with listen(HOST, 0) as server:
        assert address_of(server, host) == f"http://{shown}:{server.getsockname()[1]}/"


@pytest.mark.stack
def test_a_second_console_on_the_same_data_is_refused_and_the_first_goes_on(start_up, taken):
    first = start_up("--no-example", PORT=str(taken))
    address = first.address()
    first.wait_for_text(f"Port {taken} is taken; port {address.rpartition(':')[2]} is used instead.")
    second = start_up("--no-example")
    assert second.process.wait(120) == 1
    assert (
        f"Argmax already runs on {first.data_dir} at {address}/ (process {first.process.pid})"
        in second.output
    )
    assert first.status() == 200
    assert first.end() == 0
