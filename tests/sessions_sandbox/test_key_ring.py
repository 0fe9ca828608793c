"""The rotation of signing keys, step by step."""

from dataclasses import replace
from typing import Any

import jwt
import pytest
from werkzeug.test import Client, TestResponse

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.key_ring import KEYS_MAX_AGE, POOLS, Rotation, key_rings, rotations_of
from sessions_sandbox.keys import test_only_keys as all_keys
from sessions_sandbox.seed import CUSTOM
from sessions_sandbox.served.control import HEADER, Control
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox
from sessions_sandbox.stores import MemoryStore
from tests.sessions_sandbox.flows import is_active

START = Rotation(newest=1)
TOKENS = CUSTOM.access_token_seconds


def test_no_key_belongs_to_two_servers() -> None:
    numbers = [number for pool in POOLS.values() for number in pool]
    assert sorted(numbers) == list(range(len(all_keys())))


def test_the_staged_steps() -> None:
    signing = START.step(CUSTOM, "sign", 1000)
    assert (signing.oldest, signing.signing, signing.newest) == (0, 1, 1)
    retired = signing.step(CUSTOM, "retire", 1000 + TOKENS)
    assert (retired.oldest, retired.signing, retired.newest) == (1, 1, 1)
    published = retired.step(CUSTOM, "publish", 9000)
    assert (published.oldest, published.signing, published.newest) == (1, 1, 2)
    assert published.step(CUSTOM, "sign", 9000 + KEYS_MAX_AGE).signing == 2


def test_in_an_emergency_the_old_keys_are_gone_at_once() -> None:
    """The next key takes over, whether it was published or not, and a planned step is forgotten."""
    for rotation in (START, Rotation(), START.step(CUSTOM, "sign", 0, after=50)):
        here = rotation.step(CUSTOM, "emergency", 1)
        assert (here.oldest, here.signing, here.newest, here.planned) == (1, 1, 1, None)


def test_a_planned_step_is_taken_when_its_time_comes() -> None:
    planned = Rotation().step(CUSTOM, "publish", 1000, after=7200)
    assert planned.at(8199) is planned
    assert planned.at(8200).newest == 1
    assert planned.step(CUSTOM, "sign", 8200).signing == 1, "every cache ended by then"
    soon = Rotation().step(CUSTOM, "publish", 1000, after=60)
    with pytest.raises(SandboxError, match=f"without the next one until {1000 + KEYS_MAX_AGE}: wait"):
        soon.step(CUSTOM, "sign", 1000 + KEYS_MAX_AGE - 1)
    assert soon.step(CUSTOM, "sign", 1000 + KEYS_MAX_AGE).signing == 1


@pytest.mark.parametrize(
    ("rotation", "step", "after", "message"),
    [
        (START, "turn", 0, "no step of a rotation is called 'turn'; there are publish, sign, retire, emer"),
        (START, "sign", -1, "`after` takes whole seconds, not -1"),
        (START, "sign", True, "`after` takes whole seconds, not True"),
        (START, "sign", 1.5, "`after` takes whole seconds, not 1.5"),
        (START, "emergency", 5, "an emergency is not planned: leave `after` out"),
        (START, "publish", 0, "the next key is published already: the next step is 'sign'"),
        (Rotation(), "sign", 0, "no next key is published: the next step is 'publish'"),
        (
            Rotation(newest=1, known_from=5001),
            "sign",
            0,
            "clients may keep keys without the next one until 5",
        ),
        (START, "retire", 0, "no old key is published, so none can be retired"),
        (
            Rotation(signing=1, newest=1, signing_from=1401),
            "retire",
            0,
            "with the old key are good until 5001",
        ),
        (Rotation(newest=1, planned="sign", planned_at=6000), "sign", 0, "'sign' is planned for 6000: wait"),
        (Rotation(3, 3, 3), "publish", 0, "the server default has no more keys: reset the sandbox"),
        (Rotation(3, 3, 3), "emergency", 0, "the server default has no more keys: reset the sandbox"),
    ],
)
def test_what_comes_too_early_or_has_nothing_to_work_on_is_refused(
    rotation: Rotation, step: str, after: Any, message: str
) -> None:
    with pytest.raises(SandboxError, match=message):
        rotation.step(CUSTOM, step, 5000, after)


def test_a_refused_step_changes_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="no old key"):
        sandbox.rotate_keys("retire")
    with pytest.raises(SandboxError, match="no issuer is called 'x'"):
        sandbox.rotate_keys("sign", issuer="x")
    assert [row["rotations"] for row in sandbox.rows("shared_state")] in ([], ["{}"])


