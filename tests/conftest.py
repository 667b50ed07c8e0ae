"""Fixtures of the end-to-end tests.

HANOK_REMOTE=sc://… points the tests that only need a session at a running server, for example at
real Spark (scripts/spark_peer/start.sh), to see whether a test is right.
"""

import os
import time
import types

import pytest

from tests.support.server import Server, binary, connect

os.environ["TZ"] = "UTC"
time.tzset()


@pytest.fixture(scope="session")
def server():
    """A running server that all tests of a run share."""
    if os.environ.get("HANOK_REMOTE"):
        yield types.SimpleNamespace(remote=os.environ["HANOK_REMOTE"])
        return
    if not binary().exists():
        pytest.fail(f"{binary()} is not built: run 'make build'")
    with Server() as running:
        yield running


@pytest.fixture
def spark(server):
    """A PySpark session of its own for each test, in UTC."""
    session = connect(server.remote)
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


_status = 0


def pytest_sessionfinish(session, exitstatus):
    """Remembers how the run ended."""
    global _status
    _status = int(exitstatus)


def pytest_unconfigure(config):
    """Ends at once: clients of servers that were killed keep threads that never end."""
    import os
    import sys

    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_status)
