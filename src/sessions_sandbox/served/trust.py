"""What a client trusts a sandbox with TLS by: the file with the CA that signed its certificate."""

import os
import ssl
from pathlib import Path

from sessions_sandbox.errors import SandboxError

BUNDLE_VARIABLE = "REQUESTS_CA_BUNDLE"
CA_NAME = "sandbox-ca.pem"


def default_directory() -> Path:
    """Where `serve --tls` keeps its certificate: in the user's cache directory."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(cache) if os.path.isabs(cache) else Path(os.path.expanduser("~"), ".cache")
    return home / "sessions-sandbox" / "tls"


def ca_file(given: str | None = None) -> str | None:
    """The CA file: the one `given`, or that of `REQUESTS_CA_BUNDLE`, or that of the default directory.

    `None` where there is no such file: then the system's CAs count.
    Raises `SandboxError` when the one that was named does not exist.
    """
    named = given or os.environ.get(BUNDLE_VARIABLE)
    if named:
        if not os.path.exists(named):
            raise SandboxError(
                f"there is no CA file {named}; `serve --tls` prints where the sandbox keeps its own"
            )
        return named
    default = default_directory() / CA_NAME
    return str(default) if default.exists() else None


def not_trusted(address: str, error: Exception) -> SandboxError:
    """What to tell about a TLS connection that failed."""
    reason = getattr(error.args[0], "reason", error)
    if "CERTIFICATE_VERIFY_FAILED" not in str(reason):
        return SandboxError(f"no sandbox with TLS answers at {address} ({reason}); is it http instead?")
    return SandboxError(
        f"the certificate of {address} is not trusted ({reason}): name the CA file that `serve --tls` "
        f"printed, with --ca FILE or in {BUNDLE_VARIABLE}"
    )


def trusting(ca: str | None) -> ssl.SSLContext:
    """A context for connections to servers whose certificate the CA has signed; `None`: the system's CAs.

    Raises `SandboxError` when the file cannot be read, or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise SandboxError(f"{ca} is no file of CA certificates: {error.strerror or error}") from error
