#!/usr/bin/env python3
"""Writes requirements/NAME.txt (exact versions with hashes) from requirements/NAME.in.

Run by a maintainer to move a pin; `make setup` only reads the .txt files.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent / "requirements"


def lock(name: str, extra: list[str]) -> None:
    """Resolves one list with pip and writes it with the hash of each archive that pip chose."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed"]
            + ["--report", report.name, "-r", str(HERE / f"{name}.in"), *extra],
            check=True,
        )
        found = json.loads(pathlib.Path(report.name).read_text())["install"]
    lines = [f"# Written by scripts/lock_requirements.py from {name}.in.\n"]
    for item in sorted(found, key=lambda i: i["metadata"]["name"].lower()):
        meta = item["metadata"]
        digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{meta['name']}=={meta['version']} \\\n    --hash=sha256:{digest}\n")
    (HERE / f"{name}.txt").write_text("".join(lines))


OPTIONS = {
    "spark_peer": [],
    "sail_peer": [],
    "s3_tools": [],
    "tools": [],
    "python": [],
    "no_deps": ["--no-deps"],
    "client_3.5": ["--no-deps", "--no-build-isolation"],
    "client_4.0": ["--no-deps", "--no-build-isolation"],
    "client_4.1": ["--no-deps", "--no-build-isolation"],
    "duckdb_headers": ["--no-deps", "--no-binary", "duckdb", "--no-build-isolation"],
}

if __name__ == "__main__":
    for which in sys.argv[1:] or OPTIONS:
        lock(which, OPTIONS[which])
