#!/bin/sh
# Fuzzes every reader of foreign bytes.
#
#   fuzz.sh [SECONDS] [TARGET...]   each target for so long (600), or only these
#
# Stops at the first input that breaks one, and says where it is kept: fuzz/artifacts.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- registers log evidence packs answers files requests
command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
# Our code has no `unsafe`, so no sanitiser is needed; the compiler's own counting of branches is, which a stable compiler
# gives when it is told that we know what we ask for.
export RUSTC_BOOTSTRAP=1
for target in "$@"; do
    printf '\n==> %s\n' "$target"
    features=
    case $target in files | requests) features=--features=gateway ;; esac
    # shellcheck disable=SC2086
    cargo fuzz run --sanitizer none $features "$target" -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1
done
