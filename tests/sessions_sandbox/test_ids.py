"""Ids that are the same in every run."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.ids import SeededIds, fingerprint
from tests.sessions_sandbox.flows import tokens_for


def test_the_same_seed_gives_the_same_values() -> None:
    one, two, other = SeededIds("a"), SeededIds("a"), SeededIds("b")
    assert [one.make("x") for _ in range(3)] == [two.make("x") for _ in range(3)]
    assert one.make("x") != other.make("x")


def test_each_kind_counts_for_itself() -> None:
    one, two = SeededIds(), SeededIds()
    one.make("session")
    assert one.make("token") == two.make("token")
    assert one.make("token") != one.make("session")


def test_a_value_has_256_bits() -> None:
    values = {SeededIds().derive("x", str(number)) for number in range(1000)}
    assert len(values) == 1000
    assert {len(base64.urlsafe_b64decode(value + "=")) for value in values} == {32}


def test_parts_do_not_run_together() -> None:
    ids = SeededIds()
    assert len({ids.derive("a", "bc"), ids.derive("ab", "c"), ids.derive("abc")}) == 3


def test_threads_share_no_value() -> None:
    ids = SeededIds()
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda _: ids.make("x"), range(400)))
    assert len(set(values)) == 400


def test_a_fingerprint_is_a_sha256() -> None:
    """The test vector of FIPS 180-2, Appendix B.1."""
    assert fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("client", ["web", "spa"])
def test_two_runs_are_the_same_byte_for_byte(client: str) -> None:
    def run() -> list[dict[str, object]]:
        with Sandbox() as sandbox:
            tokens = sandbox.sign_in("alice@acme.test", client=client)
            tokens_for(sandbox, client)
            sandbox.clock.advance(seconds=5)
            header = {"Authorization": f"Bearer {tokens['access_token']}"}
            requests.get(f"{sandbox.api}/orders", headers=header, timeout=5)
            requests.get(f"{sandbox.app}/login", timeout=5)
            return sandbox.exchanges()

    assert run() == run()


def test_a_reset_makes_the_run_the_same(sandbox: Sandbox) -> None:
    first = sandbox.sign_in("alice@acme.test"), sandbox.exchanges()
    sandbox.reset()
    assert (sandbox.sign_in("alice@acme.test"), sandbox.exchanges()) == first


def test_another_seed_gives_other_secrets() -> None:
    tokens = []
    for seed in ("one", "two"):
        with Sandbox(seed=seed) as sandbox:
            tokens.append(sandbox.sign_in("alice@acme.test")["refresh_token"])
    assert tokens[0] != tokens[1]
