#!/bin/sh
# A PostgreSQL of our own for the tests, on a socket in a folder, gone afterwards.
#
#   postgres.sh run COMMAND...   starts one, runs the command with ALDGATE_TEST_POSTGRES, stops it; nextest leaves
#                                out what needs SQLite
#   postgres.sh start            starts one and prints the line that exports ALDGATE_TEST_POSTGRES
#   postgres.sh stop             stops it
#
# ALDGATE_POSTGRES_DURABLE=1 has it sync to the disk, as a real one must.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
note=${CARGO_TARGET_DIR:-$root/target}/postgres

program() {
    for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /usr/local/bin; do
        if [ -x "$folder/$1" ]; then
            echo "$folder/$1"
            return
        fi
    done
    command -v "$1" || {
        echo "There is no $1: install postgresql" >&2
        exit 2
    }
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u postgres -- "$@"
    else
        su postgres -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
    fi
}

start() {
    stop
    pg_ctl=$(program pg_ctl)
    # A short path: a socket's may have 107 characters. And one that the user postgres can reach.
    folder=$(mktemp -d "${TMPDIR:-/tmp}/aldgate-postgres.XXXXXX")
    mkdir -p "$(dirname "$note")"
    echo "$folder" >"$note"
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$folder"
    fi
    # For tests nothing must survive a power cut.
    hard="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    if [ -n "${ALDGATE_POSTGRES_DURABLE:-}" ]; then
        hard=
    fi
    {
        as_postgres "$(program initdb)" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N
        as_postgres "$pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-k $folder -c listen_addresses='' \
            $hard -c max_connections=500" start
    } >&2
    echo "export ALDGATE_TEST_POSTGRES='postgres://postgres@localhost/postgres?host=$folder'"
}

stop() {
    [ -e "$note" ] || return 0
    folder=$(cat "$note")
    if [ -d "$folder/data" ]; then
        as_postgres "$(program pg_ctl)" -D "$folder/data" -m immediate -w stop >&2 || true
    fi
    case $folder in
    */aldgate-postgres.*) rm -rf "$folder" ;;
    esac
    rm -f "$note"
}

case ${1-} in
start) start ;;
stop) stop ;;
run)
    shift
    line=$(start)
    trap stop EXIT INT TERM
    eval "$line"
    export NEXTEST_PROFILE="${NEXTEST_PROFILE:-postgres}"
    "$@"
    ;;
*)
    echo "usage: $0 start|stop|run COMMAND..." >&2
    exit 2
    ;;
esac
