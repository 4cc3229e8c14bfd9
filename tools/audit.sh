#!/bin/sh
# What the dependencies bring with them. Licences, bans and sources are checked everywhere. Known
# weaknesses are checked where the databases can be reached, or against a copy of RustSec's:
#   ALDGATE_ADVISORIES=FOLDER tools/audit.sh     FOLDER is a clone of github.com/rustsec/advisory-db
# Where neither is there, that is said, and `audit.sh strict` fails.
set -eu
cd "$(dirname "$0")/.."
unchecked=

cargo deny --all-features check --hide-inclusion-graph licenses bans sources

# The RustSec database is a git repository; no package registry carries it.
if [ -n "${ALDGATE_ADVISORIES:-}" ]; then
    python3 tools/advisories.py "$ALDGATE_ADVISORIES"
elif cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --all-features check --hide-inclusion-graph advisories
else
    unchecked="$unchecked Rust"
fi

for folder in web e2e; do
    found=$(cd "$folder" && npm audit --json 2>/dev/null) || true
    case $found in
    *'"auditReportVersion"'*)
        (cd "$folder" && npm audit --audit-level=moderate)
        ;;
    *) unchecked="$unchecked npm:$folder" ;;
    esac
done

if [ -n "$unchecked" ]; then
    echo
    echo "NOT CHECKED for known weaknesses, because the database cannot be reached from here:$unchecked"
    echo "Run tools/audit.sh where rustsec and the npm registry's audit can be reached, before a release, or give a"
    echo "copy of the RustSec database: ALDGATE_ADVISORIES=FOLDER tools/audit.sh"
    [ "${1:-}" != strict ] || exit 1
fi
