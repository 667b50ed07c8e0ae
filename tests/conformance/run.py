#!/usr/bin/env python3
"""Runs the conformance suites and compares their counts with the ratchet; README.md says how."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.conformance import golden  # noqa: E402
from tests.support.server import Server  # noqa: E402

RATCHET = pathlib.Path(__file__).with_name("ratchet.json")
CACHE = ROOT / "build" / "conformance"
TPC_SCALE = "0.1"


def folder() -> pathlib.Path:
    """Where the suites are."""
    return pathlib.Path(os.environ.get("HANOK_CONFORMANCE", ROOT.parent / "shared/conformance"))


class SuiteError(Exception):
    """A suite that could not be run to its end."""


def call(command: list[str], out: pathlib.Path, timeout_s: float) -> dict:
    """Runs a runner that writes JSON to `out`; a non-zero exit code is the runner's affair."""
    out.unlink(missing_ok=True)
    env = dict(os.environ)
    env.pop("SPARK_REMOTE", None)
    try:
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, timeout=timeout_s, env=env
        )
    except subprocess.TimeoutExpired as error:
        raise SuiteError(f"no end after {timeout_s:.0f} s") from error
    if not out.exists():
        raise SuiteError(done.stderr.strip()[-2000:] or "the runner wrote no result")
    return json.loads(out.read_text())


def replay(cases: str, verbose: bool, timeout_s: float, tables: "str | None" = None) -> dict:
    """replay.py's result for one file of cases, on a fresh server."""
    spark = folder() / "spark"
    out = CACHE / (pathlib.Path(cases).name.split(".")[0] + ".json")
    with Server() as server:
        command = [str(spark / "replay.py"), "compare", server.remote, str(folder() / cases)]
        command += ["--json", str(out)] + (["--tables", tables] if tables else [])
        result = call(command, out, timeout_s)
    if verbose:
        for failure in result["failures"]:
            print(f"  {failure['group']}#{failure['index']}: {failure['sql'][:120]!r}")
            print(f"      {failure['why'][:300]}")
    return result


def functions(verbose: bool) -> dict[str, tuple[int, int]]:
    """Examples of the built-in functions."""
    found = replay("spark/functions.jsonl", verbose, 900)
    return {"functions": (found["passed"], found["passed"] + found["failed"])}


def sql_golden(verbose: bool) -> dict[str, tuple[int, int]]:
    """Statements of Spark's SQL tests."""
    found = replay("spark/sql_golden.jsonl.gz", verbose, 3600)
    return {"sql_golden": (found["passed"], found["passed"] + found["failed"])}


def tpc(verbose: bool) -> dict[str, tuple[int, int]]:
    """TPC-H and TPC-DS; the tables are generated once."""
    tables = CACHE / f"tpc-{TPC_SCALE}"
    if not (tables / "complete").exists():
        generate = [str(folder() / "tpc/generate.py"), str(tables), TPC_SCALE]
        subprocess.run([sys.executable, *generate], check=True, capture_output=True)
        (tables / "complete").touch()
    found = replay("tpc/tpc.jsonl", verbose, 1800, str(tables))
    groups = found["groups"]
    return {name: tuple(groups[name]) for name in ("tpch", "tpcds")}


def doctests(verbose: bool) -> dict[str, tuple[int, int]]:
    """PySpark's docstrings."""
    out = CACHE / "doctests.json"
    with Server() as server:
        command = [str(folder() / "spark/run_doctests.py"), server.remote, "--extra"]
        command += ["--json", str(out), "--timeout", "20", "--module-timeout", "420"]
        found = call(command, out, 1800)
    if verbose:
        for module in found["results"]:
            for failure in module.get("failures", []):
                said = failure.get("message") or failure.get("got", "")
                print(f"  {failure.get('doctest')}: {failure.get('source', '')[:100]!r}")
                print(f"      {said[:300]!r}")
    total = found["total"]
    passed = total["doctests_passed"]
    return {"doctests": (passed, passed + total["doctests_failed"])}


def golden_tables(verbose: bool) -> dict[str, tuple[int, int]]:
    """Delta tables of the Delta projects' own tests."""
    with Server() as server, tempfile.TemporaryDirectory(prefix="hanok-golden-") as work:
        return golden.run(server, folder() / "delta/golden", pathlib.Path(work), verbose)


# Suite to what runs it and what must be there; the last two only with --all.
SUITES = {
    "functions": (functions, "spark/functions.jsonl"),
    "tpc": (tpc, "tpc/tpc.jsonl"),
    "golden": (golden_tables, "delta/golden"),
    "doctests": (doctests, "spark/run_doctests.py"),
    "sql_golden": (sql_golden, "spark/sql_golden.jsonl.gz"),
}
LONG = {"sql_golden"}


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="the long suites too")
    parser.add_argument("--suite", action="append", choices=list(SUITES))
    parser.add_argument("--update", action="store_true", help="raise the ratchet")
    parser.add_argument("--json", help="write the counts there")
    parser.add_argument("-v", "--verbose", action="store_true", help="say why cases fail")
    return parser.parse_args()


def run_suite(name: str, arguments: argparse.Namespace, ratchet: dict) -> str:
    """Runs one suite, prints its counts; returns passed, failed or skipped."""
    runner, needed = SUITES[name]
    if not (folder() / needed).exists():
        print(f"{name}: skipped, {needed} is not there")
        return "skipped"
    start = time.monotonic()
    try:
        counts = runner(arguments.verbose)
    except (SuiteError, RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"{name}: FAILED, {error}")
        return "failed"
    verdict = "passed"
    for key, (passed, cases) in counts.items():
        floor = ratchet.get(key, 0)
        note = f"ratchet {floor}"
        if passed < floor:
            note, verdict = f"FELL below the ratchet {floor}", "failed"
        elif passed > floor and arguments.update:
            ratchet[key] = passed
        print(f"{key}: {passed} of {cases} ({note})")
    print(f"  {time.monotonic() - start:.0f} s", flush=True)
    return verdict


def main() -> int:
    """Runs the suites; returns the exit code."""
    arguments = parse_arguments()
    CACHE.mkdir(parents=True, exist_ok=True)
    ratchet = json.loads(RATCHET.read_text())
    names = arguments.suite or [n for n in SUITES if arguments.all or n not in LONG]
    verdicts = [run_suite(name, arguments, ratchet) for name in names]
    counts = {word: verdicts.count(word) for word in ("passed", "failed", "skipped")}
    if not arguments.suite:
        counts["skipped"] += len(SUITES) - len(names)
    if arguments.update:
        RATCHET.write_text(json.dumps(ratchet, indent=4, sort_keys=True) + "\n")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"counts": counts}))
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
