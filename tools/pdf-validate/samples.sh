#!/bin/sh
# Makes every sample document and validates it. The sample program is built before.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$here/../.."
for sample in agreement evidence matrix hostile; do
    "${CARGO_TARGET_DIR:-target}/debug/examples/sample" "$out/$sample.pdf" "$sample"
done
"$here/validate.sh" "$out"/*.pdf
