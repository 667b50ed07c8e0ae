"""Tables and files in S3, through unmodified PySpark, beside other readers of the same buckets."""

import os
import signal
import subprocess
import threading
import time

import deltalake
import pyarrow
import pytest

from tests.support.s3 import BUCKET, Moto, Unavailable, VersityGateway
from tests.support.server import Server, binary, connect


@pytest.fixture(scope="module")
def gateway():
    try:
        with VersityGateway() as running:
            yield running
    except Unavailable as reason:
        pytest.skip(str(reason))


def conf_args(conf):
    return [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]


@pytest.fixture(scope="module")
def server(gateway):
    """A server that reaches the gateway by its own configuration."""
    no_variables = {name: "" for name in os.environ if name.startswith("AWS_")}
    with Server(args=conf_args(gateway.conf), env=no_variables) as running:
        yield running


@pytest.fixture
def spark(server):
    session = connect(server.remote)
    yield session
    session.stop()


@pytest.fixture
def root(gateway):
    return gateway.new_root()


def local(gateway, path):
    """The file that the gateway keeps for an object."""
    return gateway.folder / path.split("://")[1]


def theirs(gateway, path):
    options = {**gateway.environment, "AWS_ALLOW_HTTP": "true"}
    table = deltalake.DeltaTable(path, storage_options=options)
    reader = deltalake.QueryBuilder().register("t", table)
    rows = pyarrow.table(reader.execute("SELECT * FROM t").read_all()).to_pylist()
    return sorted(tuple(row.values()) for row in rows)


def refused(action):
    with pytest.raises(Exception) as caught:
        action()
    return caught.value


