"""Scale 10: the same queries on ten times the rows, and more rows than memory."""

import pathlib
import tempfile

import pyarrow as pa
import pyarrow.compute as pc

from bench import tpch
from bench.delta_verbs import MERGE, merge_data, peak_mb
from bench.line import Line, seconds_of
from tests.support.server import Server, connect

SCALE = 10
MEMORY = "1GB"
PEAK_MB = 1500  # the limit of the engine and what lies beside it: the program, buffers of results
SORTED = "SELECT l_extendedprice, l_orderkey, l_linenumber, l_shipdate FROM {}"
ORDER = " ORDER BY l_extendedprice, l_orderkey, l_linenumber"
JOIN = (
    "SELECT o_orderpriority, count(*) AS n, sum(length(o_comment) + length(l_comment)) AS bytes,"
    " max(concat(o_clerk, l_comment)) AS last FROM {} JOIN {} ON l_orderkey = o_orderkey"
    " GROUP BY o_orderpriority ORDER BY o_orderpriority"
)


def _is_sorted(rows: pa.Table) -> bool:
    """Whether the rows ascend by their first three columns."""
    earlier, later = rows.slice(0, rows.num_rows - 1), rows.slice(1)
    ascends = pa.array([False] * earlier.num_rows)
    for name in reversed(rows.column_names[:3]):
        a, b = earlier[name], later[name]
        ascends = pc.or_(pc.less(a, b), pc.and_(pc.equal(a, b), ascends))
    return pc.all(ascends).as_py()


def _sums(rows: pa.Table) -> list:
    return [rows.num_rows, *(pc.sum(rows[name]).as_py() for name in rows.column_names[:3])]


def out_of_memory(work: pathlib.Path) -> list[Line]:
    """A sort and a join of scale 10 in an engine with 1 GB; answers as those of DuckDB."""
    data = tpch.generate(work, SCALE)
    files = {name: f"parquet.`{data}/{name}.parquet`" for name in ("lineitem", "orders")}
    with Server(args=["--memory-limit", MEMORY]) as server:
        spark = connect(server.remote)
        answers: dict[str, pa.Table] = {}

        def run(name: str, query: str) -> None:
            answers[name] = spark.sql(query).toArrow()

        sort_s = seconds_of(lambda: run("sort", SORTED.format(files["lineitem"]) + ORDER))
        join_s = seconds_of(lambda: run("join", JOIN.format(files["lineitem"], files["orders"])))
        peak = peak_mb(server.pid)
        spark.stop()
    with tpch.peer(data) as duck:
        assert _is_sorted(answers["sort"]), "the rows are not in order"
        keys = "count(*), sum(l_extendedprice), sum(l_orderkey), sum(l_linenumber)"
        wanted = duck.execute(f"SELECT {keys} FROM lineitem").fetchone()
        assert _sums(answers["sort"]) == list(wanted), wanted
        joined = duck.execute(JOIN.format("lineitem", "orders")).to_arrow_table()
        assert tpch.same_answer(answers["join"], joined), answers["join"]
    note = f"sort {sort_s:.1f} s, join {join_s:.1f} s, answers right"
    return [Line("peak memory, SF10 sort and join in 1 GB", PEAK_MB, peak, "MB", note)]


def merge_memory(work: pathlib.Path) -> list[Line]:
    """Peak memory of a MERGE of 60 k keys into 6 and into 60 million rows."""
    peaks, seconds = [], []
    for scale in (1, SCALE):
        data = merge_data(work, scale)
        with tempfile.TemporaryDirectory(dir=work) as scratch, Server() as maker:
            table = pathlib.Path(scratch) / "target"
            spark = connect(maker.remote)
            spark.sql(
                f"CREATE TABLE delta.`{table}` USING DELTA"
                f" AS SELECT * FROM parquet.`{data}/target.parquet`"
            )
            spark.stop()
            with Server() as server:
                spark = connect(server.remote)
                updates = spark.read.parquet(f"{data}/updates.parquet")
                updates.createOrReplaceTempView("updates")
                statement = MERGE.format(f"delta.`{table}`")
                seconds.append(seconds_of(lambda s=spark, m=statement: s.sql(m).collect()))
                peaks.append(peak_mb(server.pid))
                spark.stop()
    note = f"{peaks[0]:.0f} MB and {seconds[0]:.1f} s of 6 M rows, {seconds[1]:.1f} s of 60 M"
    return [Line("peak memory, MERGE into 60 M rows", PEAK_MB, peaks[1], "MB", note)]
