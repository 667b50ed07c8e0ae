"""PySpark clients of earlier Spark versions, fetched once into build/clients."""

import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Unavailable(Exception):
    """The client's packages could not be fetched."""


def client_path(version: str) -> pathlib.Path:
    """A folder for PYTHONPATH with the client of a Spark version ("3.5").

    Its packages come pinned from requirements/client_VERSION.txt; of the archives only the Python
    sources are unpacked (Spark 3.5 has no package without its jars). What it needs beside is what
    .venv has. Raises Unavailable.
    """
    pins = ROOT / "requirements" / f"client_{version}.txt"
    target = ROOT / "build" / "clients" / version
    stamp = target / "pins.txt"
    if stamp.exists() and stamp.read_text() == pins.read_text():
        return target
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q"]
            + ["--no-deps", "--require-hashes", "--no-build-isolation", "-d", folder]
            + ["-r", str(pins)],
            capture_output=True,
            text=True,
        )
        if fetched.returncode != 0:
            raise Unavailable(fetched.stderr[-500:])
        target.mkdir(parents=True, exist_ok=True)
        for archive in pathlib.Path(folder).iterdir():
            unpack_sources(archive, target)
    stamp.write_text(pins.read_text())
    return target


def unpack_sources(archive: pathlib.Path, target: pathlib.Path) -> None:
    """Writes an archive's Python files; those of a source archive without its outer folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as members:
            members.extractall(target, [n for n in members.namelist() if n.endswith(".py")])
        return
    with tarfile.open(archive) as members:
        for member in members:
            name = member.name.split("/", 1)[-1]
            is_source = name.startswith("pyspark/") and name.endswith((".py", ".json"))
            if not member.isfile() or not is_source:
                continue
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(members.extractfile(member).read())