def test_the_store_keeps_its_promises_on_a_real_server(gateway):
    """The store's own cases, the race of eight conditional writers among them."""
    environment = {**os.environ, **gateway.environment, "HANOK_TEST_S3_ENDPOINT": gateway.endpoint}
    done = subprocess.run(
        [str(binary().parent / "storage_test"), "--gtest_filter=Stores/ObjectStoreTest.*/4"]
        + ["--gtest_brief=1"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " tests from " in done.stdout and "[==========] 0 tests" not in done.stdout


def test_a_table_lives_in_a_bucket_and_others_read_it(gateway, spark, root):
    path = f"{root}/t"
    frame = spark.range(1000).selectExpr("id", "id % 3 AS p", "cast(id AS STRING) AS s")
    frame.write.format("delta").partitionBy("p").save(path)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id < 10")
    spark.sql(f"UPDATE delta.`{path}` SET s = 'x' WHERE id = 500")
    assert len(theirs(gateway, path)) == 990
    assert spark.sql(f"SELECT s FROM delta.`{path}` WHERE id = 500").collect()[0][0] == "x"
    deltalake.write_deltalake(
        path,
        pyarrow.table({"id": [5000], "p": [1], "s": ["theirs"]}),
        mode="append",
        storage_options=gateway.environment,
    )
    assert spark.read.format("delta").load(path).count() == 991
    # The other spelling is the same table.
    assert spark.read.format("delta").load(path.replace("s3://", "s3a://")).count() == 991


@pytest.mark.parametrize("format", ["parquet", "csv", "json", "text"])
def test_files_of_every_format_go_in_and_out(gateway, spark, root, format):
    path = f"{root}/f ü%20=x"
    frame = spark.range(5000).selectExpr("cast(id AS STRING) AS value")
    frame.write.format(format).save(path)
    frame.limit(7).write.format(format).mode("append").save(path)
    assert (local(gateway, path) / "_SUCCESS").exists()
    assert spark.read.format(format).load(path).count() == 5007
    assert spark.read.format(format).load(path + "/*").count() == 5007
    if format != "text":
        parts = f"{root}/parts"
        frame.selectExpr("value", "length(value) AS n").write.partitionBy("n").format(format).save(
            parts
        )
        read = spark.read.format(format).load(parts)
        assert read.where("n = 2").count() == 90
        assert read.count() == 5000


def test_catalogue_tables_have_locations_in_buckets(gateway, spark, root):
    spark.sql("CREATE SCHEMA IF NOT EXISTS on_s3")
    spark.sql(f"CREATE TABLE on_s3.t (id INT) USING delta LOCATION '{root}/t'")
    spark.sql("INSERT INTO on_s3.t VALUES (1), (2)")
    assert spark.table("on_s3.t").count() == 2
    spark.sql("DROP TABLE on_s3.t")
    assert theirs(gateway, f"{root}/t") == [(1,), (2,)]


def test_what_is_absent_is_named(spark, root):
    assert (
        refused(lambda: spark.read.parquet(f"{root}/x").schema).getCondition() == "PATH_NOT_FOUND"
    )
    error = refused(lambda: spark.read.parquet("s3://no-such-bucket/x").schema)
    assert error.getCondition() == "STORAGE_BUCKET_NOT_FOUND"


def test_a_session_has_keys_of_its_own(gateway, server, root):
    path = f"{root}/t"
    right, wrong = connect(server.remote), connect(server.remote)
    right.range(5).write.format("delta").save(path)
    wrong.conf.set("spark.hadoop.fs.s3a.secret.key", "not the secret")
    for action in (
        lambda: wrong.read.format("delta").load(path).count(),
        lambda: wrong.sql(f"INSERT INTO delta.`{path}` VALUES (9)"),
        lambda: wrong.range(3).write.parquet(f"{root}/p"),
        lambda: wrong.read.parquet(path).count(),
    ):
        error = refused(action)
        assert error.getCondition() == "STORAGE_ACCESS_DENIED"
        assert error.getSqlState() == "42501"
        assert "SignatureDoesNotMatch" in str(error)
    assert right.read.format("delta").load(path).count() == 5
    wrong.stop()
    right.stop()


def test_a_server_that_is_away_is_unavailable(server, root):
    session = connect(server.remote)
    session.conf.set("fs.s3a.endpoint", "http://127.0.0.1:1")
    session.conf.set("fs.s3a.attempts.maximum", "2")
    error = refused(lambda: session.read.format("delta").load(f"{root}/t").count())
    assert error.getCondition() == "STORAGE_UNAVAILABLE"
    assert "127.0.0.1:1" in str(error)
    session.stop()


def test_without_keys_nothing_is_asked(root):
    no_variables = {name: "" for name in os.environ if name.startswith("AWS_")}
    with Server(env=no_variables) as server:
        session = connect(server.remote)
        error = refused(lambda: session.read.parquet(f"{root}/t").schema)
        assert error.getCondition() == "STORAGE_ACCESS_DENIED"
        assert "spark.hadoop.fs.s3a.access.key" in str(error)
        session.stop()


def test_eight_writers_lose_nothing(gateway, server, root):
    path = f"{root}/t"
    spark = connect(server.remote)
    spark.sql(f"CREATE TABLE delta.`{path}` (writer INT, n INT)")
    failures = []

    def write(writer):
        session = connect(server.remote)
        try:
            for n in range(5):
                session.sql(f"INSERT INTO delta.`{path}` VALUES ({writer}, {n})")
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)
        session.stop()

    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    expected = [(writer, n) for writer in range(8) for n in range(5)]
    assert theirs(gateway, path) == expected
    commits = sorted((local(gateway, path) / "_delta_log").glob("*.json"))
    assert [int(entry.stem) for entry in commits] == list(range(41))
    spark.stop()


def test_a_server_killed_in_an_upload_leaves_nothing_to_see(gateway, root):
    no_variables = {name: "" for name in os.environ if name.startswith("AWS_")}
    conf = {**gateway.conf, "spark.hadoop.fs.s3a.multipart.size": "5M"}
    with Server(args=conf_args(conf), env=no_variables) as server:
        session = connect(server.remote)
        rows = session.range(20_000_000).selectExpr("uuid() AS u", "id")
        writer = threading.Thread(
            target=lambda: refused(lambda: rows.write.format("delta").save(f"{root}/t"))
        )
        writer.start()
        uploads = gateway.bucket_folder / ".sgwtmp" / "multipart"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not any(uploads.glob("*/*/*")):
            time.sleep(0.02)
        os.kill(server.pid, signal.SIGKILL)
    seen = [p for p in gateway.bucket_folder.rglob("*") if p.is_file() and ".sgwtmp" not in p.parts]
    assert not [p for p in seen if root.split("/")[-1] in str(p)]


def certificate(folder):
    """A certificate of our own for 127.0.0.1; the files of certificate and key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    return cert, key


def test_tls_is_checked(tmp_path, gateway):
    cert, key = certificate(tmp_path)
    none = {name: "" for name in os.environ if name.startswith("AWS_")}
    with VersityGateway(args=("--cert", str(cert), "--key", str(key))) as secure:
        with Server(
            args=conf_args(secure.conf), env={**none, "AWS_CA_BUNDLE": str(cert)}
        ) as server:
            spark = connect(server.remote)
            spark.range(3).write.format("delta").save(f"s3://{BUCKET}/t")
            assert spark.read.format("delta").load(f"s3://{BUCKET}/t").count() == 3
            spark.stop()
        with Server(args=conf_args(secure.conf), env=none) as server:
            spark = connect(server.remote)
            error = refused(lambda: spark.read.format("delta").load(f"s3://{BUCKET}/t").count())
            assert error.getCondition() == "STORAGE_UNAVAILABLE"
            assert "certificate" in str(error)
            spark.stop()


def test_moto_accepts_our_signatures_and_session_tokens(gateway, server):
    with Moto() as moto:
        session = connect(server.remote)
        session.conf.set("fs.s3a.endpoint", moto.endpoint)
        session.conf.set("fs.s3a.access.key", moto.keys["access_key"])
        session.conf.set("fs.s3a.secret.key", moto.keys["secret_key"])
        path = f"s3://{BUCKET}/a b/ü=1"
        session.range(10).write.format("delta").save(path)
        assert session.read.format("delta").load(path).count() == 10
        session.conf.set("fs.s3a.access.key", moto.keys["session_access_key"])
        session.conf.set("fs.s3a.secret.key", moto.keys["session_secret_key"])
        session.conf.set("fs.s3a.session.token", moto.keys["session_token"])
        session.sql(f"DELETE FROM delta.`{path}` WHERE id < 5")
        assert session.read.format("delta").load(path).count() == 5
        session.conf.set("fs.s3a.secret.key", "wrong")
        error = refused(lambda: session.read.format("delta").load(path).count())
        assert error.getCondition() == "STORAGE_ACCESS_DENIED"
        session.stop()
