#!/bin/bash
# snapshots.sh SEEN: refuses snapshots that no test compared itself with. SEEN is the list that insta writes to
# INSTA_SNAPSHOT_REFERENCES_FILE (what `cargo insta test --unreferenced=reject` does, without that program).
set -euo pipefail
cd "$(dirname "$0")/.."

dead=$(comm -23 <(find app crates tests -name '*.snap' -exec realpath {} + | sort -u) \
    <(xargs -r -d '\n' realpath <"$1" | sort -u))
[ -z "$dead" ] || {
    printf 'No test uses these snapshots. Delete them:\n%s\n' "$dead" >&2
    exit 1
}