def test_each_server_rotates_for_itself_and_a_reset_puts_all_back(sandbox: Sandbox) -> None:
    sandbox.rotate_keys("sign")
    sandbox.rotate_keys("publish", issuer=sandbox.org_issuer)
    rotations = rotations_of(sandbox.rows("shared_state")[0]["rotations"])
    assert {name: (row.signing, row.newest) for name, row in rotations.items()} == {
        "default": (1, 1),
        "org": (0, 1),
    }
    token = sandbox.mint()
    sandbox.reset()
    assert sandbox.mint().split(".")[0] != token.split(".")[0]
    sandbox.rotate_keys("sign")


def test_sandboxes_that_share_a_store_rotate_together() -> None:
    store = MemoryStore()
    one, two = Sandbox(store), Sandbox(store)
    one.rotate_keys("sign")
    with pytest.raises(SandboxError, match="no next key"):
        two.rotate_keys("sign")
    late = Sandbox(store)
    assert one.mint() == two.mint() == late.mint() != Sandbox().mint()


def test_a_program_rotates_the_keys_of_a_served_sandbox() -> None:
    with sandbox_process() as address, RemoteSandbox(address) as remote:
        before = remote.sign_in("alice@acme.test")
        remote.rotate_keys("sign")
        minted = jwt.get_unverified_header(remote.mint())
        assert minted != jwt.get_unverified_header(before["access_token"])
        assert minted == jwt.get_unverified_header(remote.sign_in("alice@acme.test")["access_token"])
        with pytest.raises(SandboxError, match="tokens signed with the old key are good until"):
            remote.rotate_keys("retire")
        with pytest.raises(SandboxError, match="no issuer is called 'x'"):
            remote.rotate_keys("sign", issuer="x")


def test_the_control_endpoint_rotates(sandbox: Sandbox) -> None:
    client = Client(Control(sandbox))
    local = {"Host": "127.0.0.1:8600", HEADER: "yes"}

    def rotate(**sent: object) -> TestResponse:
        return client.post("/control/rotate_keys", json=sent, headers=local)

    assert rotate(step="sign", issuer=None, after=0).status_code == 200
    assert rotations_of(sandbox.rows("shared_state")[0]["rotations"])["default"].signing == 1
    assert rotate(step="retire", issuer=None, after=0).status_code == 400
    assert rotate(step=["sign"], issuer={}).status_code == 400


def test_the_last_key_signs_until_the_end() -> None:
    """Without a next key nothing is published, and there is no emergency; the key itself may still come."""
    last = Rotation(oldest=2, signing=2, newest=3)
    assert last.step(CUSTOM, "sign", 10).signing == 3
    end = Rotation(oldest=2, signing=3, newest=3)
    assert end.step(CUSTOM, "retire", 10**6).oldest == 3
    for step in ("publish", "emergency"):
        with pytest.raises(SandboxError, match="has no more keys"):
            end.step(CUSTOM, step, 10**6)


def test_a_step_says_since_when() -> None:
    """An emergency is over at once: nothing stays planned, and the tokens of the old key end from now on."""
    planned = START.step(CUSTOM, "sign", 0, after=50)
    assert (planned.planned, planned.planned_at) == ("sign", 50)
    assert planned.step(CUSTOM, "emergency", 7) == Rotation(1, 1, 1, 0, 7)
    assert planned.at(50) == Rotation(0, 1, 1, 0, 50)
    later = Rotation(known_from=100).step(CUSTOM, "publish", 10)
    assert later.newest == 1, "only to sign waits until the next key is known"


SHORT = replace(CUSTOM, access_token_seconds=60, id_token_seconds=30)


def test_the_old_key_stays_as_long_as_the_longest_token() -> None:
    signing = START.step(CUSTOM, "sign", 1000)
    for server, life in (
        (SHORT, 60),
        (replace(SHORT, id_token_seconds=90), 90),
        (replace(SHORT, access_token_seconds=86400), 86400),
    ):
        with pytest.raises(SandboxError, match=f"with the old key are good until {1000 + life}: wait"):
            signing.step(server, "retire", 1000 + life - 1)
        assert signing.step(server, "retire", 1000 + life).oldest == 1


