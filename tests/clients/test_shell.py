"""`hanok sql`: statements from the command line, a file, a pipe and a terminal."""

import csv
import io
import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from tests.support.server import binary


@pytest.fixture
def shell(tmp_path):
    """Runs the shell on a data folder of its own."""

    def run(*args: str, stdin: str | None = None) -> subprocess.CompletedProcess:
        command = [str(binary()), "sql", "--data-dir", str(tmp_path / "data"), *args]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_tables_stay_between_calls(shell):
    assert shell("-e", "CREATE TABLE kept AS SELECT 1 AS id, 'a,b' AS word").returncode == 0
    out = shell("-e", "SELECT * FROM kept")
    assert out.returncode == 0
    assert re.search(r"id.*word", out.stdout) and "a,b" in out.stdout


def test_formats(shell):
    query = "SELECT 1 AS id, 'a,b' AS word, CAST(NULL AS INT) AS nothing, array(1, 2) AS list"
    rows = list(csv.reader(io.StringIO(shell("--format", "csv", "-e", query).stdout)))
    assert rows[0] == ["id", "word", "nothing", "list"]
    assert rows[1][:2] == ["1", "a,b"]
    lines = shell("--format", "json", "-e", query).stdout.splitlines()
    got = json.loads(lines[0]) if len(lines) == 1 else json.loads("".join(lines))[0]
    assert got == {"id": 1, "word": "a,b", "nothing": None, "list": [1, 2]}
    table = shell("--format", "markdown", "-e", query).stdout.splitlines()
    assert [cell.strip() for cell in table[0].strip("|").split("|")] == rows[0]
    assert set(table[1]) <= set("|-: ")


def test_every_row_goes_to_programs_and_the_first_ones_to_people(shell):
    query = "SELECT id FROM range(1000001)"
    assert len(shell("--format", "csv", "-e", query).stdout.splitlines()) == 1_000_002
    out = shell("-e", query)
    assert len(out.stdout.splitlines()) == 10_004
    assert "10000 of 1000001" in out.stderr


def test_statements_from_a_file_and_a_pipe(shell, tmp_path):
    script = tmp_path / "script.sql"
    script.write_text("CREATE TABLE t AS SELECT 7 AS n; -- a comment;\nSELECT n + 1 AS m FROM t;\n")
    assert "8" in shell("-f", str(script), "--format", "csv").stdout.split()
    piped = shell("--format", "csv", stdin="SELECT n AS x FROM t;\nSELECT ';' AS y;\n")
    assert piped.returncode == 0
    assert piped.stdout.split() == ["x", "7", "y", ";"]


@pytest.mark.parametrize(
    "statement, condition",
    [
        ("SELEC 1", "PARSE_SYNTAX_ERROR"),
        ("SELECT * FROM nowhere", "TABLE_OR_VIEW_NOT_FOUND"),
        ("SELECT 1 / 0", "DIVIDE_BY_ZERO"),
    ],
)
def test_a_failed_statement_ends_with_its_condition_and_a_code(shell, statement, condition):
    out = shell("-e", f"{statement}; SELECT 'never'")
    assert out.returncode != 0
    assert condition in out.stderr
    assert "never" not in out.stdout


def test_a_format_that_does_not_exist_is_refused(shell):
    out = shell("--format", "xml", "-e", "SELECT 1")
    assert out.returncode != 0
    assert out.stdout == ""


def read_until(terminal: int, wanted: str, timeout_s: float = 20.0) -> str:
    """What the terminal shows until the wanted text comes."""
    seen = ""
    deadline = time.monotonic() + timeout_s
    while wanted not in seen and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    assert wanted in seen, seen
    return seen


def test_names_are_completed_and_history_is_kept(shell, tmp_path):
    shell("-e", "CREATE TABLE long_table_name AS SELECT 4711 AS answer")
    command = [str(binary()), "sql", "--data-dir", str(tmp_path / "data")]
    env = dict(os.environ, HOME=str(tmp_path), TERM="xterm")
    for keys, wanted in [
        (b"SELECT answer FROM long_tab\t;\n", "4711"),
        (b"\x1b[A\n", "4711"),  # the arrow upwards: the statement of the session before
    ]:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        try:
            read_until(master, "> ")
            os.write(master, keys)
            shown = read_until(master, wanted)
            if not shown.rpartition(wanted)[2].endswith("> "):
                read_until(master, "> ")
            os.write(master, b"\x04")  # end of input
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            os.close(master)
