#!/bin/bash
# steps.sh TARGET... makes each target in turn; says which step of how many it is, and how long each took.
set -euo pipefail

took() {
    printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
}

number=0
times=
for target in "$@"; do
    number=$((number + 1))
    begun=$SECONDS
    printf '\n=== Step %d of %d: %s (%s so far)\n' "$number" "$#" "$target" "$(took $SECONDS)"
    if ! ${MAKE:-make} "$target"; then
        printf '\n=== Step %d of %d failed after %s: make %s\n' "$number" "$#" "$(took $((SECONDS - begun)))" "$target" >&2
        exit 1
    fi
    times+=$(printf '  %-18s %s' "$target" "$(took $((SECONDS - begun)))")$'\n'
done
printf '\n=== Everything passed, in %s:\n%s' "$(took $SECONDS)" "$times"
