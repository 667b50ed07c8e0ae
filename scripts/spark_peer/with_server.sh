#!/usr/bin/env bash
# with_server.sh [spark-submit arguments] -- COMMAND...: runs COMMAND while real Apache Spark serves
# Spark Connect; PEER is its address. Installs what it needs on first use (start.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."
options=()
while [ "$1" != -- ]; do
    options+=("$1")
    shift
done
shift
port=$(.venv/bin/python -c 'from tests.support.server import free_ports; print(free_ports(1)[0])')
mkdir -p build/spark
scripts/spark_peer/start.sh "$port" "${options[@]}" >build/spark/server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 1200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    kill -0 $server 2>/dev/null || { tail -40 build/spark/server.log; exit 1; }
    sleep 0.5
done
PEER="sc://127.0.0.1:$port" "$@"
