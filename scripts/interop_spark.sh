#!/usr/bin/env bash
# interop_spark.sh [pytest arguments]: Hanok and real Apache Spark with Delta Lake write the same
# tables. Installs Java 17 and Maven (Debian) and Spark (packages by name) on first use.
set -euo pipefail
cd "$(dirname "$0")/.."
port=$(.venv/bin/python -c 'from tests.support.server import free_ports; print(free_ports(1)[0])')
mkdir -p build/spark
# Small tables: fifty partitions of each snapshot would take most of the time.
scripts/spark_peer/start.sh "$port" --conf spark.databricks.delta.snapshotPartitions=2 \
    --conf spark.log.level=WARN >build/spark/server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 1200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    kill -0 $server 2>/dev/null || { tail -40 build/spark/server.log; exit 1; }
    sleep 0.5
done
HANOK_INTEROP="sc://127.0.0.1:$port" .venv/bin/python -m pytest -q --tb=short tests/interop "$@"
