"""Sail as a peer: a Spark Connect server in an environment of its own (build/sail)."""

import os
import pathlib
import socket
import subprocess
import sys
import time

from tests.support.server import connect, free_ports

ROOT = pathlib.Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "sail"
START_TIMEOUT_S = 60


def _program() -> pathlib.Path:
    """The server's program; installs the pinned package first when it is not there."""
    program = HOME / "bin" / "sail"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        install = [str(HOME / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps"]
        wanted = str(ROOT / "requirements" / "sail_peer.txt")
        subprocess.run([*install, "--require-hashes", "-r", wanted], check=True)
    return program


class Sail:
    """A running server; `spark` is a session of the unmodified client."""

    def __enter__(self) -> "Sail":
        """Starts it and connects."""
        (port,) = free_ports(1)
        self._process = subprocess.Popen(
            [str(_program()), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, TZ="UTC"),
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    self._process.kill()
                    raise
                time.sleep(0.1)
        self.spark = connect(f"sc://127.0.0.1:{port}")
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.spark.stop()
        self._process.terminate()
        self._process.wait()
