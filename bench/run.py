#!/usr/bin/env python3
"""Measures what the project promises and prints required beside measured; README.md says what."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import (  # noqa: E402
    clients,
    commits,
    delta_verbs,
    large,
    logs,
    maintenance,
    measures,
    s3,
    tpcds,
)
from bench.line import Line  # noqa: E402

WORK = ROOT / "build" / "bench"
PARTS = {
    "latency": measures.latency,
    "start": measures.start,
    "snapshot": measures.snapshot,
    "ctas": measures.ctas,
    "python": measures.python_function,
    "tpch": measures.tpch_hot,
    "tpcds": tpcds.tpcds_hot,
    "verbs": delta_verbs.verbs,
    "sail": delta_verbs.verbs_beside_sail,
    "commits": commits.commits,
    "logs": logs.large_logs,
    "optimize": maintenance.optimize,
    "vacuum": maintenance.vacuum,
    "arrow": clients.to_arrow,
    "channels": clients.channels,
    "plans": clients.plans,
    "s3": s3.tpch_on_s3,
    "tpch-sail": measures.tpch_beside_sail,
    "python-spark": measures.python_beside_spark,
    "tpch10": lambda work: measures.tpch_hot(work, large.SCALE),
    "memory": large.out_of_memory,
    "merge10": large.merge_memory,
}
# Parts that run when they are asked for: their peers or their data take long to make.
ON_REQUEST = {"sail", "tpch-sail", "python-spark", "tpch10", "memory", "merge10"}


def build_times() -> list[Line]:
    """A cold build of a clone without compiler cache, then one changed source."""
    environment = dict(os.environ, CCACHE_DISABLE="1")
    with tempfile.TemporaryDirectory() as folder:
        clone = pathlib.Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        (clone / ".venv").symlink_to(ROOT / ".venv")
        (clone / "build").mkdir()
        for name in ("deps", "stamps"):
            (clone / "build" / name).symlink_to(ROOT / "build" / name)

        def build() -> float:
            start = time.perf_counter()
            subprocess.run(
                ["make", "build", "JOBS=2"],
                cwd=clone,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            return time.perf_counter() - start

        cold = build()
        (clone / "src" / "types" / "data_type.cc").touch()
        warm = build()
    return [
        Line("cold build, 2 jobs", 20, cold / 60, "min"),
        Line("one changed source", 30, warm, "s"),
    ]


def main() -> int:
    """Runs the parts; 1 when a number is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PARTS))
    parser.add_argument("--build", action="store_true", help="measure a cold build too")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    WORK.mkdir(parents=True, exist_ok=True)
    lines: list[Line] = []
    failed = []
    for name in arguments.only or [part for part in PARTS if part not in ON_REQUEST]:
        print(f"--- {name}", flush=True)
        try:
            lines += PARTS[name](WORK)
        except Exception as error:  # noqa: BLE001 - the other parts still run
            failed.append(name)
            print(f"  {name} could not be measured: {str(error)[:2000]}")
    if arguments.build:
        lines += build_times()
    shutil.rmtree(WORK / "server" / "tmp", ignore_errors=True)

    print(f"\n{'what':38s} {'required':>12s} {'measured':>12s}")
    for line in lines:
        relation = ">=" if line.at_least else "<="
        limit, measured = (
            f"{relation} {line.limit:g} {line.unit}",
            f"{line.measured:.4g} {line.unit}",
        )
        mark = "ok" if line.is_met else "OVER"
        print(f"{line.what:38s} {limit:>12s} {measured:>12s}  {mark:4s} {line.note}")
    return 1 if failed or not all(line.is_met for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
