"""Starts and stops Hanok servers for tests and benchmarks."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 30.0


def binary() -> pathlib.Path:
    """The program under test: HANOK_BINARY, or that of the release build."""
    return pathlib.Path(os.environ.get("HANOK_BINARY", ROOT / "build/release/bin/hanok"))


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Server:
    """One server process on loopback with free ports.

    Without a data folder it gets a temporary one, which goes away with the server.
    """

    def __init__(
        self,
        data_dir: "str | os.PathLike | None" = None,
        args: "list[str] | None" = None,
        env: "dict[str, str] | None" = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="hanok-") if data_dir is None else None
        self.data_dir = pathlib.Path(data_dir if data_dir is not None else self._temporary.name)
        self.connect_port, self.http_port = free_ports(2)
        self._args = args or []
        self._env = dict(os.environ, TZ="UTC", **(env or {}))
        self.log_path = self.data_dir.parent / f"{self.data_dir.name}.log"
        self.process: subprocess.Popen | None = None

    @property
    def remote(self) -> str:
        """What SparkSession.builder.remote takes."""
        return f"sc://127.0.0.1:{self.connect_port}"

    @property
    def http(self) -> str:
        """Base URL of the HTTP port, without a slash at the end."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> "Server":
        """Starts the process and waits until it is ready; RuntimeError carries its log if not."""
        command = [str(binary()), "server", "--data-dir", str(self.data_dir)]
        command += ["--host", "127.0.0.1", "--connect-port", str(self.connect_port)]
        command += ["--http-port", str(self.http_port), *self._args]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._env
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"server ended with {self.process.returncode}\n{self.log()}")
            if self.is_ready():
                return self
            time.sleep(0.005)
        self.kill()
        raise RuntimeError(f"server not ready after {START_TIMEOUT_S} s\n{self.log()}")

    def is_ready(self) -> bool:
        """Whether GET /ready answers 200."""
        try:
            with urllib.request.urlopen(f"{self.http}/ready", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self, last_bytes: int = 8000) -> str:
        """The end of what the server printed."""
        if not self.log_path.exists():
            return ""
        return self.log_path.read_bytes()[-last_bytes:].decode(errors="replace")

    def stop(self, timeout_s: float = 20.0) -> int:
        """SIGTERM, as an operator does; returns the exit code. Kills after the time-out."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """SIGKILL: the process has no chance to tidy up."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Stops the server and removes its temporary data."""
        self.stop()
        if self._temporary is not None:
            self._temporary.cleanup()
            self.log_path.unlink(missing_ok=True)

    def __enter__(self) -> "Server":
        """Starts the server."""
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        """Stops the server."""
        self.close()


def connect(remote: str):
    """A new PySpark session on a server, with nothing shared with other sessions.

    Errors reach the caller as exceptions; the client's own log of them is switched off.
    """
    import logging

    import pyspark
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").disabled = True
    os.environ.setdefault("SPARK_HOME", os.path.dirname(pyspark.__file__))
    return SparkSession.builder.remote(remote).create()
