"""S3 servers for tests and benchmarks: versitygw (real files, honest conditions) and moto (checks
signatures, has session tokens)."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import uuid

from tests.support.server import ROOT, free_ports

TOOLS = ROOT / "build" / "deps" / "s3"
BUCKET = "lake"
ACCESS_KEY, SECRET_KEY = "hanok-test", "hanok-test-secret"


class Unavailable(Exception):
    """The tools could not be had: no network, no package."""


def fetch_tools() -> None:
    """Installs the servers, once; Unavailable says why it failed."""
    done = subprocess.run(
        ["scripts/fetch_s3_tools.sh", str(TOOLS)], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise Unavailable(f"no S3 test servers: {(done.stderr or done.stdout).strip()[-500:]}")


class VersityGateway:
    """versitygw over a folder of this machine, with one bucket; may raise Unavailable."""

    def __init__(self, folder: "str | os.PathLike | None" = None, args: tuple = ()) -> None:
        fetch_tools()
        self._temporary = (
            tempfile.TemporaryDirectory(prefix="hanok-s3-") if folder is None else None
        )
        self.folder = pathlib.Path(folder if folder is not None else self._temporary.name)
        self.bucket_folder = self.folder / BUCKET
        self.port = free_ports(1)[0]
        self._args = list(args)
        self._scheme = "https" if "--cert" in self._args else "http"
        self.process: subprocess.Popen | None = None

    @property
    def endpoint(self) -> str:
        """Base URL."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def conf(self) -> dict[str, str]:
        """The configuration that reaches it, as Spark spells it."""
        return {
            "spark.hadoop.fs.s3a.endpoint": self.endpoint,
            "spark.hadoop.fs.s3a.access.key": ACCESS_KEY,
            "spark.hadoop.fs.s3a.secret.key": SECRET_KEY,
            "spark.hadoop.fs.s3a.path.style.access": "true",
        }

    @property
    def environment(self) -> dict[str, str]:
        """The AWS variables that reach it; deltalake reads them too."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def start(self) -> "VersityGateway":
        """Starts the process and waits until it answers."""
        self.bucket_folder.mkdir(parents=True, exist_ok=True)
        command = [str(TOOLS / "versitygw"), "--quiet", "--port", f"127.0.0.1:{self.port}"]
        command += [*self._args, "posix", str(self.folder)]
        keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
        self.process = subprocess.Popen(
            command,
            env=dict(os.environ, **keys),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self.process)
        return self

    def stop(self) -> None:
        """Ends the process."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def new_root(self) -> str:
        """A folder of the bucket that nobody has used."""
        return f"s3://{BUCKET}/{uuid.uuid4().hex}"

    def __enter__(self) -> "VersityGateway":
        """Starts it."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stops it and removes temporary data."""
        self.stop()
        if self._temporary is not None:
            self._temporary.cleanup()


def use_folder(folder: pathlib.Path) -> None:
    """Says where folder_of finds the objects of s3:// paths."""
    os.environ["HANOK_TEST_S3_FOLDER"] = str(folder)


def folder_of(path: str) -> pathlib.Path:
    """The local folder behind a path, or behind an s3:// path of the gateway that
    HANOK_TEST_S3_FOLDER names."""
    if not path.startswith("s3://"):
        return pathlib.Path(path)
    return pathlib.Path(os.environ["HANOK_TEST_S3_FOLDER"], path.removeprefix("s3://"))


def wait_for_port(port: int, process: subprocess.Popen, seconds: float = 30.0) -> None:
    """Returns when the process listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the S3 server ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the S3 server does not answer")


class Moto:
    """moto with signatures checked: one user, one bucket, one temporary session."""

    def __init__(self) -> None:
        fetch_tools()
        self.port = free_ports(1)[0]
        self.process: subprocess.Popen | None = None
        self.keys: dict[str, str] = {}

    @property
    def endpoint(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Moto":
        """Starts it; `keys` holds access_key, secret_key, and those of the temporary session."""
        self.process = subprocess.Popen(
            [str(TOOLS / "venv/bin/python"), str(ROOT / "tests/s3/moto_peer.py"), str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("moto did not start")
        self.keys = json.loads(line)
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.process.terminate()
        self.process.wait()
