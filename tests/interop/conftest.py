"""Two engines that write the same tables: Hanok, and the Spark that HANOK_INTEROP names."""

import os

import pytest

from tests.support.server import connect


@pytest.fixture(scope="session")
def remotes(server):
    """The Connect addresses by the engine's name."""
    peer = os.environ.get("HANOK_INTEROP")
    if not peer:
        pytest.skip("HANOK_INTEROP names no Spark: run 'make interop-spark'")
    return {"hanok": server.remote, "spark": peer}


@pytest.fixture
def engines(remotes):
    """One session of each engine, in UTC."""
    sessions = {name: connect(remote) for name, remote in remotes.items()}
    for session in sessions.values():
        session.conf.set("spark.sql.session.timeZone", "UTC")
    yield sessions
    for session in sessions.values():
        session.stop()
