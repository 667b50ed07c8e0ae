"""Everyday work (older/everyday.py) by unmodified clients of Spark 3.5, 4.0 and 4.1."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.support.older_clients import Unavailable, client_path

EVERYDAY = pathlib.Path(__file__).parent / "older" / "everyday.py"


@pytest.mark.parametrize("version", ["3.5", "4.0", "4.1"])
def test_everyday_work_of_an_older_client(server, tmp_path, version):
    try:
        path = client_path(version)
    except Unavailable as reason:
        pytest.skip(f"the client of Spark {version} cannot be fetched: {reason}")
    env = dict(os.environ, PYTHONPATH=str(path), TZ="UTC")
    env.pop("SPARK_HOME", None)
    done = subprocess.run(
        [sys.executable, str(EVERYDAY), server.remote, str(tmp_path)],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    failed = json.loads(done.stdout.splitlines()[-1])
    assert not failed, "\n".join(f"{name}:\n{trace}" for name, trace in failed.items())
