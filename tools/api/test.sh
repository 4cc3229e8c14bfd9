#!/bin/sh
# Requests made up from the OpenAPI description, sent to a running demo gateway: nothing may answer
# with a server error or with a status that the description does not name.
#
#   test.sh EXAMPLES   how many requests are made up for each operation (100)
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
tools=$target/api-test
port=${ALDGATE_API_TEST_PORT:-18099}
[ -x "$tools/bin/st" ] || {
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check -r tools/api/requirements.txt
}

folder=$(mktemp -d)
# The limits would answer for the gateway: 429 is tried in the stories.
ALDGATE_LIMIT_SESSION=0 ALDGATE_LIMIT_ADDRESS=0 ALDGATE_LOG=warn \
    "$target/debug/aldgate" serve --demo --data "$folder/data" --listen "127.0.0.1:$port" 2>"$folder/log" &
gateway=$!
trap 'kill $gateway 2>/dev/null; wait $gateway 2>/dev/null || true; rm -rf "$folder"' EXIT
url=http://127.0.0.1:$port
tries=0
until python3 -c "import urllib.request; urllib.request.urlopen('$url/health')" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 240 ] || { cat "$folder/log"; exit 1; }
    sleep 0.5
done

# As nobody, then with a token that reads.
token=$(python3 tools/api/token.py "$url")
for header in "X-Nobody: yes" "Authorization: Bearer $token"; do
    "$tools/bin/st" run "$url/api/openapi.json" --no-color --max-examples "${1:-100}" --seed 1 \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --header "$header"
done
# A panic or a broken answer says so in the log.
! grep -E 'ERROR|panicked' "$folder/log"
