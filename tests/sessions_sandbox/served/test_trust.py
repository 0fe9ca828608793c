"""Where a client looks for what it trusts a sandbox with TLS by."""

import ssl
from pathlib import Path

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.served.certificate import certificate_in
from sessions_sandbox.served.trust import BUNDLE_VARIABLE, ca_file, default_directory, trusting


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache directory; the environment names no CA."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(BUNDLE_VARIABLE, raising=False)
    return tmp_path


def test_the_directory_is_in_the_users_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_directory() == cache / "sessions-sandbox" / "tls"
    monkeypatch.setenv("HOME", str(cache))
    for unset in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", unset)
        assert default_directory() == cache / ".cache" / "sessions-sandbox" / "tls"


def test_the_file_that_is_named_comes_first(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ca_file() is None
    default = certificate_in(default_directory())
    assert ca_file() == str(default.ca)
    named, of_environment = cache / "named.pem", cache / "environment.pem"
    of_environment.touch()
    monkeypatch.setenv(BUNDLE_VARIABLE, str(of_environment))
    assert ca_file() == str(of_environment)
    with pytest.raises(SandboxError, match=r"there is no CA file .*named.pem; `serve --tls` prints where"):
        ca_file(str(named))
    named.touch()
    assert ca_file(str(named)) == str(named)


def test_what_is_no_ca_is_named(cache: Path) -> None:
    file = cache / "file"
    file.write_text("no certificate")
    with pytest.raises(SandboxError, match="file is no file of CA certificates"):
        trusting(str(file))


def test_only_the_file_is_trusted_and_without_one_the_system_is(cache: Path) -> None:
    made = certificate_in(cache)
    ours, systems = trusting(str(made.ca)), trusting(None)
    assert ours.get_ca_certs() != systems.get_ca_certs()
    assert len(ours.get_ca_certs()) == 1
    assert ours.verify_mode == systems.verify_mode == ssl.CERT_REQUIRED
