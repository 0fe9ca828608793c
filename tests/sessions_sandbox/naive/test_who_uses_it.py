"""Unsafe code stays where it belongs: behind switches, and in lessons about attacks."""

from pathlib import Path

import sessions_sandbox

SOURCES = Path(sessions_sandbox.__file__).parent
PLUGGED_IN_BY = ("embedded.py", "resource_server/")


def test_only_what_has_the_switches_uses_the_mistakes() -> None:
    users = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if "sessions_sandbox.naive" in path.read_text("utf-8")
    }
    outside = {user for user in users if not user.startswith(("naive/", *PLUGGED_IN_BY))}
    assert "embedded.py" in users
    assert outside == set()


def test_every_module_says_where_its_mistakes_are() -> None:
    for path in (SOURCES / "naive").glob("*.py"):
        if path.name != "__init__.py":
            assert "# MISTAKE: " in path.read_text("utf-8"), path.name
