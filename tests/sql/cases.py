"""Reads case files, asks a server, writes and compares answers. The format is in README.md."""

import datetime
import decimal
import json
import math
import pathlib
import re
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
_ORDERS = re.compile(r"\border\s+by\b[^()]*$|\b(show|describe|desc)\b", re.IGNORECASE)


@dataclass(frozen=True)
class CaseFile:
    """The statements and the session configuration of one .sql file."""

    path: pathlib.Path
    statements: tuple[str, ...]
    conf: dict[str, str]

    @property
    def name(self) -> str:
        """AREA/NAME."""
        return str(self.path.relative_to(HERE).with_suffix(""))

    @property
    def expected(self) -> pathlib.Path:
        """The file of the recorded answers."""
        return self.path.with_suffix(".expected")


@dataclass
class Answer:
    """What a server said to one statement: columns and rows, or an error."""

    statement: str
    columns: str = ""
    rows: list[str] = field(default_factory=list)
    error: str = ""

    def text(self) -> str:
        """The block of the .expected file."""
        if self.error:
            return f"=== {one_line(self.statement)}\nerror: {self.error}\n"
        return "\n".join([f"=== {one_line(self.statement)}", self.columns, *self.rows]) + "\n"


def one_line(statement: str) -> str:
    """A statement with its line breaks and indentation as single blanks."""
    return " ".join(statement.split())


def read_cases(path: pathlib.Path) -> CaseFile:
    """Parses a .sql file."""
    conf: dict[str, str] = {}
    lines = []
    for line in path.read_text().splitlines():
        found = re.match(r"--\s*conf:\s*(\S+?)\s*=\s*(.*)$", line)
        if found:
            conf[found.group(1)] = found.group(2).strip()
        elif not re.match(r"\s*--", line):
            lines.append(line)
    pieces = re.split(r";[ \t]*(?:\n|$)", "\n".join(lines))
    return CaseFile(path, tuple(p.strip() for p in pieces if p.strip()), conf)


def case_files() -> list[CaseFile]:
    """Every case file, by name."""
    return [read_cases(path) for path in sorted(HERE.glob("*/*.sql"))]


def read_answers(path: pathlib.Path) -> list[Answer]:
    """Parses a .expected file."""
    answers: list[Answer] = []
    for line in path.read_text().split("\n"):
        if line.startswith("=== "):
            answers.append(Answer(line[4:]))
            has_columns = False
        elif line.startswith("error: "):
            answers[-1].error = line[7:]
        elif not has_columns:
            answers[-1].columns, has_columns = line, True
        elif line:
            answers[-1].rows.append(line)
    return answers


def plain(value: object) -> object:
    """A collected value as JSON that a person can read; its type stands in the columns."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return str(value)
        return float(f"{value:.12g}") + 0.0
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.timedelta):
        return f"{value // datetime.timedelta(microseconds=1)} us"
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if hasattr(value, "__fields__"):
        return {"struct": [plain(v) for v in value]}
    if isinstance(value, dict):
        pairs = [[plain(k), plain(v)] for k, v in value.items()]
        return {"map": sorted(pairs, key=lambda pair: json.dumps(pair))}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value.toJson() if type(value).__name__ == "VariantVal" else str(value)


def columns_of(schema) -> str:
    """A schema as 'name type [not null], …'."""
    return ", ".join(
        f"{f.name} {f.dataType.simpleString()}" + ("" if f.nullable else " not null")
        for f in schema.fields
    )


def ask(spark, statement: str) -> Answer:
    """Runs one statement and describes what came back."""
    from pyspark.errors import PySparkException

    try:
        frame = spark.sql(statement)
        columns = columns_of(frame.schema)
        rows = [json.dumps([plain(v) for v in row], ensure_ascii=False) for row in frame.collect()]
    except PySparkException as error:
        state = error.getSqlState() or ""
        return Answer(statement, error=f"{error.getCondition()} {state}".strip())
    return Answer(statement, columns, rows if _ORDERS.search(statement) else sorted(rows))


def run_file(spark, cases: CaseFile) -> list[Answer]:
    """Runs a file's statements in order in a schema of its own."""
    schema = "t_" + re.sub(r"\W", "_", cases.name)
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    spark.sql(f"CREATE SCHEMA {schema}")
    spark.sql(f"USE {schema}")
    for key, value in cases.conf.items():
        spark.conf.set(key, value)
    try:
        return [ask(spark, statement) for statement in cases.statements]
    finally:
        spark.sql("USE default")
        spark.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
