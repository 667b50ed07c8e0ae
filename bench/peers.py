"""Other Spark Connect servers as peers, each with an environment of its own under build/."""

import abc
import os
import pathlib
import socket
import subprocess
import sys
import time

from tests.support.server import connect, free_ports

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The first start of a peer installs it.
START_TIMEOUT_S = 900


class Peer(abc.ABC):
    """A running server; `spark` is a session of the unmodified client."""

    @abc.abstractmethod
    def command(self, port: int) -> list[str]:
        """What starts the server on a port of loopback."""

    def __enter__(self) -> "Peer":
        """Starts it and connects."""
        (port,) = free_ports(1)
        self._process = subprocess.Popen(
            self.command(port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, TZ="UTC"),
        )
        try:
            self._wait_for(port)
            self.spark = connect(f"sc://127.0.0.1:{port}")
        except BaseException:
            self._process.kill()
            raise
        return self

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.spark.stop()
        self._process.terminate()
        self._process.wait()


class Sail(Peer):
    """Sail in build/sail."""

    def command(self, port: int) -> list[str]:
        """Installs the pinned package first when it is not there."""
        home = ROOT / "build" / "sail"
        program = home / "bin" / "sail"
        if not program.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            install = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps"]
            wanted = str(ROOT / "requirements" / "sail_peer.txt")
            subprocess.run([*install, "--require-hashes", "-r", wanted], check=True)
        return [str(program), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]


class Spark(Peer):
    """Apache Spark with Delta Lake in build/spark."""

    def command(self, port: int) -> list[str]:
        """The script installs what it needs."""
        return [str(ROOT / "scripts" / "spark_peer" / "start.sh"), str(port)]
