#!/usr/bin/env bash
# interop_spark.sh [pytest arguments]: Hanok and real Apache Spark with Delta Lake write the same
# tables.
set -euo pipefail
cd "$(dirname "$0")/.."
# Small tables: fifty partitions of each snapshot would take most of the time.
scripts/spark_peer/with_server.sh --conf spark.databricks.delta.snapshotPartitions=2 \
    --conf spark.log.level=WARN -- \
    bash -c 'HANOK_INTEROP=$PEER exec .venv/bin/python -m pytest -q --tb=short tests/interop "$@"' \
    interop "$@"
