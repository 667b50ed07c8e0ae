"""Fixtures of the end-to-end tests."""

import os
import time

import pytest

from tests.support.server import Server, binary, connect

os.environ["TZ"] = "UTC"
time.tzset()


@pytest.fixture(scope="session")
def server():
    """A running server that all tests of a run share."""
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
