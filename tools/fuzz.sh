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
# The packs begin from real files: the first byte says in place of which one the text stands.
mkdir -p fuzz/corpus/packs
number=0
for file in $(cd packs && find . -name '*.toml' | LC_ALL=C sort); do
    { printf "\\$(printf %o "$number")" && cat "packs/$file"; } >"fuzz/corpus/packs/seed-$number"
    number=$((number + 1))
done
for target in "$@"; do
    printf '\n==> %s\n' "$target"
    features= more=
    case $target in
    files) features=--features=gateway ;;
    requests) features=--features=gateway more=-len_control=0 ;;
    # Few inputs a second, so that longer ones must not wait for many short ones.
    packs) more=-len_control=0 ;;
    esac
    # shellcheck disable=SC2086
    cargo fuzz run --sanitizer none $features "$target" -- $more -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1
done
