"""Durable commits to a local disk: how long one takes, and eight writers of one table."""

import pathlib
import subprocess
import tempfile

from bench.line import Line

BUILD = pathlib.Path(__file__).resolve().parents[1] / "build" / "release"
WRITERS, EACH = 8, 1250


def _run(folder: pathlib.Path, writers: int, commits: int) -> dict[str, float]:
    command = [BUILD / "bin" / "commits_bench", folder, str(writers), str(commits)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {k: float(v) for k, v in (pair.split("=") for pair in done.stdout.split())}


def commits(work: pathlib.Path) -> list[Line]:
    """One writer's median; then eight writers, none of whose commits may be lost."""
    subprocess.run(["ninja", "-C", BUILD, "bin/commits_bench"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        one = _run(pathlib.Path(folder) / "one", 1, 200)
        many = _run(pathlib.Path(folder) / "many", WRITERS, EACH)
    note = f"{many['versions']:.0f} versions, p50 {many['p50_ms']:.1f} ms"
    return [
        Line("durable commit, p50", 2, one["p50_ms"], "ms"),
        Line("commits lost by 8 writers of one table", 0, many["lost"], "", note),
    ]