def test_tokens_that_are_out_keep_their_lifetime() -> None:
    """Those issued until 500 live an hour, those after that a minute."""
    changed = START.lifetimes_change(CUSTOM, 500)
    assert changed.step(SHORT, "sign", 600).old_tokens_end(SHORT) == 500 + TOKENS
    assert changed.step(SHORT, "sign", 600).old_tokens_end(CUSTOM) == 600 + TOKENS
    assert changed.step(SHORT, "sign", 500 + TOKENS).old_tokens_end(SHORT) == 500 + TOKENS + 60
    again = changed.lifetimes_change(SHORT, 510)
    assert again.step(SHORT, "sign", 600).old_tokens_end(SHORT) == 500 + TOKENS
    later = changed.lifetimes_change(SHORT, 500 + TOKENS)
    assert later.step(SHORT, "sign", 500 + TOKENS).old_tokens_end(SHORT) == 500 + TOKENS + 60


def test_what_the_old_key_signed_does_not_live_longer_by_a_change() -> None:
    signing = START.step(SHORT, "sign", 1000)
    changed = signing.lifetimes_change(SHORT, 1010).lifetimes_change(CUSTOM, 1020)
    assert changed.old_tokens_end(CUSTOM) == 1060
    following = changed.step(CUSTOM, "retire", 1060).step(CUSTOM, "publish", 1060)
    then = 1060 + KEYS_MAX_AGE
    assert following.step(CUSTOM, "sign", then).old_tokens_end(SHORT) == then + 60


def test_a_planned_step_that_was_due_is_taken_before_lifetimes_change() -> None:
    planned = START.step(SHORT, "sign", 1000, after=50)
    assert planned.lifetimes_change(SHORT, 1049).at(1050).old_tokens_end(CUSTOM) == 1050 + TOKENS
    assert planned.lifetimes_change(SHORT, 1050).old_tokens_end(CUSTOM) == 1110


def test_an_emergency_ends_the_tokens_of_all_lifetimes() -> None:
    lasting = replace(CUSTOM, access_token_seconds=86400)
    here = START.lifetimes_change(lasting, 500).step(SHORT, "emergency", 600).step(SHORT, "publish", 600)
    assert here.step(SHORT, "sign", 600 + KEYS_MAX_AGE).old_tokens_end(SHORT) == 600 + KEYS_MAX_AGE + 60


def test_a_sandbox_keeps_the_old_key_for_tokens_of_an_earlier_lifetime(sandbox: Sandbox) -> None:
    token = sandbox.sign_in("alice@acme.test")["access_token"]
    sandbox.set(access_token_seconds=60, id_token_seconds=60)
    sandbox.rotate_keys("sign")
    sandbox.clock.advance(hours=1, seconds=-1)
    with pytest.raises(SandboxError, match="with the old key are good until"):
        sandbox.rotate_keys("retire")
    assert is_active(sandbox, token)
    sandbox.clock.advance(seconds=1)
    sandbox.rotate_keys("retire")


def test_without_a_token_a_new_lifetime_holds_for_the_rotation(sandbox: Sandbox) -> None:
    """At the server without one, whatever the others have issued; other switches change nothing."""
    sandbox.sign_in("alice@acme.test", issuer=sandbox.org_issuer)
    sandbox.set(latency_ms=0, rotation=True)
    assert sandbox.rows("shared_state")[0]["rotations"] == "{}"
    sandbox.set(access_token_seconds=60, id_token_seconds=60)
    assert set(rotations_of(sandbox.rows("shared_state")[0]["rotations"])) == {"org"}
    sandbox.rotate_keys("sign")
    sandbox.clock.advance(seconds=59)
    with pytest.raises(SandboxError, match="with the old key are good until"):
        sandbox.rotate_keys("retire")
    sandbox.clock.advance(seconds=1)
    sandbox.rotate_keys("retire")


def test_a_lifetime_that_another_process_set_counts() -> None:
    store = MemoryStore()
    one, two = Sandbox(store), Sandbox(store)
    with one:
        one.set(access_token_seconds=2 * TOKENS)
        one.sign_in("alice@acme.test")
        two.set(access_token_seconds=60)
        rotation = rotations_of(two.rows("shared_state")[0]["rotations"])["default"]
        assert rotation.earlier_end == one.clock.now() + 2 * TOKENS


def test_both_custom_servers_publish_their_next_key_from_the_start() -> None:
    rings = key_rings(lambda: 0)
    assert {name: len(ring.published) for name, ring in rings.items()} == {
        "default": 2,
        "org": 1,
        "org access tokens": 1,
        "payments": 2,
    }
