#!/usr/bin/env bash
# record_spark.sh [FILE.sql...]: records the answers of tests/sql with real Apache Spark.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/spark_peer/with_server.sh -- \
    bash -c 'exec .venv/bin/python tests/sql/record.py "$PEER" "$@"' record "$@"
