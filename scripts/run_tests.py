#!/usr/bin/env python3
"""Runs every test of a build and closes with 'N passed, N failed, N skipped' over all runners.

run_tests.py [unit] [tidy] [sql] [clients] [guide] [faults] [bench] [s3] [conformance]: only the
named parts. The part s3 runs tests/s3 and once more, on S3, the tests of Delta tables in
tests/clients, which take their folder from the fixture table_root.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / os.environ.get("PRESET", "release")
RESULTS = BUILD / "test-results"
PYTEST_PARTS = ["tidy", "sql", "clients", "guide", "faults", "bench"]
SANITIZER = {
    "ASAN_OPTIONS": "detect_container_overflow=0:detect_leaks=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


class Counts:
    """Passed, failed and skipped tests of one runner."""

    def __init__(self, passed: int = 0, failed: int = 0, skipped: int = 0) -> None:
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other: "Counts") -> None:
        """Sums another runner's counts into this one's."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        """The closing line."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run_unit(program: pathlib.Path) -> Counts:
    """One GoogleTest program; a crash counts as a failed test."""
    out = RESULTS / f"{program.name}.json"
    out.unlink(missing_ok=True)
    done = subprocess.run(
        [str(program), f"--gtest_output=json:{out}", "--gtest_brief=1"],
        cwd=ROOT,
        env=dict(os.environ, TZ="UTC", **SANITIZER),
    )
    if not out.exists():
        print(f"{program.name} ended with {done.returncode} and no report")
        return Counts(failed=1)
    report = json.loads(out.read_text())
    skipped = sum(
        test.get("result") == "SKIPPED"
        for suite in report["testsuites"]
        for test in suite["testsuite"]
    )
    failed = report["failures"] or (1 if done.returncode else 0)
    return Counts(report["tests"] - report["failures"] - skipped, failed, skipped)


def run_pytest(name: str, paths: "list[str]", environment: "dict[str, str]") -> Counts:
    """The pytest files below the paths."""
    out = RESULTS / f"{name}.xml"
    out.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-rfE", "--maxfail=200"]
        + [f"--junitxml={out}", *paths],
        cwd=ROOT,
        env=dict(os.environ, **environment),
    )
    if not out.exists():
        return Counts(failed=1)
    suite = xml.etree.ElementTree.parse(out).getroot().find("testsuite")
    tests, skipped = int(suite.get("tests")), int(suite.get("skipped"))
    failed = int(suite.get("failures")) + int(suite.get("errors"))
    if done.returncode not in (0, 5) and not failed:
        failed = 1
    return Counts(tests - failed - skipped, failed, skipped)


def run_conformance() -> Counts:
    """The conformance suites against their ratchet."""
    out = RESULTS / "conformance.json"
    out.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "tests/conformance/run.py", "--json", str(out)], cwd=ROOT, check=False
    )
    if not out.exists():
        return Counts(failed=1)
    return Counts(**json.loads(out.read_text())["counts"])


def main(wanted: list[str]) -> int:
    """Runs the parts; returns the exit code."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    steps = []
    if not wanted or "unit" in wanted:
        programs = sorted((BUILD / "bin").glob("*_test"))
        steps += [(f"unit {p.name}", lambda p=p: run_unit(p)) for p in programs]
    for part in PYTEST_PARTS:
        if (not wanted or part in wanted) and any((ROOT / "tests" / part).glob("test_*.py")):
            steps.append((part, lambda part=part: run_pytest(part, [f"tests/{part}"], {})))
    if not wanted or "s3" in wanted:
        tables = sorted((ROOT / "tests" / "clients").glob("test_*.py"))
        steps.append(("s3", lambda: run_pytest("s3", ["tests/s3"], {})))
        # A process of its own: sessions of stopped servers must not be the active one.
        paths = [str(p) for p in tables if "table_root" in p.read_text()]
        on_s3 = {"HANOK_TEST_STORE": "s3"}
        steps.append(("delta on s3", lambda: run_pytest("delta_on_s3", paths, on_s3)))
    if not wanted or "conformance" in wanted:
        steps.append(("conformance", run_conformance))

    total, lines = Counts(), []
    for name, step in steps:
        print(f"--- {name}", flush=True)
        start = time.monotonic()
        counts = step()
        total.add(counts)
        lines.append(f"{name:24s} {counts}  ({time.monotonic() - start:.0f} s)")
    print("\n" + "\n".join(lines))
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
