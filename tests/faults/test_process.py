"""Ports, data folders, stopping."""

import socket
import subprocess
import urllib.request

import pytest

from tests.support.server import Server, binary, connect, free_ports


def run_server(*args: str) -> subprocess.CompletedProcess:
    command = [str(binary()), "server", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_a_second_server_on_the_same_data_folder_ends_with_a_message(tmp_path):
    with Server(data_dir=tmp_path / "data"):
        connect_port, http_port = free_ports(2)
        second = run_server(
            *("--data-dir", str(tmp_path / "data"), "--host", "127.0.0.1"),
            *("--connect-port", str(connect_port), "--http-port", str(http_port)),
        )
    assert second.returncode != 0
    assert str(tmp_path / "data") in second.stderr + second.stdout


@pytest.mark.parametrize("which", ["--connect-port", "--http-port"])
def test_a_port_in_use_ends_with_a_message(tmp_path, which):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = free_ports(1)[0]
        ports = {"--connect-port": other, "--http-port": other} | {which: port}
        flags = [str(word) for pair in ports.items() for word in pair]
        ended = run_server("--data-dir", str(tmp_path / "d"), "--host", "127.0.0.1", *flags)
    assert ended.returncode != 0
    assert str(port) in ended.stderr + ended.stdout


def test_a_clean_stop_ends_with_zero_and_keeps_everything(tmp_path):
    server = Server(data_dir=tmp_path / "data").start()
    spark = connect(server.remote)
    spark.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.stop() == 0
    with Server(data_dir=tmp_path / "data") as again:
        assert connect(again.remote).table("kept").collect()[0]["answer"] == 42


def test_health_ready_and_metrics(server):
    for path in ("health", "ready"):
        with urllib.request.urlopen(f"{server.http}/{path}", timeout=5) as answer:
            assert answer.status == 200
    with urllib.request.urlopen(f"{server.http}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert "# TYPE" in text and "hanok_" in text


def test_version_names_the_program():
    done = subprocess.run([str(binary()), "version"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0
    assert "hanok" in done.stdout.lower()


def test_an_unknown_option_is_refused():
    done = run_server("--no-such-option")
    assert done.returncode != 0
    assert "no-such-option" in done.stderr + done.stdout
