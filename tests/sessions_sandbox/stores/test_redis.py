"""What only the Redis store has: a server that may be away, and neighbours."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from sessions_sandbox import SandboxError
from sessions_sandbox.records import Grant
from sessions_sandbox.stores import open_store
from sessions_sandbox.stores.redis import RedisStore

GRANT = Grant("1", "default", "web", "alice", "openid", 1)


@pytest.fixture
def wrong_server() -> Iterator[str]:
    """The URL of something that is no Redis: it answers in HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_prefixes_are_stores_of_their_own(redis_url: str) -> None:
    with closing(open_store(redis_url)) as one, closing(open_store(redis_url + "2")) as other:
        one.add(GRANT)
        other.count("x")
        assert other.all(Grant) == []
        other.clear()
        assert one.all(Grant) == [GRANT]
        assert one.count("x") == 1


def test_every_key_has_the_prefix_and_clear_leaves_no_row(redis_url: str, redis_address: str) -> None:
    prefix = redis_url.partition("?prefix=")[2]
    with redis.Redis.from_url(redis_address, decode_responses=True) as client:
        before = set(client.keys())
        with closing(open_store(redis_url)) as store:
            store.add(GRANT)
            store.count("x")
            assert {key.partition(":")[0] for key in set(client.keys()) - before} == {f"{{{prefix}}}"}
            store.clear()
            assert set(client.keys()) - before == {f"{{{prefix}}}:layout"}


def test_rows_of_another_version_are_refused(redis_url: str, redis_address: str) -> None:
    prefix = redis_url.partition("?prefix=")[2]
    with redis.Redis.from_url(redis_address) as client:
        client.set(f"{{{prefix}}}:layout", "1")
        with pytest.raises(SandboxError, match=r"written by another version .* add \?prefix=NAME"):
            open_store(redis_url)
        assert client.get(f"{{{prefix}}}:layout") == b"1"


def test_a_server_that_is_not_there(unused_port: int) -> None:
    with pytest.raises(
        SandboxError, match=f"at redis://127.0.0.1:{unused_port}/0 cannot be used .*redis-server"
    ):
        open_store(f"redis://127.0.0.1:{unused_port}/0")


def test_a_server_that_is_another(wrong_server: str) -> None:
    with pytest.raises(SandboxError, match="cannot be used"):
        open_store(wrong_server)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:x/0", "redis://127.0.0.1/?nonsense=1", "redis://[::1"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(SandboxError, match=r"cannot be used|write memory:"):
        open_store(url)


def test_a_password_is_not_told(unused_port: int) -> None:
    with pytest.raises(SandboxError) as refused:
        open_store(f"redis://user:secret@127.0.0.1:{unused_port}/0?password=secret")
    assert "secret" not in str(refused.value)


def test_a_server_that_forgot_its_scripts_and_its_clients(redis_url: str, redis_address: str) -> None:
    """As after a restart: the connection is closed, and the script is unknown."""
    with closing(open_store(redis_url)) as store, redis.Redis.from_url(redis_address) as client:
        assert store.add(GRANT)
        client.script_flush()
        client.client_kill_filter(_type="normal", skipme=True)
        assert store.remove(Grant, "1")


def test_a_command_whose_answer_is_lost_is_not_sent_again(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second compare-and-set would say no, and its caller would take its own change for another's."""
    with closing(open_store(redis_url)) as store:
        store.add(GRANT)
        sent: list[object] = []

        def lose(connection: redis.Connection, *arguments: object, **options: object) -> None:
            sent.append(arguments)
            raise redis.ConnectionError("lost")

        monkeypatch.setattr(redis.Connection, "read_response", lose)
        with pytest.raises(SandboxError, match="lost"):
            store.replace(GRANT, Grant("1", "default", "web", "bob", "openid", 1))
        assert len(sent) == 1
        monkeypatch.undo()
        assert [row.uid for row in store.all(Grant)] == ["bob"]


def test_a_damaged_row_is_told(redis_url: str, redis_address: str) -> None:
    prefix = redis_url.partition("?prefix=")[2]
    with closing(open_store(redis_url)) as store, redis.Redis.from_url(redis_address) as client:
        store.add(GRANT)
        client.hset(f"{{{prefix}}}:grants", "1", b"\xff")
        with pytest.raises(SandboxError, match="cannot be used"):
            store.get(Grant, "1")


def test_the_store_is_what_the_url_says(redis_url: str) -> None:
    with closing(open_store(redis_url)) as store:
        assert isinstance(store, RedisStore)
