"""Database servers for tests of the JDBC source: PostgreSQL and MariaDB from their Debian packages,
started in a folder of the test by a user that is not root, and SQLite files."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

from tests.support.server import free_ports

PASSWORD = "a b'&=%"  # has to be encoded and quoted right


class Unavailable(Exception):
    """The server is not installed, or cannot be started here."""


def _user() -> "dict[str, object]":
    """Arguments of Popen: servers refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "mysql", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("no user to run a database server as")


def _folder(root: pathlib.Path) -> pathlib.Path:
    """A folder that the server's user may write."""
    folder = root / "data"
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(folder, _user()["user"], _user()["group"])
        for parent in [root, *root.parents][:4]:
            parent.chmod(parent.stat().st_mode | 0o055)
    return folder


def _wait(port: int, process: subprocess.Popen, log: pathlib.Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(f"ended with {process.returncode}: {log.read_text()[-500:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise Unavailable("it does not answer")


class Database:
    """A database under test."""

    kind = ""
    process: "subprocess.Popen | None" = None

    def options(self) -> "dict[str, str]":
        """What spark.read.format("jdbc").options(**…) needs to reach it."""
        raise NotImplementedError

    def run(self, sql: str) -> str:
        """Runs statements with the database's own tool; returns what it prints."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the server."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Sqlite(Database):
    """A file."""

    kind = "sqlite"

    def __init__(self, root: pathlib.Path) -> None:
        root.mkdir(parents=True)
        self.path = root / "test.db"

    def options(self) -> "dict[str, str]":
        """The file's URL."""
        return {"url": f"jdbc:sqlite:{self.path}", "driver": "org.sqlite.JDBC"}

    def run(self, sql: str) -> str:
        """By Python's own SQLite."""
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            rows = []
            for statement in filter(str.strip, sql.split(";")):
                rows += connection.execute(statement).fetchall()
            connection.commit()
        return "\n".join("|".join(map(str, row)) for row in rows)


class Postgres(Database):
    """A server of its own in a folder."""

    kind = "postgres"

    def __init__(self, root: pathlib.Path) -> None:
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            raise Unavailable("PostgreSQL's server is not installed")
        self.bin = pathlib.Path(found[-1]).parent
        folder = _folder(root)
        secret = root / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        command = [str(self.bin / "initdb"), "-D", str(folder / "pg"), "-U", "tester", "-E", "UTF8"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--locale=C.UTF-8"]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **_user())
        if done.returncode:
            raise Unavailable(f"initdb: {done.stderr[-500:]}")
        self.port = free_ports(1)[0]
        log = folder / "log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(folder / "pg"), "-p", str(self.port)]
                + ["-k", str(folder), "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"],
                stdout=out,
                stderr=out,
                cwd="/",
                **_user(),
            )
        _wait(self.port, self.process, log)
        for _ in range(100):
            ready = [str(self.bin / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(ready, capture_output=True).returncode == 0:
                break
            time.sleep(0.1)

    def options(self) -> "dict[str, str]":
        """URL, user and password."""
        url = f"jdbc:postgresql://127.0.0.1:{self.port}/postgres"
        return {"url": url, "user": "tester", "password": PASSWORD}

    def run(self, sql: str) -> str:
        """By psql."""
        command = [str(self.bin / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tester"]
        done = subprocess.run(
            [*command, "-d", "postgres", "-At", "-v", "ON_ERROR_STOP=1", "-q", "-c", sql],
            capture_output=True,
            text=True,
            env=dict(os.environ, PGPASSWORD=PASSWORD),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class MariaDb(Database):
    """A server of its own in a folder."""

    kind = "mysql"

    def __init__(self, root: pathlib.Path) -> None:
        server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
        install = shutil.which("mariadb-install-db")
        if not server or not install:
            raise Unavailable("MariaDB's server is not installed")
        folder = _folder(root)
        data = folder / "mysql"
        command = [
            install,
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ]
        done = subprocess.run(
            [*command, "--skip-test-db"], capture_output=True, text=True, cwd="/", **_user()
        )
        if done.returncode:
            raise Unavailable(f"mariadb-install-db: {(done.stderr or done.stdout)[-500:]}")
        self.port = free_ports(1)[0]
        first = root / "first.sql"
        quoted = PASSWORD.replace("'", "''")
        first.write_text(
            "CREATE DATABASE test CHARACTER SET utf8mb4;\n"
            f"CREATE USER 'tester'@'%' IDENTIFIED BY '{quoted}';\n"
            "GRANT ALL ON *.* TO 'tester'@'%';\n"
        )
        first.chmod(0o644)
        log = folder / "log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [server, "--no-defaults", f"--datadir={data}", f"--port={self.port}"]
                + ["--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={first}"],
                stdout=out,
                stderr=out,
                cwd="/",
                **_user(),
            )
        _wait(self.port, self.process, log)

    def options(self) -> "dict[str, str]":
        """URL, user and password."""
        url = f"jdbc:mysql://127.0.0.1:{self.port}/test"
        return {"url": url, "user": "tester", "password": PASSWORD}

    def run(self, sql: str) -> str:
        """By the client program."""
        command = ["mariadb", "-h", "127.0.0.1", "-P", str(self.port), "-u", "tester"]
        done = subprocess.run(
            [*command, f"--password={PASSWORD}", "-D", "test", "-N", "-B", "-e", sql],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().replace("\t", "|")
