#!/usr/bin/env bash
# fuzz.sh SECONDS [target...]: runs libFuzzer over the corpora; finds go to build/fuzz/finds.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(parser translator arrow)
for name in clang-16 libclang-rt-16-dev; do
    dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed && continue
    if [ "$(id -u)" = 0 ]; then apt-get install -y -qq --no-install-recommends "$name"
    else sudo apt-get install -y -qq --no-install-recommends "$name"; fi
done
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >build/fuzz.log
ninja -C build/fuzz "${targets[@]/#/bin/fuzz_}"
for target in "${targets[@]}"; do
    mkdir -p "build/fuzz/finds/$target" "build/fuzz/grown/$target"
    echo "fuzz: $target for $seconds s"
    ASAN_OPTIONS=detect_leaks=0 "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" \
        -timeout=10 -rss_limit_mb=4096 -max_len=16384 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="build/fuzz/finds/$target/" \
        "build/fuzz/grown/$target" "fuzz/corpus/$target"
done
echo "fuzz: clean"
