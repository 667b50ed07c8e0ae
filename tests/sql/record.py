"""record.py REMOTE [FILE.sql...]: writes the .expected files with the answers of a Spark server."""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
os.environ["TZ"] = "UTC"
time.tzset()

from tests.sql.cases import case_files, read_cases, run_file  # noqa: E402
from tests.support.server import connect  # noqa: E402


def main(remote: str, paths: list[str]) -> None:
    """Records the named files, or all."""
    files = [read_cases(pathlib.Path(p).resolve()) for p in paths] or case_files()
    total = 0
    for cases in files:
        spark = connect(remote)
        answers = run_file(spark, cases)
        spark.stop()
        cases.expected.write_text("".join(answer.text() for answer in answers))
        total += len(answers)
        errors = sum(bool(answer.error) for answer in answers)
        print(f"{cases.name}: {len(answers)} answers, {errors} of them errors", flush=True)
    print(f"{total} answers recorded")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
