#!/bin/sh
# need.sh COMMAND=PACKAGE... installs the Debian packages whose commands are missing. A word that
# starts with / is a file in place of a command.
set -eu
missing=
for pair in "$@"; do
    what=${pair%%=*}
    package=${pair#*=}
    case $what in
    /*) [ -e "$what" ] || missing="$missing $package" ;;
    *) command -v "$what" >/dev/null || missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install:$missing" >&2
    exit 2
fi
if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo >/dev/null; then
    root=sudo
else
    echo "Please install as root:$missing" >&2
    exit 2
fi
echo "Installing:$missing"
# shellcheck disable=SC2086 # a list of names
{
    $root apt-get update -q
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -q --no-install-recommends $missing
} >&2
