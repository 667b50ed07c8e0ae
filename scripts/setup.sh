#!/usr/bin/env bash
# Installs what a build and its tests need: system packages, .venv, the DuckDB library. A second run
# does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
stamps=build/stamps
mkdir -p "$stamps"

# True when the stamp of step $1 was written for the present contents of the files $2....
is_done() {
    local step=$1
    shift
    [ -f "$stamps/$step" ] && [ "$(cat "$@" | sha256sum)" = "$(cat "$stamps/$step")" ]
}
mark_done() {
    local step=$1
    shift
    cat "$@" | sha256sum >"$stamps/$step"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_system_packages() {
    local missing=() name
    local list=scripts/apt-packages.txt
    while read -r name; do
        dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
            missing+=("$name")
    done <"$list"
    if [ "${#missing[@]}" -gt 0 ]; then
        echo "setup: installing ${#missing[@]} system packages"
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >build/apt.log 2>&1 ||
            { tail -40 build/apt.log; exit 1; }
    fi
    mark_done apt "$list" scripts/setup.sh
}

python_sources=(requirements/{tools,python,no_deps}.txt scripts/setup.sh)
install_python_packages() {
    local python=/usr/bin/python3
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || python=python3
    echo "setup: Python environment .venv"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    local pip=(.venv/bin/python -m pip --disable-pip-version-check install -q
        --require-hashes --no-deps)
    "${pip[@]}" --only-binary :all: -r requirements/tools.txt
    "${pip[@]}" --no-build-isolation -r requirements/python.txt -r requirements/no_deps.txt
    mark_done python "${python_sources[@]}"
}

engine_sources=(requirements/duckdb_headers.txt cmake/duckdb/package{,-lock}.json
    scripts/fetch_duckdb.sh)

is_done apt scripts/apt-packages.txt scripts/setup.sh || install_system_packages
{ [ -x .venv/bin/python ] && is_done python "${python_sources[@]}"; } || install_python_packages
if ! { [ -f build/deps/duckdb/lib/libduckdb.so ] && is_done duckdb "${engine_sources[@]}"; }; then
    echo "setup: DuckDB library, headers and extensions"
    scripts/fetch_duckdb.sh build/deps/duckdb
    mark_done duckdb "${engine_sources[@]}"
fi
