"""The lessons of the page, as a reader runs them at a real issuer: what each prints there."""

import re
from pathlib import Path

from sessions_sandbox.seed import CLIENTS
from tests.own_issuer.conftest import REPOSITORY, Issuer

RUN = ("-m", "sessions_guide", "run")
WEB = next(client for client in CLIENTS if client.name == "web")
PAGE = (REPOSITORY / "docs/testing/your_own_authorization_server.md").read_text("utf-8")


def left_out(stderr: str) -> list[str]:
    """The sections that did not run, or not to their end."""
    return re.findall(r"^snippets/\S+:\d+: section (\w+) is left out from here on: ", stderr, re.MULTILINE)


def test_a_session_from_sign_in_to_revocation(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run("snippets/testing/your_own_authorization_server.py", client="opaque")
    assert ended.stdout.splitlines() == [
        f"issuer: {oidc_provider.issuer}",
        "tokens: ['access_token', 'id_token', 'refresh_token']",
        "verified, for alice",
        "access token: True",
        "garbage: False",
        "another access token: True",
        "refresh: invalid_grant",
        "access token: False",
    ]
    assert ended.returncode == 0


def test_the_anatomy_of_its_tokens(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run("snippets/tokens/anatomy.py", client="jwt")
    lines = ended.stdout.splitlines()
    assert lines[:2] == ['{"alg":"RS256", ...', "parts of the refresh token: 1"]
    claims = {line.split()[0]: line.split(maxsplit=2)[2] for line in lines[2:9]}
    assert (claims["iss"], claims["aud"]) == (oidc_provider.issuer, "api://default")
    assert (claims["sub"], claims["client_id"]) == ("alice", "jwt")
    assert lines[9] == "lifetime: 60 minutes"
    assert re.fullmatch(r"(.{0,7})1(.) is now \1(?:2)\2", lines[10])
    assert lines[11:] == ["refused: Signature verification failed", "Hello, bob@acme.test"]
    assert ended.returncode == 0


def test_the_code_flow_with_pkce(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run(*RUN, "snippets/tokens/code_flow_with_pkce.py", client="public", secret=None)
    assert ended.stdout.splitlines() == [
        "['access_token', 'expires_in', 'scope', 'token_type']",
        "thief: invalid_grant",
        "owner: ['access_token', 'expires_in', 'id_token', 'scope', 'token_type']",
        "thief: ['access_token', 'expires_in', 'id_token', 'scope', 'token_type']",
    ]
    assert left_out(ended.stderr) == ["messages"]
    assert ended.returncode == 0


def test_the_code_flow_needs_a_public_client(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run("snippets/tokens/code_flow_with_pkce.py", client="jwt")
    assert ended.stdout == ""
    assert "NotAtThisIssuer: this needs a public client: unset SESSIONS_CLIENT_SECRET" in ended.stderr
    assert ended.returncode == 1


def test_asking_the_authorization_server(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run(*RUN, "snippets/introspection/ask_the_authorization_server.py", client="opaque")
    assert ended.stdout.splitlines() == [
        "without credentials: 400 invalid_request",
        "a good token: [True, 'api://default', None]",
        "garbage: {'active': False}",
        "garbage is accepted",
    ]
    assert left_out(ended.stderr) == ["price", "staleness"]


def test_signing_in_and_out(oidc_provider: Issuer) -> None:
    """To revoke an access token ends the refresh token here, as RFC 7009 §2.1 allows."""
    ended = oidc_provider.run(*RUN, "snippets/refresh/the_refresh_token_is_the_session.py", client="opaque")
    assert ended.stdout.splitlines() == ["refresh: 400", "refresh: invalid_grant"]
    assert left_out(ended.stderr) == ["refresh", "rows", "sign_out"]


def test_the_two_checks_of_a_revoked_token(other_sandbox: Issuer) -> None:
    ended = other_sandbox.run(
        *RUN, "snippets/revocation/revoked_but_accepted.py", client=WEB.id, secret=WEB.secret
    )
    assert ended.stdout.splitlines() == [
        "revoke: 200",
        "verified here: accepted, for alice@acme.test",
        "introspected: refused",
    ]
    assert left_out(ended.stderr) == ["serve_on", "wait"]


def test_the_whole_page_at_another_kind_of_issuer(other_sandbox: Issuer) -> None:
    ended = other_sandbox.run(
        "snippets/testing/your_own_authorization_server.py", client=WEB.id, secret=WEB.secret
    )
    assert ended.stdout.splitlines()[0] == f"issuer: {other_sandbox.issuer}"
    assert ended.stdout.splitlines()[-2:] == ["refresh: invalid_grant", "access token: False"]
    assert ended.returncode == 0


def test_a_lesson_that_moves_the_clock_says_that_it_needs_the_sandbox(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run("snippets/refresh/the_refresh_token_is_the_session.py", client="opaque")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1] == (
        "sessions_sandbox.errors.NotAtThisIssuer: this needs a clock that can be moved, and a real issuer's "
        "cannot: unset SESSIONS_ISSUER, and it runs in the sandbox"
    )


def test_no_lesson_prints_a_secret_or_a_whole_token(oidc_provider: Issuer) -> None:
    ended = oidc_provider.run("snippets/testing/your_own_authorization_server.py", client="opaque")
    printed = ended.stdout + ended.stderr
    assert "test-only" not in printed
    assert not re.search(r"eyJ|code=|code_verifier=|refresh_token=", printed)


def test_the_page_lists_the_lessons_that_link_to_it() -> None:
    listed = set(re.findall(r"^\| \[[^\]]+\]\(\.\./([\w/]+)\.md\) \|", PAGE, re.MULTILINE))
    marked = {
        page.relative_to(REPOSITORY / "docs").with_suffix("").as_posix()
        for page in Path(REPOSITORY / "docs").rglob("*.md")
        if "\nAlso at [your own authorization server](" in page.read_text("utf-8")
    }
    assert listed == marked
    assert len(listed) == 5
