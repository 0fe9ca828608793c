"""The static server: what it answers, and what it says when it cannot."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessions_guide.errors import GuideError
from sessions_guide.serve import HOST, POLL_SECONDS, SiteServer, main, open_server, serve_in_background

SITEMAP = "<urlset><url><loc>http://example.test:1/a/</loc></url><url><loc>http://example.test:1/</loc></url></urlset>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "a").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "index.html").write_text("home")
    (folder / "a" / "index.html").write_text("page a")
    (folder / "404.html").write_text("no such page")
    (folder / "sitemap.xml").write_text(SITEMAP)
    (folder / "runtime.wasm").write_bytes(bytes(300_000))
    for name in ("module.mjs", "script.js", "style.css", "lock.json", "packages.zip", "image.svg"):
        (folder / name).write_text("x")
    return folder


@pytest.fixture
def server(site: Path) -> Iterator[SiteServer]:
    with SiteServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def connection(server: SiteServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
    yield connection
    connection.close()


def get(connection: http.client.HTTPConnection, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    connection.request(method, path)
    reply = connection.getresponse()
    return reply.status, reply.headers["Content-Type"] or "", reply.read()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/runtime.wasm", "application/wasm"),
        ("/module.mjs", "text/javascript; charset=utf-8"),
        ("/script.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/lock.json", "application/json"),
        ("/packages.zip", "application/zip"),
        ("/image.svg", "image/svg+xml"),
    ],
)
def test_says_what_a_file_is(connection: http.client.HTTPConnection, path: str, media_type: str) -> None:
    assert get(connection, path)[:2] == (200, media_type)


def test_one_connection_carries_many_requests(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    first = connection.sock
    for path in ("/", "/missing", "/a/", "/sitemap.xml", "/runtime.wasm"):
        get(connection, path)
        assert connection.sock is first


def test_a_large_file_arrives_whole(connection: http.client.HTTPConnection) -> None:
    assert get(connection, "/runtime.wasm")[2] == bytes(300_000)


def test_a_folder_is_its_index_page(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/a?x=1")
    reply = connection.getresponse()
    reply.read()
    assert (reply.status, reply.headers["Location"]) == (301, "/a/?x=1")
    assert get(connection, "/a/")[2] == b"page a"


@pytest.mark.parametrize("path", ["/missing", "/empty/", "/a/index.html/", "/%00", "/../conftest.py"])
def test_what_is_not_there_is_the_site_s_own_404(connection: http.client.HTTPConnection, path: str) -> None:
    assert get(connection, path) == (404, "text/html; charset=utf-8", b"no such page")


def test_head_has_no_body(connection: http.client.HTTPConnection) -> None:
    for path, status in (("/", 200), ("/missing", 404), ("/sitemap.xml", 200)):
        assert get(connection, path, "HEAD")[::2] == (status, b"")


def test_a_site_without_404_page_or_sitemap(site: Path, connection: http.client.HTTPConnection) -> None:
    (site / "404.html").unlink()
    (site / "sitemap.xml").unlink()
    assert get(connection, "/sitemap.xml")[0] == 404


def test_the_sitemap_names_the_port(server: SiteServer, connection: http.client.HTTPConnection) -> None:
    text = get(connection, "/sitemap.xml")[2].decode()
    assert text == SITEMAP.replace("http://example.test:1", server.address)


def test_an_unchanged_file_is_not_sent_again(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/script.js")
    reply = connection.getresponse()
    reply.read()
    assert reply.headers["Cache-Control"] == "no-cache"
    connection.request("GET", "/script.js", headers={"If-Modified-Since": reply.headers["Last-Modified"]})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")


def test_serves_in_the_background(site: Path) -> None:
    with serve_in_background(site) as address:
        port = int(address.rpartition(":")[2])
        assert get(http.client.HTTPConnection(HOST, port, timeout=10), "/a/")[2] == b"page a"
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(HOST, port, timeout=10).connect()


def test_a_port_in_use_gives_way_to_the_next_free_one(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SiteServer(site) as first:
        taken = first.server_address[1]
        with open_server(site, taken) as second:
            port = second.server_address[1]
            assert port > taken
    assert capsys.readouterr().err == f"Port {taken} is in use; taking {port}.\n"


def test_no_free_port_up_to_the_last_one(site: Path) -> None:
    with socket.socket() as listener:
        try:
            listener.bind((HOST, 65535))
            listener.listen()
        except OSError:
            pass  # taken by another: as good
        with pytest.raises(GuideError, match="ports 65535 to 65535 are all in use"):
            open_server(site, 65535)


def test_a_port_that_may_not_be_opened(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: SiteServer) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(SiteServer, "server_bind", refuse)
    with pytest.raises(GuideError, match=r"Port 80 cannot be opened: Permission denied\. Give another"):
        open_server(site, 80)


def test_sends_the_headers_that_the_site_asks_hosts_for(site: Path) -> None:
    (site / "_headers").write_text("/*\n  X-One: a: 'b'; c\n  X-Two: d\n")
    with serve_in_background(site) as address:
        for path, status in (("/a/", 200), ("/nowhere", 404), ("/sitemap.xml", 200)):
            connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
            connection.request("GET", path)
            reply = connection.getresponse()
            assert reply.status == status
            assert (reply.headers["X-One"], reply.headers["X-Two"]) == ("a: 'b'; c", "d")
            connection.close()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "8000.5"])
def test_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([port])
    assert end.value.code == 2
    assert f"'{port}' is no port: give a number from 1 to 65535" in capsys.readouterr().err


def test_a_site_that_is_not_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], site=tmp_path / "site") == 1
    assert "no built site" in (said := capsys.readouterr().err)
    assert "./scripts/build" in said


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_ends_cleanly_when_told_to(site: Path, signal_number: signal.Signals) -> None:
    with SiteServer(site) as taken:
        port = taken.server_address[1]
        with subprocess.Popen(
            [sys.executable, "-m", "sessions_guide.serve", str(port)],
            cwd=site.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background job ignores Ctrl-C, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert "The guide is at http://127.0.0.1:" in process.stdout.readline()
            process.send_signal(signal_number)
            try:
                assert process.wait(timeout=10) == 0
            finally:
                process.kill()
            assert process.stderr.read().splitlines()[1:] == []
