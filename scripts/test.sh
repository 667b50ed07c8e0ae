#!/usr/bin/env bash
# Sets up, builds and runs every test; the last line sums all runners.
set -euo pipefail
cd "$(dirname "$0")/.."
make --no-print-directory build
exec .venv/bin/python scripts/run_tests.py "$@"
