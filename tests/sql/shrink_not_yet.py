"""Runs every case on a server of its own and takes what passes out of not_yet.txt.

`--reset` also puts in what fails, for a change that someone has looked at.
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
os.environ["TZ"] = "UTC"
time.tzset()

from tests.sql.cases import HERE, case_files, read_answers, run_file  # noqa: E402
from tests.support.server import Server, connect  # noqa: E402

LIST = HERE / "not_yet.txt"


def failing(remote: str) -> list[str]:
    """AREA/NAME#N of every statement whose answer is not the recorded one."""
    result = []
    for cases in case_files():
        spark = connect(remote)
        got = run_file(spark, cases)
        spark.stop()
        pairs = zip(read_answers(cases.expected), got, strict=True)
        result += [f"{cases.name}#{n}" for n, (a, b) in enumerate(pairs, 1) if a.text() != b.text()]
    return result


def main(reset: bool) -> None:
    """Rewrites the list."""
    lines = LIST.read_text().splitlines()
    head = [line for line in lines if line.startswith("#")]
    listed = {line for line in lines if line and not line.startswith("#")}
    with Server() as server:
        now = failing(server.remote)
    kept = [name for name in now if reset or name in listed]
    LIST.write_text("\n".join([*head, *kept]) + "\n")
    fresh = [name for name in now if name not in listed]
    print(f"{len(listed)} were listed, {len(kept)} are; {len(fresh)} fail that were not listed")
    for name in fresh:
        print(f"  {name}")


if __name__ == "__main__":
    main("--reset" in sys.argv)
