"""A full disk and requests beyond every limit."""

import pathlib
import subprocess
import time

import grpc
import pytest
from pyspark.errors import PySparkException

from tests.support.server import Server, connect


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB; needs the right to mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_in_the_middle_of_a_write_leaves_the_last_version(small_disk, tmp_path):
    table = small_disk / "table"
    with Server(data_dir=tmp_path / "data") as server:
        spark = connect(server.remote)
        spark.range(1000).write.format("delta").save(str(table))
        random = spark.range(20_000_000).selectExpr("id * 7919 + rand() AS noise", "id")
        with pytest.raises(PySparkException) as raised:
            random.write.format("delta").mode("overwrite").option("overwriteSchema", True).save(
                str(table)
            )
        assert raised.value.getCondition() == "HANOK_DISK_FULL"
        assert spark.read.format("delta").load(str(table)).count() == 1000
        assert len(list((table / "_delta_log").glob("*.json"))) == 1
        # What the failed write had made is gone again: the next small write finds room.
        spark.range(1000, 2000).write.format("delta").mode("append").save(str(table))
        assert spark.read.format("delta").load(str(table)).count() == 2000


def resident_mb(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def test_a_request_of_a_gigabyte_is_refused_and_its_memory_given_back():
    with Server() as server:
        before = resident_mb(server.pid)
        options = [("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(f"127.0.0.1:{server.connect_port}", options) as channel:
            call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
            with pytest.raises(grpc.RpcError) as raised:
                list(call(bytes(1 << 30), timeout=120))
        assert raised.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        deadline = time.monotonic() + 30
        while resident_mb(server.pid) - before > 300 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert resident_mb(server.pid) - before < 300
        assert connect(server.remote).sql("SELECT 1").collect()[0][0] == 1
