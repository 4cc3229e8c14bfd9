#!/bin/sh
# Makes every sample document and validates it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$here/../.."
for sample in agreement evidence matrix hostile; do
    cargo run --quiet -p aldgate-documents --example sample -- "$out/$sample.pdf" "$sample"
done
"$here/validate.sh" "$out"/*.pdf
